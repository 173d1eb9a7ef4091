import Foundation
import Statistics

/// What a test of a study's size finds: how a true effect, its t and the t that is needed belong together.
///
/// Of d by the noncentral t distribution; of correlations by Fisher's z. The critical t may be a corrected one.
public struct StudyPower: Hashable, Sendable {
    public let degreesOfFreedom: Double
    /// d per unit of t: √(1/n), or √(1/n₁ + 1/n₂); of no use for correlations.
    public let dPerT: Double
    /// Whether effects are correlations.
    public let isCorrelation: Bool

    public init(degreesOfFreedom: Double, dPerT: Double, isCorrelation: Bool) {
        self.degreesOfFreedom = degreesOfFreedom
        self.dPerT = dPerT
        self.isCorrelation = isCorrelation
    }

    /// What becomes of a true effect: the chance that it is found, and of what is found how many times too large it looks on average
    /// (type M) and the chance that it has the wrong sign (type S; Gelman & Carlin 2014, doi:10.1177/1745691614551642).
    public struct Outcome: Hashable, Sendable {
        public let power: Double
        public let exaggeration: Double
        public let wrongSign: Double
    }

    /// The effect that stands behind a t.
    public func effect(t: Double) -> Double {
        isCorrelation ? FisherZ.r(fromT: t, degreesOfFreedom: degreesOfFreedom) : t * dPerT
    }

    /// - Parameters:
    ///   - effect: d or r, above 0.
    ///   - critical: |t| that has to be passed.
    public func outcome(_ effect: Double, _ critical: Double) -> Outcome {
        if isCorrelation {
            // Fisher's z is nearly normal with variance 1/(n − 3) = 1/(df − 1).
            let error = (1 / max(degreesOfFreedom - 1, 0.5)).squareRoot()
            let alpha = 2 * Normal.upperTail(FisherZ.z(fromR: self.effect(t: critical)) / error)
            let design = DesignAnalysis(trueEffect: FisherZ.z(fromR: effect), standardError: error, alpha: alpha)
            return Outcome(power: design.power, exaggeration: design.exaggeration, wrongSign: design.wrongSign)
        }
        let t = NoncentralT(degreesOfFreedom: degreesOfFreedom, noncentrality: effect / dPerT)
        let (right, wrong) = (t.upperTail(critical), t.cdf(-critical))
        // E(|T|; |T| > c) = c·P(|T| > c) + ∫ P(|T| > x) dx beyond c, by Simpson's rule until nothing is left.
        let step = 0.1
        var sum = 0.0
        var x = critical
        while x < critical + 400 {
            let left = t.upperTail(x) + t.cdf(-x)
            let middle = t.upperTail(x + step / 2) + t.cdf(-x - step / 2)
            let next = t.upperTail(x + step) + t.cdf(-x - step)
            sum += step / 6 * (left + 4 * middle + next)
            x += step
            if next < 1e-5 * (right + wrong) { break }
        }
        let power = right + wrong
        return Outcome(
            power: power, exaggeration: (critical + sum / power) * dPerT / effect, wrongSign: wrong / power)
    }

    public func power(_ effect: Double, _ critical: Double) -> Double {
        if isCorrelation { return outcome(effect, critical).power }
        let t = NoncentralT(degreesOfFreedom: degreesOfFreedom, noncentrality: effect / dPerT)
        return t.upperTail(critical) + t.cdf(-critical)
    }

    /// The true effect that is found in four of five studies.
    public func detectable(_ critical: Double) -> Double {
        var (low, high) = (0.0, isCorrelation ? 0.9999 : 1.0)
        if !isCorrelation { while power(high, critical) < 0.8, high < 100 { high *= 2 } }
        for _ in 0..<40 {
            let middle = 0.5 * (low + high)
            if power(middle, critical) < 0.8 { low = middle } else { high = middle }
        }
        return 0.5 * (low + high)
    }

    /// The fewest people (in all) who find an effect in four of five studies, at the two-sided p that the threshold has at this
    /// size; nil beyond 5,000.
    ///
    /// - Parameter people: there are now.
    public func needed(_ effect: Double, critical: Double, people: Int) -> Int? {
        let tail = StudentT(degreesOfFreedom: degreesOfFreedom).upperTail(critical)
        let lost = Double(people) - degreesOfFreedom
        func power(_ n: Int) -> Double {
            let df = Double(n) - lost
            guard df > 0 else { return 0 }
            let other = StudyPower(
                degreesOfFreedom: df, dPerT: dPerT * (Double(people) / Double(n)).squareRoot(),
                isCorrelation: isCorrelation)
            return other.power(effect, StudentT(degreesOfFreedom: df).quantile(upperTail: tail))
        }
        var (low, high) = (4, 8)
        while power(high) < 0.8 {
            low = high
            high *= 2
            if high > 5_000 { return nil }
        }
        while high - low > 1 {
            let middle = (low + high) / 2
            if power(middle) < 0.8 { low = middle } else { high = middle }
        }
        return high
    }
}
