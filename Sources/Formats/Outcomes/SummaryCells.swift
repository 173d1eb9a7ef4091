internal import Evidence

/// Columns whose cells hold three numbers, `117 (16; 56)`: mean, SD and n become columns of their own.
enum SummaryCells {
    /// The table with such columns in three; the others as they are.
    static func split(_ table: Table) -> Table {
        var names: [String] = []
        var values: [(Table.Row) -> String?] = []
        var isChanged = false
        for (index, name) in table.columns.enumerated() {
            let cells = table.rows.compactMap { $0.fields[index] }
            let parted = cells.compactMap(parts)
            guard parted.count > 1, 2 * parted.count > cells.count else {
                names.append(name)
                values.append { $0.fields[index] }
                continue
            }
            isChanged = true
            let base = name.filter { $0 != "*" }
            for (place, what) in ["mean", "SD", "n"].enumerated() {
                names.append("\(base) \(what)")
                values.append { row in row.fields[index].flatMap(parts)?[place] }
            }
        }
        guard isChanged, Set(names).count == names.count else { return table }
        let rows = table.rows.map { row in Table.Row(line: row.line, fields: values.map { $0(row) }) }
        return Table(reshaping: table, columns: names, rows: rows)
    }

    /// Mean, SD and n; nil where the cell is none of that form.
    private static func parts(_ cell: String) -> [String]? {
        guard let match = cell.wholeMatch(of: /\s*([-\d.,]+)\s*\(\s*([\d.,]+)\s*(?:;|,\s*n\s*=)\s*(\d+)\s*\)\s*/) else {
            return nil
        }
        return [String(match.1), String(match.2), String(match.3)]
    }
}
