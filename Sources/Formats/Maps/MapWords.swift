import Evidence
import Foundation

/// Numbers of maps in messages.
enum MapWords {
    /// What a message calls a map: by its path only where the place that the message stands at is another, such as a table's row.
    static func subject(_ path: String, at source: SourceLocation) -> String { source.file == path ? "the map" : path }

    /// At most four significant digits, without an exponent where it is not needed.
    static func number(_ value: Double) -> String { String(format: "%.4g", value) }

    static func number(_ value: Float) -> String { number(Double(value)) }

    /// Rounded down, so that a share below a limit is never told as the limit; what is there is never told as nothing.
    static func percent(_ share: Double) -> String {
        let percent = 100 * min(max(share, 0), 1)
        if percent > 0, percent < 1 {
            if percent < 0.01 { return "less than 0.01 %" }
            // To one significant digit; the trifle is for products such as 100 · 0.0007, which end a little below.
            let unit = percent < 0.1 ? 0.01 : 0.1
            return "\(String(format: "%.1g", ((percent / unit) * (1 + 1e-12)).rounded(.down) * unit)) %"
        }
        return "\(Int(percent.rounded(.down))) %"
    }
}
