import Foundation

/// Numbers as text: the same on every machine, in every locale, for every thread count.
extension NumberText {
    /// What tables print where there is no value.
    package static let missing = "n/a"

    /// A fixed number of decimals; never `-0.00`.
    package static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite else { return missing }
        let text = String(format: "%.\(decimals)f", value)
        let isZero = text.allSatisfy { "-0.".contains($0) }
        return isZero && text.hasPrefix("-") ? String(text.dropFirst()) : text
    }

    /// Four significant digits, for p values in tables: `0.001234`, `1.234e-07`.
    package static func significant(_ value: Double, _ digits: Int = 4) -> String {
        value.isFinite ? String(format: "%.\(digits)g", value) : missing
    }

    /// The shortest text that reads back as the same number; whole numbers without a point.
    package static func shortest(_ value: Float) -> String {
        guard value.isFinite else { return missing }
        return value == value.rounded() && abs(value) < 1e7 ? String(Int(value)) : value.description
    }

    /// The shortest text that reads back as the same number; whole numbers without a point.
    package static func shortest(_ value: Double) -> String {
        guard value.isFinite else { return missing }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
        return value.description
    }

    /// Positions and volumes: no more than two decimals, fewer where they suffice. Voxel sizes such as 1.7 mm would show
    /// their rounding errors.
    package static func hundredths(_ value: Double) -> String { shortest((value * 100).rounded() / 100) }
}
