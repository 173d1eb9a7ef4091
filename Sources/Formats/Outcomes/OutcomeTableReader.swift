public import Evidence

/// Reads a table of outcomes: tab-, comma- or semicolon-separated, with the names of columns that people use.
///
/// See Docs/outcomes-table.md for the names, the shapes that are understood and the errors.
public struct OutcomeTableReader: Sendable {
    /// What the user says of columns: a role (`study`, `sample`, `outcome`, `region`, `region2`, `modality`, `year`,
    /// `measure`) or a number by metafor's name to the column's name in the table. `none` as name leaves a role empty.
    public var columns: [String: String]
    /// Name of the outcome where no column says it; the file's name where nil.
    public var outcome: String?
    /// A table with a row for each group of a study.
    public var groups: GroupRows?
    /// Outcomes that stand side by side, each in columns whose names begin with its name (`amygdala_mean_t`).
    public var outcomes: [String]
    /// A second table whose columns are added by study, or by study and group, such as numbers of people.
    public var beside: String?

    /// The column that tells the groups apart, and the cells of the two.
    public struct GroupRows: Hashable, Sendable {
        public var column: String
        public var first: String
        public var second: String

        public init(column: String, first: String, second: String) {
            self.column = column
            self.first = first
            self.second = second
        }
    }

    public init(
        columns: [String: String] = [:], outcome: String? = nil, groups: GroupRows? = nil,
        outcomes: [String] = [], beside: String? = nil
    ) {
        self.columns = columns
        self.outcome = outcome
        self.groups = groups
        self.outcomes = outcomes
        self.beside = beside
    }

    /// - Throws: when the file cannot be read, a column could be two things, or cells are no numbers: all of it as one error.
    public func read(_ path: String) throws(InputError) -> OutcomeTable {
        let merged = try MergedHeader(TextFile(path: path))
        let table = try Table(merged.file)
        var notices = table.notices + merged.notices
        let split = SummaryCells.split(table)
        let beside = try self.beside.map { path throws(InputError) in
            SummaryCells.split(try Table(TextFile(path: path)))
        }
        let second = beside?.table
        notices += split.notices + (beside?.notices ?? [])
        let shape = try OutcomeShape(split.table, header: merged, stated: groups, outcomes: outcomes, beside: second)
        notices += shape.notices
        var known = try OutcomeColumns(shape.table, stated: columns)
        notices += known.notices
        if shape.table.rows.isEmpty {
            throw InputError(at: SourceLocation(file: path), "has a header but no rows.")
        }
        var rows = try OutcomeRows(shape.table, known, outcome: outcome ?? Self.stem(path))
        notices += rows.notices
        if let second, !shape.tookBeside { notices += try rows.add(second, to: &known) }
        if let notice = shape.table.decimalCommaNotice { notices.append(notice) }
        return OutcomeTable(path: path, rows: rows.rows, columns: known.columns, notices: notices)
    }

    /// `outcome` for outcomes.tsv, else the name of the file without its ending.
    private static func stem(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
        return stem == "outcomes" || stem.isEmpty ? "outcome" : stem
    }
}
