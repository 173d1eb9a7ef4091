import Evidence
import Inference
import SeedBasedMapping
import Statistics

extension RegionSlopes.Arm {
    /// Silent studies are imputed around fitted values of coefficients that are drawn anew in each imputation from
    /// Normal(β, covariance), nothing left out: an experiment with what *proper* imputation would give.
    ///
    /// Draws are independent between voxels, which changes nothing of what is said voxel by voxel.
    public static let properDraws = RegionSlopes.Arm("proper, none out") { analysis, plan, experiments in
        let settings = analysis.settings
        let prepared = try experiments.map { try PreparedExperiment($0, settings: settings) }
        let bounds = try await analysis.bounds(of: prepared, maps: prepared.map { _ in nil }).bounds
        let matrix = try DesignMatrix(plan, experiments: experiments, samples: .separate)
        return Self.properDraws(
            bounds, scales: prepared.map(\.scale), design: RegressionDesign(matrix), imputations: settings.imputations,
            seed: settings.seed)
    }

    private static func properDraws(
        _ bounds: [EffectBounds], scales: [EffectScale], design: RegressionDesign, imputations: Int, seed: UInt64
    ) -> (slope: [Float], se: [Float]) {
        let count = bounds.count
        let columns = design.columns
        let likely = LikelyDesign(design, rows: bounds.indices.map { [$0] }, experiments: count)
        let random = Philox(key: seed)
        let voxels = bounds.first?.lower.count ?? 0
        var slope = [Float](repeating: .nan, count: voxels)
        var se = slope
        var fit = RegressionFit(columns: columns)
        var y = [Double](repeating: 0, count: count)
        var v = y
        for voxel in 0..<voxels {
            let effects = bounds.indices.map {
                IntervalEffect(
                    lower: Double(bounds[$0].lower[voxel]), upper: Double(bounds[$0].upper[voxel]), scale: scales[$0])
            }
            let positions = Array(effects.indices)
            let found = LikelyRegression(effects, at: positions, design: likely, leaveOut: 0)
            let covariance = found.covariance(effects, at: positions, design: likely)
            let factor = covariance.flatMap { lowerFactor($0, columns) }
            var pool = RegressionPool(columns: columns)
            func normal(_ stream: UInt32, _ imputation: Int, _ index: Int) -> Double {
                Normal.quantile(
                    Philox.uniform(random([UInt32(voxel), UInt32(imputation), UInt32(index), stream]).x))
            }
            for imputation in 0..<imputations {
                var beta = found.coefficients
                if let factor {
                    for j in 0..<columns {
                        let z = normal(11, imputation, j)
                        for i in j..<columns { beta[i] += factor[i * columns + j] * z }
                    }
                }
                for study in effects.indices {
                    if effects[study].isKnown {
                        y[study] = effects[study].lower
                    } else {
                        var mean = 0.0
                        for k in 0..<columns { mean += likely.values[study * columns + k] * beta[k] }
                        let deviation = (scales[study].variance(ofG: mean) + found.tau2).squareRoot()
                        y[study] = TruncatedNormal(
                            mean: mean, deviation: deviation, lower: effects[study].lower, upper: effects[study].upper
                        ).value(ofRank: normal(12, imputation, study))
                    }
                    v[study] = scales[study].variance(ofG: y[study])
                }
                guard
                    fit.fit(
                        design: design.values, effects: y, variances: v, rows: count, estimator: .dersimonianLaird)
                else {
                    pool.fail()
                    continue
                }
                pool.add(fit, residualDF: count - columns)
            }
            guard let pooled = pool.pooled else { continue }
            let wald = WaldStatistic(coefficients: pooled.coefficients, covariance: pooled.covariance)
            let (estimate, variance) = wald.estimate(design.tests[0])
            slope[voxel] = Float(estimate)
            se[voxel] = Float(variance.squareRoot())
        }
        return (slope, se)
    }

    /// Cholesky's factor; nil where the matrix is not positive.
    private static func lowerFactor(_ a: [Double], _ size: Int) -> [Double]? {
        var factor = [Double](repeating: 0, count: size * size)
        for i in 0..<size {
            for j in 0...i {
                var sum = a[i * size + j]
                for k in 0..<j { sum -= factor[i * size + k] * factor[j * size + k] }
                if i == j {
                    guard sum > 0 else { return nil }
                    factor[i * size + i] = sum.squareRoot()
                } else {
                    factor[i * size + j] = sum / factor[j * size + j]
                }
            }
        }
        return factor
    }
}
