import Statistics

/// Tests of combinations of pooled coefficients.
package struct WaldStatistic {
    package let coefficients: [Double]
    /// Packed by rows of the lower triangle.
    package let covariance: [Double]

    private func covariance(_ i: Int, _ j: Int) -> Double {
        i >= j ? covariance[i * (i + 1) / 2 + j] : covariance[j * (j + 1) / 2 + i]
    }

    package init(coefficients: [Double], covariance: [Double]) {
        self.coefficients = coefficients
        self.covariance = covariance
    }

    package func estimate(_ weights: [Double]) -> (value: Double, variance: Double) {
        var value = 0.0
        for k in weights.indices { value += weights[k] * coefficients[k] }
        return (value, covariance(of: weights, weights))
    }

    private func covariance(of a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for i in a.indices { for j in b.indices { sum += a[i] * covariance(i, j) * b[j] } }
        return sum
    }

    /// θ'(CVC')⁻¹θ with θ = Cβ; NaN where the combinations are not independent.
    package func chiSquare(_ combinations: [[Double]]) -> Double {
        let count = combinations.count
        var factor = [[Double]](repeating: Array(repeating: 0, count: count), count: count)
        var half = [Double](repeating: 0, count: count)
        var sum = 0.0
        for i in 0..<count {
            for j in 0...i {
                var value = covariance(of: combinations[i], combinations[j])
                let size = value
                for k in 0..<j { value -= factor[i][k] * factor[j][k] }
                if i == j {
                    guard value > 1e-12 * size else { return .nan }
                    factor[i][i] = value.squareRoot()
                } else {
                    factor[i][j] = value / factor[j][j]
                }
            }
            var value = estimate(combinations[i]).value
            for k in 0..<i { value -= factor[i][k] * half[k] }
            half[i] = value / factor[i][i]
            sum += half[i] * half[i]
        }
        return sum
    }
}

/// The z of equal upper-tail p for a χ², so that joint tests share thresholds, clusters and figures with the others: 0
/// where p ≥ .5.
struct JointZ: Sendable {
    private let distribution: ChiSquare
    /// Most of the brain is below it.
    private let median: Double

    init(degreesOfFreedom: Int) {
        distribution = ChiSquare(degreesOfFreedom: Double(degreesOfFreedom))
        median = distribution.quantile(upperTail: 0.5)
    }

    func callAsFunction(_ chiSquare: Float) -> Float {
        if chiSquare.isNaN { return .nan }
        if Double(chiSquare) <= median { return 0 }
        return Float(-Normal.quantile(max(distribution.upperTail(Double(chiSquare)), 1e-300)))
    }
}
