import Statistics

/// The exact interval of a standardised mean or difference by the noncentral t distribution (Steiger & Fouladi 1997).
public enum StandardizedMeanInterval {
    /// nil where t is not finite, there are no degrees of freedom, or the search fails.
    ///
    /// - Parameters:
    ///   - dPerT: √(1/n) of one sample, √(1/n₁ + 1/n₂) of two.
    public static func interval(
        t: Double, degreesOfFreedom df: Double, dPerT: Double, level: Double = 0.95
    ) -> ClosedRange<Double>? {
        guard t.isFinite, df > 0, level > 0, level < 1, abs(t) < 200 else { return nil }
        let tail = (1 - level) / 2
        /// The noncentrality at which P(T ≤ t) is p; it falls with noncentrality.
        func noncentrality(_ p: Double) -> Double? {
            var low = t - 5
            var high = t + 5
            func cdf(_ delta: Double) -> Double {
                NoncentralT(degreesOfFreedom: df, noncentrality: delta).cdf(t)
            }
            for _ in 0..<60 where cdf(low) < p { low -= 5 + abs(low) }
            for _ in 0..<60 where cdf(high) > p { high += 5 + abs(high) }
            for _ in 0..<100 where high - low > 1e-10 * max(1, abs(high)) {
                let middle = 0.5 * (low + high)
                if cdf(middle) > p { low = middle } else { high = middle }
            }
            let found = 0.5 * (low + high)
            return found.isFinite ? found : nil
        }
        guard let lower = noncentrality(1 - tail), let upper = noncentrality(tail), lower <= upper else { return nil }
        return lower * dPerT...upper * dPerT
    }
}
