import Statistics

/// Rubin's sums of a voxel's meta-regressions over imputations.
package struct RegressionPool {
    package private(set) var count = 0
    private let columns: Int
    private var mean: [Double]
    private var products: [Double]
    private var within: [Double]
    private var tau = 0.0
    private var i = 0.0
    private var q = 0.0
    private var rootQ = 0.0
    private var df = 0.0
    /// Set when an imputation's experiments do not determine the coefficients.
    private var isUndetermined = false

    package init(columns: Int) {
        self.columns = columns
        mean = Array(repeating: 0, count: columns)
        within = Array(repeating: 0, count: columns * (columns + 1) / 2)
        products = within
    }

    /// - Parameter residualDF: experiments that speak, less the coefficients.
    package mutating func add(_ fit: RegressionFit, residualDF: Int) {
        count += 1
        df = Double(residualDF)
        var k = 0
        for row in 0..<columns {
            mean[row] += fit.coefficients[row]
            for column in 0...row {
                products[k] += fit.coefficients[row] * fit.coefficients[column]
                within[k] += fit.covariance[k]
                k += 1
            }
        }
        let excess = residualDF > 0 ? fit.tau2 * fit.trace / df : 0
        tau += fit.tau2.squareRoot()
        i += (excess / (1 + excess)).squareRoot()
        q += fit.q
        rootQ += fit.q.squareRoot()
    }

    package mutating func fail() { isUndetermined = true }

    /// Coefficients of the orthonormal columns and their packed covariance, imputation variance included; nil where the
    /// experiments do not determine them.
    package var pooled: (coefficients: [Double], covariance: [Double])? {
        guard count > 0, !isUndetermined else { return nil }
        let m = Double(count)
        let mean = mean.map { $0 / m }
        var covariance = within.map { $0 / m }
        if count > 1 {
            var k = 0
            for row in 0..<columns {
                for column in 0...row {
                    var between = (products[k] - m * mean[row] * mean[column]) / (m - 1)
                    if row == column { between = max(0, between) }
                    covariance[k] += (1 + 1 / m) * between
                    k += 1
                }
            }
        }
        return (mean, covariance)
    }

    /// τ² and I² from the mean τ and I; Q by the D₂ rule.
    package var heterogeneity: (tau2: Double, i2: Double, h2: Double, q: Double, df: Double) {
        let m = Double(count)
        let i2 = (i / m) * (i / m)
        let rootVariance = count > 1 ? max(0, (q - rootQ * rootQ / m) / (m - 1)) : 0
        return (
            (tau / m) * (tau / m), 100 * i2, 1 / (1 - i2),
            RubinRules.pooledChiSquare(mean: q / m, rootVariance: rootVariance, imputations: count, df: df), df
        )
    }

    /// Fraction of missing information about combinations of the coefficients: γ of ``PooledEstimates``, of several
    /// combinations from their mean relative increase in variance, r = (1 + 1/m) tr(B W⁻¹)/k, as in D₁.
    ///
    /// Not a number for a single imputation, and where the coefficients are not determined.
    package func missingInformation(_ combinations: [[Double]]) -> Double {
        guard count > 1, !isUndetermined else { return .nan }
        let m = Double(count)
        let size = combinations.count
        func form(_ a: [Double], _ b: [Double], _ value: (Int, Int, Int) -> Double) -> Double {
            var sum = 0.0
            for i in 0..<columns {
                for j in 0..<columns {
                    sum += a[i] * b[j] * value(i, j, i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i)
                }
            }
            return sum
        }
        var inside = Matrix(rows: size, columns: size, repeating: 0)
        var between = inside
        for r in 0..<size {
            for s in 0..<size {
                inside[r, s] = form(combinations[r], combinations[s]) { within[$2] / m }
                between[r, s] = form(combinations[r], combinations[s]) {
                    (products[$2] - mean[$0] * mean[$1] / m) / (m - 1)
                }
            }
        }
        guard let precision = Cholesky(inside) else { return .nan }
        let increase = max(0, (1 + 1 / m) * (between * precision.inverse).trace / Double(size))
        let lambda = increase / (1 + increase)
        let df = PooledEstimates.degreesOfFreedom(lambda: lambda, imputations: count, complete: .infinity)
        return lambda + 2 / (df + 3) * (1 - lambda)
    }
}
