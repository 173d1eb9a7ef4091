/// Rows of a tab-separated table.
struct TSV {
    private(set) var text = ""

    mutating func append(_ fields: [String]) {
        text += fields.map(Self.quoted).joined(separator: "\t")
        text += "\n"
    }

    private static func quoted(_ field: String) -> String {
        let field = field.split(whereSeparator: \.isNewline).joined(separator: " ")
        let needsQuotes = field.contains("\t") || field.contains("\"") || field.hasPrefix("#")
        return needsQuotes ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
    }
}
