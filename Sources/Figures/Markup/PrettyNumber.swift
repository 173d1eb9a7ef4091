import Evidence
import Foundation

/// Numbers as readers of a page expect them: a true minus sign, thin groups, p values as the field prints them.
package enum PrettyNumber {
    package static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite else { return "–" }
        return NumberText.fixed(value, decimals).replacingOccurrences(of: "-", with: "\u{2212}")
    }

    /// Groups of three: `12,345`.
    package static func count(_ value: Int) -> String {
        var groups: [String] = []
        var digits = String(abs(value))
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        groups.insert(digits, at: 0)
        return (value < 0 ? "\u{2212}" : "") + groups.joined(separator: ",")
    }

    /// A p that a distribution gives: `0.53`, `0.032`, `0.0012`, `< 0.0001`.
    ///
    /// Two digits that count, and no more than four decimals; `> 0.99` rather than a 1.00 that is none.
    package static func p(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        if value < 0.0001 { return "< 0.0001" }
        if value > 0.995, value < 1 { return "> 0.99" }
        return NumberText.fixed(value, value >= 0.0995 ? 2 : value >= 0.00995 ? 3 : 4)
    }

    /// As the user would have typed it: `0.005`, `20`, `4.4`.
    package static func plain(_ value: Double) -> String {
        NumberText.shortest(value).replacingOccurrences(of: "-", with: "\u{2212}")
    }

    /// A position in mm: at most two decimals.
    package static func hundredths(_ value: Double) -> String {
        NumberText.hundredths(value).replacingOccurrences(of: "-", with: "\u{2212}")
    }

    package static func plural(_ count: Int, _ one: String, _ many: String? = nil) -> String {
        "\(self.count(count)) \(count == 1 ? one : many ?? one + "s")"
    }
}
