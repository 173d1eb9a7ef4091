import Foundation
public import Statistics

/// Do the significant results look as if there were something to find? The p-curve of Simonsohn, Nelson & Simmons 2014
/// (doi:10.1037/a0033242), with the half p-curve of 2015 (doi:10.1037/xge0000104) and the power of doi:10.1177/1745691614553988.
///
/// Only results significant at two-sided .05 count. Under no effect their p are uniform on (0, .05); with an effect small p
/// prevail (right skew). Each study's own test gives p. It does not estimate a mean, and heterogeneity makes the power too
/// high; one p per independent study.
public struct PCurve: Sendable {
    /// A study's test statistic.
    public enum Statistic: Hashable, Sendable {
        case z(Double)
        case t(Double, degreesOfFreedom: Double)
    }

    /// Stouffer's combination of many p as one z: below zero where p are smaller than supposed.
    public struct Skew: Hashable, Sendable {
        public var z: Double
        /// One-sided, of z as small as this or smaller.
        public var pValue: Double { Normal.cdf(z) }
    }

    /// Two-sided p of the significant results.
    public let pValues: [Double]
    /// Their numbers among all results given.
    public let significant: [Int]
    /// All results given.
    public let results: Int
    private let tests: [Test]

    /// The level of significance, and the power that counts as none to speak of.
    public static let alpha = 0.05
    public static let lowPower = 1.0 / 3

    public init(_ statistics: [Statistic]) {
        let tests = statistics.map(Test.init)
        let significant = tests.indices.filter { tests[$0].pValue < Self.alpha }
        self.significant = significant
        self.tests = significant.map { tests[$0] }
        pValues = self.tests.map(\.pValue)
        results = statistics.count
    }

    /// z = y/√v.
    public init(effects: [Double], variances: [Double]) {
        self.init(zip(effects, variances).map { .z($0 / $1.squareRoot()) })
    }

    /// Significant results with p below .025.
    public var countBelowHalf: Int { pValues.count { $0 < Self.alpha / 2 } }

    /// Are more than half below .025? One-sided binomial; nil without significant results.
    public var binomialP: Double? {
        pValues.isEmpty
            ? nil : ExcessSignificance.binomialUpperTail(countBelowHalf, of: pValues.count, probability: 0.5)
    }

    /// Right skew of all significant p: evidence that some effect is real. Nil without any.
    public var rightSkew: Skew? { Self.skew(pValues.map { $0 / Self.alpha }) }

    /// Right skew of the p below .025 alone, which ambitious p-hacking cannot make up; nil without any.
    public var halfRightSkew: Skew? {
        Self.skew(pValues.filter { $0 < Self.alpha / 2 }.map { $0 / (Self.alpha / 2) })
    }

    /// Flatter than of studies with a power of one third: evidence that what effect there is was out of reach.
    public var flatness: Skew? { flatness(power: Self.lowPower) }

    /// The same for any power.
    public func flatness(power: Double) -> Skew? {
        Self.skew(tests.map { $0.probability(power: power, alpha: Self.alpha) })
    }

    /// Whether the set has evidential value by the rule of 2015: the half curve's p below .05, or both below .1.
    public var hasEvidentialValue: Bool {
        guard let half = halfRightSkew?.pValue, let full = rightSkew?.pValue else { return false }
        return half < 0.05 || (half < 0.1 && full < 0.1)
    }

    /// Whether what evidence there is was out of reach: the full curve flatter than at a power of one third (p < .05).
    public var isInadequate: Bool { flatness.map { $0.pValue < 0.05 } ?? false }

    /// The mean power of the significant studies that the curve fits best, between .05 and .99; and its interval.
    public struct Power: Hashable, Sendable {
        public var value: Double
        public var interval: Interval
    }

    /// Where Stouffer's z against a stated power is 0; the interval where it is ± the quantile. Nil without significant
    /// results.
    public func power(level: Double = 0.9) -> Power? {
        guard !tests.isEmpty else { return nil }
        let tail = (1 - level) / 2
        return Power(
            value: power(whereZ: 0),
            interval: Interval(
                lower: power(whereZ: -Normal.quantile(tail)), upper: power(whereZ: Normal.quantile(tail))))
    }

    /// The power at which the flatness test has a given z, which falls as the power rises.
    private func power(whereZ target: Double) -> Double {
        let (low, high) = (0.0501, 0.99)
        func excess(_ power: Double) -> Double { (flatness(power: power)?.z ?? 0) - target }
        // The higher the power supposed, the flatter the curve looks against it.
        if excess(low) <= 0 { return Self.alpha }
        if excess(high) >= 0 { return high }
        return ZeroCrossing.find(from: low, to: high, tolerance: 1e-10, excess) ?? .nan
    }

    /// Stouffer's z of uniform numbers; nil of none.
    private static func skew(_ uniform: [Double]) -> Skew? {
        guard !uniform.isEmpty else { return nil }
        // As the authors' program: no p so near 0 or 1 that its z is infinite.
        let z = uniform.reduce(0) { $0 + Normal.quantile(min(max($1, 2.2e-16), 1 - 2.2e-16)) }
        return Skew(z: z / Double(uniform.count).squareRoot())
    }

    /// A two-sided test: of |z|, or of |t|.
    private struct Test: Sendable {
        var statistic: Double
        var degreesOfFreedom: Double

        init(_ statistic: Statistic) {
            switch statistic {
            case .z(let z): (self.statistic, degreesOfFreedom) = (abs(z), .infinity)
            case .t(let t, let df): (self.statistic, degreesOfFreedom) = (abs(t), df)
            }
        }

        var pValue: Double { 2 * upperTail(statistic) }

        private func upperTail(_ x: Double) -> Double {
            degreesOfFreedom.isInfinite
                ? Normal.upperTail(x) : StudentT(degreesOfFreedom: degreesOfFreedom).upperTail(x)
        }

        private func critical(_ alpha: Double) -> Double {
            degreesOfFreedom.isInfinite
                ? -Normal.quantile(alpha / 2)
                : StudentT(degreesOfFreedom: degreesOfFreedom).quantile(upperTail: alpha / 2)
        }

        /// P(|T| > x) for a noncentrality.
        private func exceeds(_ x: Double, _ noncentrality: Double) -> Double {
            if degreesOfFreedom.isInfinite {
                return Normal.upperTail(x - noncentrality) + Normal.cdf(-x - noncentrality)
            }
            let t = NoncentralT(degreesOfFreedom: degreesOfFreedom, noncentrality: noncentrality)
            return t.upperTail(x) + t.cdf(-x)
        }

        /// If the test had this power: how likely a significant result is this far out or less. Uniform under that power, near
        /// 1 for a result far out.
        func probability(power: Double, alpha: Double) -> Double {
            let critical = critical(alpha)
            var high = critical + 1
            while exceeds(critical, high) < power, high < 1e4 { high *= 1.5 }
            let noncentrality =
                ZeroCrossing.find(from: 0, to: high, tolerance: 1e-12) { exceeds(critical, $0) - power } ?? 0
            return 1 - exceeds(statistic, noncentrality) / power
        }
    }
}
