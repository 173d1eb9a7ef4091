/// Columns that moderators are made of, one value per effect; nil where missing.
public struct ModelTable: Sendable {
    public enum Column: Hashable, Sendable {
        case numbers([Double?])
        case text([String?])
    }

    public private(set) var names: [String] = []
    private var columns: [String: Column] = [:]
    public let rows: Int

    public init(rows: Int) { self.rows = rows }

    /// - Parameter column: of ``rows`` values; a column of the same name is replaced.
    public mutating func set(_ name: String, _ column: Column) throws(SynthesisError) {
        let count =
            switch column {
            case .numbers(let values): values.count
            case .text(let values): values.count
            }
        guard count == rows else { throw .count(what: "values of \(name)", found: count, expected: rows) }
        if columns[name] == nil { names.append(name) }
        columns[name] = column
    }

    public subscript(name: String) -> Column? { columns[name] }
}
