import Foundation
import Statistics

/// What a study of this size can and cannot show: the smallest effect it can call significant, the smallest it would have found,
/// and what its significant results are worth if the true effect is moderate. All for a t test with a stated critical value,
/// hence also for a corrected one.
public struct Sensitivity: Hashable, Sendable {
    public let degreesOfFreedom: Double
    /// d per unit of t: √(1/n), or √(1/n₁ + 1/n₂).
    public let dPerT: Double
    /// |t| that has to be exceeded.
    public let criticalT: Double

    /// One sample, or paired: d is d_z.
    public init(participants n: Int, criticalT: Double) {
        degreesOfFreedom = Double(n - 1)
        dPerT = (1 / Double(n)).squareRoot()
        self.criticalT = criticalT
    }

    /// Two groups.
    public init(participants n1: Int, _ n2: Int, criticalT: Double) {
        degreesOfFreedom = Double(n1 + n2 - 2)
        dPerT = (1 / Double(n1) + 1 / Double(n2)).squareRoot()
        self.criticalT = criticalT
    }

    /// The critical |t| of one test without correction.
    public static func uncorrectedCriticalT(degreesOfFreedom df: Double, alpha: Double = 0.05) -> Double {
        StudentT(degreesOfFreedom: df).quantile(upperTail: alpha / 2)
    }

    /// Every significant effect is at least this large.
    public var smallestSignificant: Double { criticalT * dPerT }

    /// Chance of a significant result, on either side, at a true effect d.
    public func power(d: Double) -> Double {
        let t = NoncentralT(degreesOfFreedom: degreesOfFreedom, noncentrality: d / dPerT)
        return t.upperTail(criticalT) + t.cdf(-criticalT)
    }

    /// The true d found with the given power; NaN where none is.
    public func minimalDetectable(power target: Double = 0.8) -> Double {
        guard degreesOfFreedom > 0, target > power(d: 0), target < 1 else { return .nan }
        var (low, high) = (0.0, dPerT)
        while power(d: high) < target, high < 1e6 { high *= 2 }
        for _ in 0..<60 where high - low > 1e-12 * high {
            let middle = 0.5 * (low + high)
            if power(d: middle) < target { low = middle } else { high = middle }
        }
        return 0.5 * (low + high)
    }

    /// Type S and type M errors at a true effect (Gelman & Carlin 2014, doi:10.1177/1745691614551642), of the observed d = t·dPerT by
    /// the noncentral t distribution; ``Statistics/DesignAnalysis`` is the same for a normal estimate.
    public func errors(d: Double) -> Errors {
        let shift = abs(d) / dPerT
        let t = NoncentralT(degreesOfFreedom: degreesOfFreedom, noncentrality: shift)
        let wrong = t.cdf(-criticalT)
        let power = t.upperTail(criticalT) + wrong
        // E(|T|; |T| > c) = c·P(|T| > c) + ∫ P(|T| > x) dx from c on, over x = c/(1 − u)³: its tail falls by a power of x.
        let steps = 400
        var sum = 0.0
        for step in 0..<steps {
            let u = (Double(step) + 0.5) / Double(steps)
            let rest = 1 - u
            let x = criticalT / (rest * rest * rest)
            let density = 3 * criticalT / (rest * rest * rest * rest)
            guard x < 1e4 else { continue }
            sum += (t.upperTail(x) + t.cdf(-x)) * density / Double(steps)
        }
        return Errors(
            power: power, wrongSign: wrong / power,
            exaggeration: (criticalT + sum / power) / shift)
    }

    public struct Errors: Hashable, Sendable {
        public let power: Double
        /// P(wrong sign | significant).
        public let wrongSign: Double
        /// E(|d observed| | significant)/|d|; infinite for d = 0.
        public let exaggeration: Double
    }

    /// People a one-sample or paired study would need to find a true d_z with this power at the same one-test level; nil above a
    /// million. The critical value of a correction grows a little less strict with n, so for corrected tests this is about right.
    public static func participantsNeeded(d: Double, power target: Double = 0.8, alpha: Double = 0.05) -> Int? {
        guard d.isFinite, abs(d) > 0, target > alpha, target < 1, alpha > 0, alpha < 1 else { return nil }
        func reaches(_ n: Int) -> Bool {
            let df = Double(n - 1)
            let critical = uncorrectedCriticalT(degreesOfFreedom: df, alpha: alpha)
            return Sensitivity(participants: n, criticalT: critical).power(d: abs(d)) >= target
        }
        var high = 4
        while !reaches(high) {
            high *= 2
            if high > 1_000_000 { return nil }
        }
        var low = max(2, high / 2)
        while high - low > 1 {
            let middle = (low + high) / 2
            if reaches(middle) { high = middle } else { low = middle }
        }
        return low >= 3 && reaches(low) ? low : high
    }
}
