import Evidence
import Foundation

/// Numbers inside sentences: a true minus sign.
enum ClaimNumber {
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        NumberText.fixed(value, decimals).replacingOccurrences(of: "-", with: "\u{2212}")
    }

    /// A share as whole per cent.
    static func percent(_ share: Double) -> String { fixed(100 * share, 0) }

    static func plural(_ count: Int, _ one: String, _ many: String? = nil) -> String {
        "\(count) \(count == 1 ? one : many ?? one + "s")"
    }
}
