import Statistics

/// Random-effects pooling of sixteen imputations of a voxel at once, and Rubin's sums over all of them.
///
/// The same arithmetic as ``RandomEffects`` and ``RubinRules``, one imputation per vector lane, in double precision.
struct ImputationPool {
    typealias Lanes = SIMD16<Double>

    /// Running sums over imputations.
    private(set) var count = 0
    private var effect = 0.0
    private var effectSquare = 0.0
    private var variance = 0.0
    private var tau = 0.0
    private var i = 0.0
    private var q = 0.0
    private var rootQ = 0.0
    /// Experiments that speak at the voxel; those of a sample that are combined count once.
    private(set) var experiments = 0

    init() {}

    /// Adds a batch.
    /// - Parameters:
    ///   - images: the voxel's imputed effects in each study, `stride` vectors apart.
    ///   - scales: the studies' effect scales.
    ///   - rows: which of them are combined.
    ///   - lanes: how many lanes count.
    ///   - scratch: two vectors per row.
    /// - Returns: τ² of each imputation.
    @discardableResult
    mutating func add(
        _ images: UnsafePointer<SIMD16<Float>>, stride: Int, scales: [EffectScale], rows: SampleRows,
        lanes: Int, estimator: RandomEffects.Estimator, scratch: UnsafeMutablePointer<Lanes>
    ) -> Lanes {
        let speaking = Self.combine(images, stride: stride, scales: scales, rows: rows, into: scratch)
        let effectsOfRows = UnsafePointer(scratch)
        let variancesOfRows = UnsafePointer(scratch + rows.rows.count)
        var w1 = Lanes.zero
        var w2 = Lanes.zero
        var wy = Lanes.zero
        var wyy = Lanes.zero
        for row in 0..<speaking {
            let y = effectsOfRows[row]
            let w = 1 / variancesOfRows[row]
            w1 += w
            w2 += w * w
            wy += w * y
            wyy += w * y * y
        }
        experiments = speaking
        guard speaking > 0 else { return .zero }
        let df = Double(speaking - 1)
        let q = Self.atLeastZero(wyy - wy * wy / w1)
        let trace = w1 - w2 / w1
        var tau2 = df > 0 ? Self.atLeastZero((q - df) / trace) : .zero
        if estimator == .reml, df > 0 {
            tau2 = reml(effectsOfRows, variances: variancesOfRows, speaking: speaking, start: tau2)
        }
        var total = Lanes.zero
        var sum = Lanes.zero
        for row in 0..<speaking {
            let y = effectsOfRows[row]
            let w = 1 / (variancesOfRows[row] + tau2)
            total += w
            sum += w * y
        }
        let effects = sum / total
        let variances = 1 / total
        let excess = df > 0 ? tau2 * trace / df : .zero
        let i2 = excess / (1 + excess)
        for lane in 0..<lanes {
            effect += effects[lane]
            effectSquare += effects[lane] * effects[lane]
            variance += variances[lane]
            tau += tau2[lane].squareRoot()
            i += i2[lane].squareRoot()
            self.q += q[lane]
            rootQ += q[lane].squareRoot()
        }
        count += lanes
        return tau2
    }

    /// Effects and variances of the rows that speak, first all effects, then (at the number of rows) all variances.
    /// - Returns: how many rows speak.
    private static func combine(
        _ images: UnsafePointer<SIMD16<Float>>, stride: Int, scales: [EffectScale], rows: SampleRows,
        into scratch: UnsafeMutablePointer<Lanes>
    ) -> Int {
        let variances = scratch + rows.rows.count
        let r = rows.correlation
        var speaking = 0
        for row in rows.rows {
            var count = 0.0
            var y = Lanes.zero
            var v = Lanes.zero
            var deviation = Lanes.zero
            for study in row {
                let image = images[study * stride]
                if image[0].isNaN { continue }
                let own = Lanes(image)
                let variance = scales[study].constantVariance + scales[study].quadraticVariance * own * own
                count += 1
                y += own
                v += variance
                if row.count > 1 { deviation += variance.squareRoot() }
            }
            guard count > 0 else { continue }
            if count > 1 {
                y /= count
                v = ((1 - r) * v + r * deviation * deviation) / (count * count)
            }
            scratch[speaking] = y
            variances[speaking] = v
            speaking += 1
        }
        return speaking
    }

    /// Fisher scoring on all lanes together, until the slowest has converged (see ``RandomEffects``).
    private func reml(
        _ effects: UnsafePointer<Lanes>, variances: UnsafePointer<Lanes>, speaking: Int, start: Lanes
    ) -> Lanes {
        var tau2 = start
        for _ in 0..<200 {
            var w1 = Lanes.zero
            var w2 = Lanes.zero
            var w3 = Lanes.zero
            var wy = Lanes.zero
            var w2y = Lanes.zero
            var w2yy = Lanes.zero
            var meanVariance = Lanes.zero
            for row in 0..<speaking {
                let y = effects[row]
                let v = variances[row]
                meanVariance += v
                let w = 1 / (v + tau2)
                let ww = w * w
                w1 += w
                w2 += ww
                w3 += ww * w
                wy += w * y
                w2y += ww * y
                w2yy += ww * y * y
            }
            meanVariance /= Double(speaking)
            let mu = wy / w1
            let score = w2yy - 2 * mu * w2y + mu * mu * w2
            let traceP = w1 - w2 / w1
            let tracePP = w2 - 2 * w3 / w1 + (w2 / w1) * (w2 / w1)
            let next = Self.atLeastZero(tau2 + (score - traceP) / tracePP)
            let change = next - tau2
            tau2 = next
            let limit = 1e-10 * (tau2 + meanVariance)
            if !any((change .> limit) .| (change .< -limit)) { break }
        }
        return tau2
    }

    private static func atLeastZero(_ x: Lanes) -> Lanes { x.replacing(with: 0, where: x .< 0) }

    /// The voxel's pooled numbers.
    struct Pooled {
        var g = Double.nan
        var variance = Double.nan
        var tau2 = Double.nan
        var i2 = Double.nan
        var h2 = Double.nan
        var q = Double.nan
        var df = Double.nan
        /// Fraction of missing information about g.
        var fmi = Double.nan
    }

    /// γ = (r + 2/(ν + 3))/(1 + r) with 1/(1 + r) = 1 − λ, as in ``PooledEstimates/MissingInformation``; not a number for
    /// a single imputation.
    private static func missingInformation(lambda: Double, imputations: Int) -> Double {
        guard imputations > 1 else { return .nan }
        let df = PooledEstimates.degreesOfFreedom(lambda: lambda, imputations: imputations, complete: .infinity)
        return lambda + 2 / (df + 3) * (1 - lambda)
    }

    /// Effect and variance by Rubin's rules; τ and I are averaged and then squared; Q by the D₂ rule.
    func pooled() -> Pooled {
        guard count > 0, experiments > 0 else { return Pooled() }
        let m = Double(count)
        let g = effect / m
        let between = count > 1 ? max(0, (effectSquare - m * g * g) / (m - 1)) : 0
        let missing = (1 + 1 / m) * between
        let total = variance / m + missing
        let rootVariance = count > 1 ? max(0, (q - rootQ * rootQ / m) / (m - 1)) : 0
        let i2 = (i / m) * (i / m)
        let df = Double(experiments - 1)
        return Pooled(
            g: g, variance: total, tau2: (tau / m) * (tau / m), i2: 100 * i2,
            h2: 1 / (1 - i2),
            q: RubinRules.pooledChiSquare(mean: q / m, rootVariance: rootVariance, imputations: count, df: df), df: df,
            fmi: Self.missingInformation(lambda: missing / total, imputations: count))
    }
}
