import Foundation
public import Statistics

/// A mean of normal distributions: what is known of μ, of a new study or of one study's true effect, averaged over τ.
public struct NormalMixture: Sendable {
    private let weights: [Double]
    private let means: [Double]
    private let deviations: [Double]
    /// The highest moment that exists (with a heavy-tailed prior of τ and few studies there may be none).
    private let moments: Int

    /// - Parameter components: weights that sum to 1, with mean and SD of each.
    init(weights: [Double], means: [Double], deviations: [Double], moments: Int) {
        // Components that weigh nothing cost time only; those that weigh little may be wide, and carry the second moment.
        let kept = weights.indices.filter { weights[$0] > 0 }
        self.weights = kept.map { weights[$0] }
        self.means = kept.map { means[$0] }
        self.deviations = kept.map { deviations[$0] }
        self.moments = moments
    }

    private func sum(_ term: (Int) -> Double) -> Double {
        var sum = 0.0
        for j in weights.indices { sum += weights[j] * term(j) }
        return sum
    }

    /// nil where it does not exist.
    public var mean: Double? { moments >= 1 ? sum { means[$0] } : nil }

    /// SD; nil where it does not exist.
    public var deviation: Double? {
        guard moments >= 2, let mean else { return nil }
        return sum { deviations[$0] * deviations[$0] + (means[$0] - mean) * (means[$0] - mean) }.squareRoot()
    }

    public func density(_ x: Double) -> Double {
        sum { Normal.density((x - means[$0]) / deviations[$0]) / deviations[$0] }
    }

    public func cdf(_ x: Double) -> Double { sum { Normal.cdf((x - means[$0]) / deviations[$0]) } }

    /// P(X > x), without cancellation.
    public func upperTail(_ x: Double) -> Double { sum { Normal.cdf((means[$0] - x) / deviations[$0]) } }

    public var median: Double { quantile(0.5) }

    /// The x that is not exceeded with probability p; ±∞ for 1 and 0, not a number outside.
    public func quantile(_ p: Double) -> Double {
        guard p > 0, p < 1 else { return p == 0 ? -.infinity : p == 1 ? .infinity : .nan }
        func excess(_ x: Double) -> Double { p <= 0.5 ? cdf(x) - p : 1 - p - upperTail(x) }
        // Outwards from the component in the middle: components far out weigh next to nothing but may be very wide.
        var sum = 0.0
        var j = 0
        for (n, weight) in weights.enumerated() where sum < 0.5 {
            sum += weight
            j = n
        }
        let z = Normal.quantile(p)
        let center = means[j] + z * deviations[j]
        var step = 0.1 * deviations[j]
        let direction = excess(center) < 0 ? 1.0 : -1
        var (inside, outside) = (center, center + direction * step)
        while (excess(outside) < 0) == (direction > 0), outside.isFinite {
            inside = outside
            step *= 2
            outside = center + direction * step
        }
        return ZeroCrossing.find(from: min(inside, outside), to: max(inside, outside), excess) ?? .nan
    }

    /// With as much outside on the left as on the right.
    public func equalTailed(level: Double = 0.95) -> Interval {
        Interval(lower: quantile((1 - level) / 2), upper: quantile((1 + level) / 2))
    }

    /// The shortest that holds `level`: where all inside is more likely than all outside.
    public func highestDensity(level: Double = 0.95) -> Interval {
        let outside = 1 - level
        let at = ZeroCrossing.find(from: 1e-6 * outside, to: (1 - 1e-6) * outside, tolerance: 1e-13) { p in
            density(quantile(p)) - density(quantile(p + level))
        }
        guard let p = at else { return equalTailed(level: level) }
        return Interval(lower: quantile(p), upper: quantile(p + level))
    }
}
