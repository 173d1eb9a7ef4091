/// What each study brings to the tested combinations of a meta-regression, summed over imputations and voxels.
///
/// With weights w = 1/(v + τ²), A = X'WX and M = CA⁻¹C' the covariance of θ = Cβ, a row of the design enters θ through
/// h = CA⁻¹x. The model in which θ is 0, fitted with the same weights, leaves it the residual r = y − xβ + h'M⁻¹θ: what the
/// other coefficients do not explain. Then θ = Σ w h r, so w h r is the row's part in the effect, and w h'M⁻¹h its part in
/// the information about it. For the mean without covariates these are w·y/Σw and w/Σw. Of several combinations the
/// parts are those in the Wald statistic, θ'M⁻¹θ = Σ w (h'M⁻¹θ) r. See Docs/jackknife.md.
struct RegressionShares: Sendable {
    /// Per study.
    private(set) var effects: [Double]
    private(set) var weights: [Double]
    /// Imputations at voxels.
    private(set) var count = 0.0

    init(studies: Int) {
        effects = Array(repeating: 0, count: studies)
        weights = Array(repeating: 0, count: studies)
    }

    /// - Parameters:
    ///   - regression: just fitted to an imputation.
    ///   - images: of that imputation, one vector per study.
    mutating func add(_ regression: VoxelRegression, images: UnsafePointer<SIMD16<Float>>, lane: Int) {
        let design = regression.design
        let fit = regression.fit
        let p = design.columns
        let tests = design.tests
        let rows = tests.count
        func covariance(_ i: Int, _ j: Int) -> Double {
            i >= j ? fit.covariance[i * (i + 1) / 2 + j] : fit.covariance[j * (j + 1) / 2 + i]
        }
        // CA⁻¹, and M = LL'.
        var gain = [Double](repeating: 0, count: rows * p)
        var theta = [Double](repeating: 0, count: rows)
        for r in 0..<rows {
            for k in 0..<p {
                theta[r] += tests[r][k] * fit.coefficients[k]
                for i in 0..<p { gain[r * p + k] += tests[r][i] * covariance(i, k) }
            }
        }
        var factor = [Double](repeating: 0, count: rows * rows)
        for i in 0..<rows {
            for j in 0...i {
                var sum = 0.0
                for k in 0..<p { sum += gain[i * p + k] * tests[j][k] }
                for k in 0..<j { sum -= factor[i * rows + k] * factor[j * rows + k] }
                factor[i * rows + j] =
                    i == j ? max(sum, .leastNormalMagnitude).squareRoot() : sum / factor[j * rows + j]
            }
        }
        func halved(_ b: inout [Double]) {
            for i in 0..<rows {
                for k in 0..<i { b[i] -= factor[i * rows + k] * b[k] }
                b[i] /= factor[i * rows + i]
            }
        }
        halved(&theta)
        count += 1
        var h = [Double](repeating: 0, count: rows)
        for row in 0..<design.rows where regression.variances[row].isFinite {
            let w = 1 / (regression.variances[row] + fit.tau2)
            var fitted = 0.0
            for r in 0..<rows { h[r] = 0 }
            for k in 0..<p {
                let x = design.values[row * p + k]
                fitted += x * fit.coefficients[k]
                for r in 0..<rows { h[r] += gain[r * p + k] * x }
            }
            halved(&h)
            var difference = 0.0
            var leverage = 0.0
            for r in 0..<rows {
                difference += h[r] * theta[r]
                leverage += h[r] * h[r]
            }
            // One combination: the part in θ itself, which has a sign.
            let pull = rows == 1 ? w * h[0] * factor[0] : w * difference
            let members = regression.studies(of: row)
            let present = Double(members.count { !images[$0][lane].isNaN })
            for study in members where !images[study][lane].isNaN {
                let own = Double(images[study][lane])
                effects[study] += pull * (own - fitted + difference) / present
                weights[study] += w * leverage / Double(rows) / present
            }
        }
    }
}
