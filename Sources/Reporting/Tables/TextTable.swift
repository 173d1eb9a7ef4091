import Evidence

/// A table for a `.tsv` file: a header, then rows of text.
///
/// Tabs and line breaks inside a value become spaces, so that a row stays a row.
public struct TextTable: Hashable, Sendable {
    public var header: [String]
    public var rows: [[String]]

    public init(header: [String], rows: [[String]] = []) {
        self.header = header
        self.rows = rows
    }

    /// Tab separated, one line per row, `\n` at every end; an empty value prints as `n/a`.
    public var text: String {
        ([header] + rows).map { row in row.map(Self.clean).joined(separator: "\t") + "\n" }.joined()
    }

    private static func clean(_ value: String) -> String {
        let flat = String(
            String.UnicodeScalarView(value.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
        return flat.isEmpty ? NumberText.missing : flat
    }
}
