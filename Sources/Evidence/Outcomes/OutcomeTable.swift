/// Results on outcomes, one a row, and how the columns they came from were understood.
public struct OutcomeTable: Sendable {
    /// The file, for messages.
    public var path: String
    public var rows: [OutcomeRow]
    /// In the order of the header.
    public var columns: [OutcomeColumn]
    /// What the reader wants the user to know: which column was taken for what, and what was left aside.
    public var notices: [Notice]

    public init(path: String, rows: [OutcomeRow], columns: [OutcomeColumn] = [], notices: [Notice] = []) {
        self.path = path
        self.rows = rows
        self.columns = columns
        self.notices = notices
    }

    /// The outcomes of the table, in the order they first stand in it.
    public var outcomes: [String] {
        var seen: Set<String> = []
        return rows.map(\.outcome).filter { seen.insert($0).inserted }
    }

    /// Names of the columns without a meaning of their own, which can be moderators.
    public var covariateNames: [String] { columns.filter { $0.role == .covariate }.map(\.name) }

    /// The same table with the rows that pass.
    public func filtered(_ isKept: (OutcomeRow) -> Bool) -> OutcomeTable {
        var table = self
        table.rows = rows.filter(isKept)
        return table
    }

    /// The column that gave a number; nil when none did.
    public func column(of quantity: OutcomeQuantity) -> OutcomeColumn? {
        columns.first { $0.role == .quantity(quantity) }
    }
}
