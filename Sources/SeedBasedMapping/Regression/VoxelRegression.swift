import Statistics

/// The meta-regressions of a voxel's imputations, sixteen at a time.
struct VoxelRegression {
    let design: RegressionDesign
    private let scales: [EffectScale]
    private let estimator: RandomEffects.Estimator
    /// Studies of each row of the design: those of row r are `members[starts[r]..<starts[r + 1]]`.
    private let members: [Int]
    private let starts: [Int]
    private let correlation: Double
    private(set) var fit: RegressionFit
    /// Of the rows, in the last imputation; the variance of a row that does not speak is infinite.
    private(set) var effects: [Double]
    private(set) var variances: [Double]

    /// - Parameters:
    ///   - rows: studies of each row of the design; several are combined.
    ///   - correlation: assumed between the errors of those that are.
    ///   - scales: of all studies.
    init(
        design: RegressionDesign, rows: [[Int]], correlation: Double, scales: [EffectScale],
        estimator: RandomEffects.Estimator
    ) {
        self.design = design
        self.scales = scales
        self.estimator = estimator
        self.correlation = correlation
        members = rows.flatMap { $0 }
        starts = rows.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
        fit = RegressionFit(columns: design.columns)
        effects = Array(repeating: 0, count: design.rows)
        variances = effects
    }

    init(
        design: RegressionDesign, rows: SampleRows, scales: [EffectScale], estimator: RandomEffects.Estimator
    ) {
        self.init(
            design: design, rows: rows.rows.map(Array.init), correlation: rows.correlation, scales: scales,
            estimator: estimator)
    }

    /// Studies of a row of the design.
    func studies(of row: Int) -> ArraySlice<Int> { members[starts[row]..<starts[row + 1]] }

    /// - Parameters:
    ///   - images: the voxel's imputed effects in each study, `stride` vectors apart; NaN where a study has none.
    ///   - shares: what the rows bring to the tested combinations is added to it, if there is one.
    mutating func add(
        _ images: UnsafePointer<SIMD16<Float>>, stride: Int, lanes: Int, to pool: inout RegressionPool,
        shares: UnsafeMutablePointer<RegressionShares>? = nil
    ) {
        for lane in 0..<lanes {
            let speaking = gather(images, stride: stride, lane: lane)
            let isDetermined = fit.fit(
                design: design.values, effects: effects, variances: variances, rows: design.rows, estimator: estimator)
            guard isDetermined else {
                pool.fail()
                return
            }
            pool.add(fit, residualDF: speaking - design.columns)
            shares?.pointee.add(self, images: images, lane: lane)
        }
    }

    /// Effects and variances of the rows in one imputation.
    /// - Returns: how many rows speak.
    private mutating func gather(_ images: UnsafePointer<SIMD16<Float>>, stride: Int, lane: Int) -> Int {
        var speaking = 0
        for row in 0..<design.rows {
            var count = 0.0
            var y = 0.0
            var v = 0.0
            var deviation = 0.0
            for member in starts[row]..<starts[row + 1] {
                let study = members[member]
                let own = Double(images[study * stride][lane])
                if own.isNaN { continue }
                let variance = scales[study].variance(ofG: own)
                count += 1
                y += own
                v += variance
                deviation += variance.squareRoot()
            }
            if count > 1 {
                y /= count
                v = ((1 - correlation) * v + correlation * deviation * deviation) / (count * count)
            }
            effects[row] = y
            variances[row] = count > 0 ? v : .infinity
            speaking += count > 0 ? 1 : 0
        }
        return speaking
    }
}
