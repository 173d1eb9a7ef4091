import Foundation

/// Numbers as text: the same on every machine, in every locale, for every thread count.
package enum NumberText {
    /// What tables print where there is no value.
    static let missing = "n/a"

    /// A fixed number of decimals; never `-0.00`.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite else { return missing }
        let text = String(format: "%.\(decimals)f", value)
        let isZero = text.allSatisfy { "-0.".contains($0) }
        return isZero && text.hasPrefix("-") ? String(text.dropFirst()) : text
    }

    /// Four significant digits, for p values in tables: `0.001234`, `1.234e-07`.
    static func significant(_ value: Double, _ digits: Int = 4) -> String {
        value.isFinite ? String(format: "%.\(digits)g", value) : missing
    }

    /// The shortest text that reads back as the same number; whole numbers without a point.
    static func shortest(_ value: Float) -> String {
        guard value.isFinite else { return missing }
        return value == value.rounded() && abs(value) < 1e7 ? String(Int(value)) : value.description
    }

    /// The shortest text that reads back as the same number; whole numbers without a point.
    static func shortest(_ value: Double) -> String {
        guard value.isFinite else { return missing }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
        return value.description
    }

    /// Positions and volumes: no more than two decimals, fewer where they suffice. Voxel sizes such as 1.7 mm would show
    /// their rounding errors.
    static func hundredths(_ value: Double) -> String { shortest((value * 100).rounded() / 100) }
}

/// Numbers as readers of a page expect them: a true minus sign, thin groups, p values as the field prints them.
enum PrettyNumber {
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite else { return "–" }
        return NumberText.fixed(value, decimals).replacingOccurrences(of: "-", with: "\u{2212}")
    }

    /// Groups of three: `12,345`.
    static func count(_ value: Int) -> String {
        var groups: [String] = []
        var digits = String(abs(value))
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        groups.insert(digits, at: 0)
        return (value < 0 ? "\u{2212}" : "") + groups.joined(separator: ",")
    }

    /// `0.0012`, `< 0.0001`.
    static func p(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        return value < 0.0001 ? "< 0.0001" : NumberText.fixed(value, 4)
    }

    /// As the user would have typed it: `0.005`, `20`, `4.4`.
    static func plain(_ value: Double) -> String {
        NumberText.shortest(value).replacingOccurrences(of: "-", with: "\u{2212}")
    }

    /// A position in mm: at most two decimals.
    static func hundredths(_ value: Double) -> String {
        NumberText.hundredths(value).replacingOccurrences(of: "-", with: "\u{2212}")
    }

    static func plural(_ count: Int, _ one: String, _ many: String? = nil) -> String {
        "\(self.count(count)) \(count == 1 ? one : many ?? one + "s")"
    }
}
