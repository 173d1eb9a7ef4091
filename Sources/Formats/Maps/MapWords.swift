import Foundation

/// Numbers of maps in messages.
enum MapWords {
    /// At most four significant digits, without an exponent where it is not needed.
    static func number(_ value: Double) -> String { String(format: "%.4g", value) }

    static func number(_ value: Float) -> String { number(Double(value)) }

    /// Rounded down, so that a share below a limit is never told as the limit.
    static func percent(_ share: Double) -> String { "\(Int((100 * min(max(share, 0), 1)).rounded(.down))) %" }
}
