import Evidence
public import Statistics

/// Columns of a meta-regression, made from cells of the table.
///
/// A column whose cells are all numbers is one centred column; any other is a set of indicator columns against its most
/// frequent value (of equals, the first by name). Effects with an empty cell are left out and counted.
public struct OutcomeDesign: Hashable, Sendable {
    /// A term and its columns in ``matrix``.
    public struct Term: Hashable, Sendable {
        public var name: String
        public var columns: [Int]
        /// The value that others are compared with; nil of numbers.
        public var reference: String?
        /// What was subtracted from numbers.
        public var centre: Double?
    }

    /// Rows of the effects that have all values.
    public var rows: [Int]
    /// With the intercept first; rows as ``rows``.
    public var matrix: Matrix
    /// Names of the columns of ``matrix``.
    public var names: [String]
    public var terms: [Term]

    /// By a formula: terms, interactions, splines (``ModelFormula``), with the numbers as they are.
    ///
    /// - Throws: where the formula cannot be read, or names a column that no effect has.
    public init(_ effects: [SynthesisEffect], formula text: String) throws(ModelFormulaError) {
        let formula = try ModelFormula(parsing: text)
        let design = try formula.design(Self.table(effects, columns: formula.terms.flatMap(\.columns)))
        rows = design.rows
        matrix = design.matrix
        names = design.columnNames.map { $0 == "intercept" ? "mean" : $0 }
        terms = zip(formula.terms, design.termColumns).map {
            Term(name: $0.name, columns: $1, reference: nil, centre: nil)
        }
    }

    /// Columns that hold only numbers are numbers; all others are text.
    private static func table(_ effects: [SynthesisEffect], columns: [String]) -> ModelTable {
        var table = ModelTable(rows: effects.count)
        let known = Set(effects.flatMap(\.cells.keys))
        for column in columns where known.contains(column) {
            let isNumeric = effects.allSatisfy { $0.number(column) != nil || $0.group(column) == nil }
            // As many values as rows, so this cannot fail.
            try? table.set(
                column,
                isNumeric ? .numbers(effects.map { $0.number(column) }) : .text(effects.map { $0.group(column) }))
        }
        return table
    }

    /// - Parameter columns: names of cells; none for the mean alone.
    public init(_ effects: [SynthesisEffect], columns: [String]) {
        rows = effects.indices.filter { n in columns.allSatisfy { effects[n].group($0) != nil } }
        var made: [[Double]] = [Array(repeating: 1, count: rows.count)]
        names = ["mean"]
        terms = []
        for column in columns {
            let cells = rows.compactMap { effects[$0].group(column) }
            let numbers = rows.compactMap { effects[$0].number(column) }
            if numbers.count == cells.count {
                let centre = numbers.isEmpty ? 0 : numbers.reduce(0, +) / Double(numbers.count)
                terms.append(Term(name: column, columns: [made.count], reference: nil, centre: centre))
                made.append(numbers.map { $0 - centre })
                names.append(column)
                continue
            }
            var counts: [String: Int] = [:]
            for cell in cells { counts[cell, default: 0] += 1 }
            let levels = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
            guard let reference = levels.first else { continue }
            let others = levels.dropFirst().sorted()
            terms.append(
                Term(
                    name: column, columns: others.indices.map { $0 - others.startIndex + made.count },
                    reference: reference, centre: nil))
            for level in others {
                made.append(cells.map { $0 == level ? 1 : 0 })
                names.append("\(column)[\(level)]")
            }
        }
        matrix = Matrix(columns: made)
    }
}
