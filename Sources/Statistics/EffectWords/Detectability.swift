/// What a study of a given size could have found: the smallest effect it can call significant, and the smallest it would
/// have found with a stated power.
public struct Detectability: Hashable, Sendable {
    public let degreesOfFreedom: Double
    /// d per unit of t.
    private let dPerT: Double

    /// One-sample or paired: d, or d_z, over n people.
    public init(participants n: Int) {
        degreesOfFreedom = Double(n - 1)
        dPerT = (1 / Double(n)).squareRoot()
    }

    /// Two groups: d.
    public init(participants n1: Int, _ n2: Int) {
        degreesOfFreedom = Double(n1 + n2 - 2)
        dPerT = (1 / Double(n1) + 1 / Double(n2)).squareRoot()
    }

    /// The smallest observed d that is significant: whatever is reported as significant is at least this large.
    ///
    /// - Parameter alpha: two-sided.
    public func smallestSignificant(alpha: Double = 0.05) -> Double {
        StudentT(degreesOfFreedom: degreesOfFreedom).quantile(upperTail: alpha / 2) * dPerT
    }

    /// Chance of a significant result, on either side, if the true effect is `d`.
    public func power(d: Double, alpha: Double = 0.05) -> Double {
        let critical = StudentT(degreesOfFreedom: degreesOfFreedom).quantile(upperTail: alpha / 2)
        let t = NoncentralT(degreesOfFreedom: degreesOfFreedom, noncentrality: d / dPerT)
        return t.upperTail(critical) + t.cdf(-critical)
    }

    /// The true d that would be found with the given power; by bisection.
    ///
    /// - Parameters:
    ///   - power: above `alpha`, below 1; else not a number.
    ///   - alpha: two-sided.
    public func minimalDetectable(power target: Double = 0.8, alpha: Double = 0.05) -> Double {
        guard degreesOfFreedom > 0, target > alpha, target < 1 else { return .nan }
        var low = 0.0
        var high = dPerT
        while power(d: high, alpha: alpha) < target, high < 1e6 { high *= 2 }
        for _ in 0..<60 where high - low > 1e-12 * high {
            let middle = 0.5 * (low + high)
            if power(d: middle, alpha: alpha) < target { low = middle } else { high = middle }
        }
        return 0.5 * (low + high)
    }

    /// The same for an estimate with a known standard error: (z_α/2 + z_power)·se, the far tail neglected.
    public static func minimalDetectable(
        standardError: Double, power: Double = 0.8, alpha: Double = 0.05
    ) -> Double {
        (Normal.quantile(power) - Normal.quantile(alpha / 2)) * standardError
    }

    /// The true correlation found with the given power over n people, by Fisher's z.
    public static func minimalDetectableCorrelation(
        participants n: Int, power: Double = 0.8, alpha: Double = 0.05
    ) -> Double {
        FisherZ.r(
            fromZ: minimalDetectable(
                standardError: FisherZ.variance(participants: n).squareRoot(), power: power, alpha: alpha))
    }
}
