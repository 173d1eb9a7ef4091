import Foundation
import Statistics

/// How much of the error may have been spent when a share of the information is in (Lan & DeMets 1983,
/// doi:10.1093/biomet/70.3.659).
public enum SpendingFunction: String, CaseIterable, Hashable, Sendable {
    /// 2 − 2Φ(z₁₋α/₂/√t): very little early; like the boundaries of O'Brien & Fleming.
    case obrienFleming
    /// α·ln(1 + (e − 1)t): about the same at each look, like those of Pocock.
    case pocock

    /// - Parameters:
    ///   - fraction: t, the share of the required information; all is spent from 1 on, nothing at 0.
    ///   - alpha: the error of one side over all looks.
    public func spent(_ fraction: Double, alpha: Double) -> Double {
        guard fraction > 0 else { return 0 }
        guard fraction < 1 else { return alpha }
        switch self {
        case .obrienFleming: return 2 * Normal.cdf(Normal.quantile(alpha / 2) / fraction.squareRoot())
        case .pocock: return alpha * log1p((M_E - 1) * fraction)
        }
    }
}
