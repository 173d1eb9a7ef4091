import Evidence

/// A tab-separated table as a run writes it.
public struct StoredTable: Hashable, Sendable {
    public let header: [String]
    public let rows: [[String]]

    /// - Parameter text: with a header line; `n/a` is no value.
    public init(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true).map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        header = lines.first ?? []
        rows = Array(lines.dropFirst())
    }

    /// "" where the column or the value is missing.
    public func cell(_ row: [String], _ column: String) -> String {
        guard let index = header.firstIndex(of: column), index < row.count, row[index] != NumberText.missing else {
            return ""
        }
        return row[index]
    }

    func number(_ row: [String], _ column: String) -> Double? { Double(cell(row, column)) }
}
