import Foundation
import Statistics

/// How much information a meta-analysis needs before its answer can count as one trial's would: (z₁₋α/₂ + z₁₋β)²/δ², more where the
/// studies differ (Wetterslev, Thorlund, Brok & Gluud 2009, doi:10.1186/1471-2288-9-86).
///
/// Information is Σ1/v, the inverse of the variance of the fixed-effect mean.
public struct RequiredInformation: Hashable, Sendable {
    /// δ: the smallest effect that matters.
    public let target: Double
    /// Two-sided.
    public let alpha: Double
    public let power: Double
    /// D² = 1 − (variance of the fixed-effect mean)/(variance of the random-effects mean).
    public let diversity: Double

    public init(
        target: Double, alpha: Double = 0.05, power: Double = 0.8, diversity: Double = 0
    ) throws(MonitoringError) {
        guard target != 0, target.isFinite, alpha > 0, alpha < 1, power > 0, power < 1 else { throw .badTarget }
        guard diversity >= 0, diversity < 1 else { throw .badDiversity(diversity) }
        self.target = target
        self.alpha = alpha
        self.power = power
        self.diversity = diversity
    }

    /// Were the studies alike.
    public var homogeneous: Double {
        let z = Normal.quantile(power) - Normal.quantile(alpha / 2)
        return z * z / (target * target)
    }

    /// Adjusted for heterogeneity: homogeneous/(1 − D²).
    public var adjusted: Double { homogeneous / (1 - diversity) }
}
