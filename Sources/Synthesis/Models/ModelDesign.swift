public import Statistics

/// A formula's columns for the rows of a table, and what is needed to make such rows of new values.
public struct ModelDesign: Sendable {
    /// A value of a column for a prediction.
    public enum Value: Hashable, Sendable {
        case number(Double)
        case text(String)
    }

    public let formula: ModelFormula
    /// rows.count × p.
    public let matrix: Matrix
    /// `intercept`, `year`, `therapy[cbt]`, `rcs(weeks)'`, `age:group[b]`.
    public let columnNames: [String]
    /// The columns of each term of the formula.
    public let termColumns: [[Int]]
    /// Rows of the table that are in the design.
    public let rows: [Int]
    /// Rows left out, with the columns they lack.
    public let dropped: [(row: Int, missing: [String])]
    private let bases: [TermBasis]

    init(_ formula: ModelFormula, _ table: ModelTable) throws(ModelFormulaError) {
        var needed: [String] = []
        for term in formula.terms {
            for column in term.columns where !needed.contains(column) { needed.append(column) }
        }
        var rows: [Int] = []
        var dropped: [(row: Int, missing: [String])] = []
        for name in needed where table[name] == nil { throw .unknownColumn(name, known: table.names) }
        for row in 0..<table.rows {
            let missing = needed.filter { Self.value(table, $0, row) == nil }
            if missing.isEmpty { rows.append(row) } else { dropped.append((row, missing)) }
        }
        guard !rows.isEmpty else { throw .noRows }
        var bases: [TermBasis] = []
        for term in formula.terms { bases.append(try TermBasis(term, table, rows: rows)) }
        var names = formula.hasIntercept ? ["intercept"] : []
        var termColumns: [[Int]] = []
        for (i, basis) in bases.enumerated() {
            var basis = basis
            // Without an intercept the first categorical term has a column for every level, as in R.
            if !formula.hasIntercept, !bases[..<i].contains(where: \.isCategorical) { basis.takesAllLevels() }
            bases[i] = basis
            termColumns.append(Array(names.count..<names.count + basis.names.count))
            names += basis.names
        }
        guard !names.isEmpty else { throw .noRows }
        var elements: [Double] = []
        for row in rows {
            if formula.hasIntercept { elements.append(1) }
            for basis in bases {
                elements += try basis.values { name in Self.value(table, name, row) }
            }
        }
        self.formula = formula
        self.rows = rows
        self.dropped = dropped
        self.bases = bases
        self.termColumns = termColumns
        columnNames = names
        matrix = Matrix(rows: rows.count, columns: names.count, elements: elements)
    }

    /// The design's row for given values of the formula's columns.
    public func row(_ values: [String: Value]) throws(ModelFormulaError) -> [Double] {
        var row = formula.hasIntercept ? [1.0] : []
        for basis in bases { row += try basis.values { values[$0] } }
        return row
    }

    /// Rows of the hypothesis that a term does nothing.
    public func hypothesis(ofTerm index: Int) -> [[Double]] {
        termColumns[index].map { column in columnNames.indices.map { $0 == column ? 1 : 0 } }
    }

    /// Levels of a categorical column, the reference first; nil where the formula has none of that name.
    public func levels(of column: String) -> [String]? {
        bases.lazy.compactMap { $0.levels(of: column) }.first
    }

    private static func value(_ table: ModelTable, _ name: String, _ row: Int) -> Value? {
        switch table[name] {
        case .numbers(let values): values[row].flatMap { $0.isFinite ? .number($0) : nil }
        case .text(let values): values[row].flatMap { $0.isEmpty ? nil : .text($0) }
        case nil: nil
        }
    }
}
