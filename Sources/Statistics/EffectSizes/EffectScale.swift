import Foundation

/// How a contrast's t becomes an effect, and how uncertain that effect is.
///
/// Of a change, Hedges' g. For one sample (also paired): g = J·t/√n; for two: g = J·t·√(1/n₁ + 1/n₂). The sampling
/// variance of g is `c + K·g²` (Hedges 1981, doi:10.3102/10769986006002107, with the exact J; as in the R supplement of
/// Albajes-Eizagirre et al. 2019 and metansue 2.6).
///
/// Of a correlation over n participants, Fisher's z: z = artanh r = arsinh(t/√(n − 2)), with the variance 1/(n − 3)
/// (``FisherZ``). Where this type says g, it is that z then.
public struct EffectScale: Hashable, Sendable {
    public let n1: Int
    /// 0 for one-sample and paired contrasts, and for correlations.
    public let n2: Int
    /// Whether effects are Fisher's z of correlations.
    public let isCorrelation: Bool

    /// Of a change.
    public init(n1: Int, n2: Int = 0) {
        self.n1 = n1
        self.n2 = n2
        isCorrelation = false
        let df = n2 > 0 ? Double(n1 + n2 - 2) : Double(n1 - 1)
        degreesOfFreedom = df
        constantVariance = n2 > 0 ? 1 / Double(n1) + 1 / Double(n2) : 1 / Double(n1)
        correction = Self.correction(degreesOfFreedom: df)
        quadraticVariance = 1 - (df - 2) / (df * correction * correction)
    }

    /// Of a correlation over `participants`, at least 4.
    public init(correlationOf participants: Int) {
        n1 = participants
        n2 = 0
        isCorrelation = true
        degreesOfFreedom = Double(participants - 2)
        constantVariance = FisherZ.variance(participants: participants)
        correction = 1
        quadraticVariance = 0
    }

    public let degreesOfFreedom: Double
    /// Hedges' small-sample factor J; 1 for a correlation.
    public let correction: Double
    /// c: the variance at g = 0.
    public let constantVariance: Double
    /// K: growth of the variance with g²; 0 for a correlation.
    public let quadraticVariance: Double

    /// Hedges' exact J(df) = Γ(df/2) / (√(df/2)·Γ((df−1)/2)); `1 − 3/(4df − 1)` where that is not defined (df ≤ 1).
    public static func correction(degreesOfFreedom df: Double) -> Double {
        guard df > 1, df.isFinite else { return 1 - 3 / (4 * df - 1) }
        let logJ =
            SpecialFunctions.logGamma(df / 2) - 0.5 * log(df / 2) - SpecialFunctions.logGamma((df - 1) / 2)
        return exp(logJ)
    }

    /// g per unit of t, of a change.
    private var gPerT: Double { correction * constantVariance.squareRoot() }

    public func g(fromT t: Double) -> Double {
        isCorrelation ? FisherZ.z(fromT: t, degreesOfFreedom: degreesOfFreedom) : gPerT * t
    }

    public func t(fromG g: Double) -> Double {
        isCorrelation ? FisherZ.t(fromZ: g, degreesOfFreedom: degreesOfFreedom) : g / gPerT
    }

    /// The effect in standard deviations of what it leaves unexplained, as a permutation of subjects needs it: g/J of a
    /// change; of a correlation sinh z = r/√(1 − r²), the slope on a predictor of SD 1.
    public func standardised(fromG g: Double) -> Double { isCorrelation ? sinh(g) : g / correction }

    /// The inverse of ``standardised(fromG:)``.
    public func g(fromStandardised d: Double) -> Double { isCorrelation ? asinh(d) : d * correction }

    /// Sampling variance of g.
    public func variance(ofG g: Double) -> Double { constantVariance + quadraticVariance * g * g }
}
