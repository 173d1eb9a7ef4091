import Figures
import Foundation

/// Bayes factors on a page.
enum BayesText {
    /// Of its logarithm.
    static func factor(_ logarithm: Double) -> Double { exp(logarithm) }

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
