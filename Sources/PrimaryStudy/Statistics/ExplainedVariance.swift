import Statistics

/// What several tested columns explain together of what the others leave: partial R² = qF/(qF + ν), with its interval.
///
/// The interval is that of the noncentrality λ of F, turned into R² = λ/(λ + q + ν + 1) (Smithson 2001,
/// doi:10.1177/00131640121971392; Steiger 2004, doi:10.1037/1082-989X.9.2.164). Partial R² of few people is too large: without
/// any effect it is q/(q + ν) on average, so that its lower bound is often 0 and the value need not lie in the middle.
public struct ExplainedVariance: Hashable, Sendable {
    public let value: Double
    public let lower: Double
    public let upper: Double

    /// nil where F is no number or beyond any that is of use (qF of 100,000), and where there are no degrees of freedom.
    ///
    /// - Parameters:
    ///   - f: of `numerator` columns beside `denominator` residual degrees of freedom.
    ///   - level: of the interval.
    public init?(f: Double, numerator: Double, denominator: Double, level: Double = 0.95) {
        guard f >= 0, numerator * f < 1e5, numerator > 0, denominator > 0, level > 0, level < 1 else { return nil }
        value = numerator * f / (numerator * f + denominator)
        let tail = (1 - level) / 2
        func below(_ noncentrality: Double) -> Double {
            NoncentralF(numerator: numerator, denominator: denominator, noncentrality: noncentrality).cdf(f)
        }
        /// P(F ≤ f) falls with λ; where it is below p from the start, no λ goes with f.
        func bound(_ p: Double) -> Double? {
            guard below(0) > p else { return 0 }
            var high = 4 * numerator * f + 20
            for _ in 0..<60 where below(high) > p { high *= 2 }
            return ZeroCrossing.find(from: 0, to: high, tolerance: 1e-10 * high) { below($0) - p }
                .map { $0 / ($0 + numerator + denominator + 1) }
        }
        guard let lower = bound(1 - tail), let upper = bound(tail) else { return nil }
        self.lower = lower
        self.upper = upper
    }
}
