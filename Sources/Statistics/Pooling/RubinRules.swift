import Foundation

/// Pooling of m completed-data analyses into one (Rubin 1987).
public struct RubinRules: Hashable, Sendable {
    public var effect: Double
    /// Mean sampling variance + (1 + 1/m)·variance of the effects between imputations.
    public var variance: Double

    /// - Parameters: effects and variances of the m ≥ 1 analyses.
    public init(effects: [Double], variances: [Double]) {
        let m = Double(effects.count)
        let mean = effects.reduce(0, +) / m
        let between = m > 1 ? effects.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (m - 1) : 0
        effect = mean
        variance = variances.reduce(0, +) / m + (1 + 1 / m) * between
    }

    /// The χ² on `df` degrees of freedom that is as extreme as m imputed χ² statistics together (Li et al. 1991,
    /// *Statistica Sinica* 1:65, the D₂ rule; as metansue applies it to Q).
    ///
    /// - Parameters:
    ///   - mean: mean of the statistics.
    ///   - rootVariance: variance (over m − 1) of their square roots.
    ///   - imputations: m.
    ///   - df: degrees of freedom of each statistic.
    public static func pooledChiSquare(mean: Double, rootVariance: Double, imputations m: Int, df: Double) -> Double {
        guard df > 0 else { return 0 }
        let m = Double(m)
        let r = (1 + 1 / m) * rootVariance
        guard m > 1, r > 1e-12 else { return mean }
        let f = max(0, (mean / df - (m + 1) / (m - 1) * r) / (1 + r))
        let denominator = (m - 1) / pow(df, 3 / m) * (1 + 1 / r) * (1 + 1 / r)
        let p = FDistribution(numerator: df, denominator: denominator).upperTail(f)
        // Beyond the smallest number: df·F, the statistic of many denominator degrees of freedom, which only they reach.
        guard p > 0 else { return df * f }
        return ChiSquare(degreesOfFreedom: df).quantile(upperTail: p)
    }
}
