import Statistics

/// What a t or F has to exceed.
public enum CriticalValue {
    /// The t of a one-sided p, or the F of a p.
    ///
    /// - Parameters:
    ///   - combinations: tested together; 1 is t.
    ///   - df: at least 1; infinite below.
    public static func of(_ p: Double, combinations: Int, degreesOfFreedom df: Int) -> Double {
        guard df > 0 else { return .infinity }
        guard combinations > 1 else { return StudentT(degreesOfFreedom: df).quantile(upperTail: p) }
        return f(p, numerator: Double(combinations), denominator: Double(df))
    }

    /// The F with this upper tail.
    static func f(_ upperTail: Double, numerator: Double, denominator: Double) -> Double {
        let f = FDistribution(numerator: numerator, denominator: denominator)
        var (low, high) = (0.0, 1.0)
        while f.upperTail(high) > upperTail, high < 1e12 { high *= 2 }
        for _ in 0..<200 where high - low > 1e-15 * high {
            let middle = 0.5 * (low + high)
            if f.upperTail(middle) > upperTail { low = middle } else { high = middle }
        }
        return 0.5 * (low + high)
    }
}
