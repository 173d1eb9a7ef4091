import Foundation

/// How a contrast's t becomes Hedges' g, and how uncertain that g is.
///
/// For one sample (also paired): g = J·t/√n; for two: g = J·t·√(1/n₁ + 1/n₂). The sampling variance of g is
/// `c + K·g²` (Hedges 1981, doi:10.3102/10769986006002107, with the exact J; as in the R supplement of
/// Albajes-Eizagirre et al. 2019 and metansue 2.6).
public struct EffectScale: Hashable, Sendable {
    public let n1: Int
    /// 0 for one-sample and paired contrasts.
    public let n2: Int

    public init(n1: Int, n2: Int = 0) {
        self.n1 = n1
        self.n2 = n2
        let df = n2 > 0 ? Double(n1 + n2 - 2) : Double(n1 - 1)
        degreesOfFreedom = df
        constantVariance = n2 > 0 ? 1 / Double(n1) + 1 / Double(n2) : 1 / Double(n1)
        correction = Self.correction(degreesOfFreedom: df)
        quadraticVariance = 1 - (df - 2) / (df * correction * correction)
    }

    public let degreesOfFreedom: Double
    /// Hedges' small-sample factor J.
    public let correction: Double
    /// c: the variance at g = 0.
    public let constantVariance: Double
    /// K: growth of the variance with g².
    public let quadraticVariance: Double

    /// Hedges' exact J(df) = Γ(df/2) / (√(df/2)·Γ((df−1)/2)); `1 − 3/(4df − 1)` where that is not defined (df ≤ 1).
    public static func correction(degreesOfFreedom df: Double) -> Double {
        guard df > 1, df.isFinite else { return 1 - 3 / (4 * df - 1) }
        let logJ =
            SpecialFunctions.logGamma(df / 2) - 0.5 * log(df / 2) - SpecialFunctions.logGamma((df - 1) / 2)
        return exp(logJ)
    }

    /// g per unit of t.
    public var gPerT: Double { correction * constantVariance.squareRoot() }

    public func g(fromT t: Double) -> Double { gPerT * t }

    public func t(fromG g: Double) -> Double { g / gPerT }

    /// Sampling variance of Hedges' g.
    public func variance(ofG g: Double) -> Double { constantVariance + quadraticVariance * g * g }
}
