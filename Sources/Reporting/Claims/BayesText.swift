import Figures
import Foundation

/// Bayes factors on a page.
enum BayesText {
    /// Of its logarithm.
    static func factor(_ logarithm: Double) -> Double { exp(logarithm) }

    /// Digits beyond a thousand to one either way say nothing more.
    static func text(_ factor: Double) -> String {
        guard factor.isFinite || factor > 0 else { return "–" }
        if factor > 1_000 { return "> 1,000" }
        return factor < 0.001 ? "< 0.001" : PrettyNumber.fixed(factor, decimals(factor))
    }

    /// Two significant digits where it is small, whole numbers where it is large.
    static func decimals(_ factor: Double) -> Int {
        switch abs(factor) {
        case ..<0.1: 3
        case ..<1: 2
        case ..<10: 1
        default: 0
        }
    }
}
