internal import Evidence

/// Columns whose cells hold three numbers, `117 (16; 56)`: mean, SD and n become columns of their own.
///
/// Only where the table says that they are these: `Mean (SD; n)` in the column's name or in one of its cells, as below a header, or
/// `n =` in the cells. Else `50 (40; 60)` may as well be a mean with its interval.
enum SummaryCells {
    /// The table with such columns in three, the others as they are, and what was done.
    static func split(_ table: Table) -> (table: Table, notices: [Notice]) {
        var names: [String] = []
        var values: [(Table.Row) -> String?] = []
        var parted: [String] = []
        for (index, name) in table.columns.enumerated() {
            let cells = table.rows.compactMap { $0.fields[index] }
            guard isSummary(name, cells) else {
                names.append(name)
                values.append { $0.fields[index] }
                continue
            }
            parted.append(name)
            let base = name.filter { $0 != "*" }
            for (place, what) in ["mean", "SD", "n"].enumerated() {
                names.append("\(base) \(what)")
                values.append { row in row.fields[index].flatMap(parts)?[place] }
            }
        }
        guard !parted.isEmpty, Set(names).count == names.count else { return (table, []) }
        let rows = table.rows.map { row in Table.Row(line: row.line, fields: values.map { $0(row) }) }
        let notice = Notice(
            .note, code: "cells-of-three", at: table.headerLocation,
            "cells such as \"117 (16; 56)\" were read as mean, SD and n in \(parted.map { "\"\($0)\"" }.joined(separator: ", "))."
        )
        return (Table(reshaping: table, columns: names, rows: rows), [notice])
    }

    private static func isSummary(_ name: String, _ cells: [String]) -> Bool {
        // Most columns have no bracket anywhere, and matching a pattern is slow.
        let bracketed = cells.filter { $0.utf8.contains(UInt8(ascii: "(")) }
        guard bracketed.count > 1, 2 * bracketed.count > cells.count else { return false }
        let parted = bracketed.filter { parts($0) != nil }
        guard parted.count > 1, 2 * parted.count > cells.count else { return false }
        return ([name] + bracketed).contains { text in
            let word = text.lowercased().filter { !$0.isWhitespace }
            return word.contains("(sd;n") || word.contains("(sd,n") || word.contains("n=")
        }
    }

    /// Mean, SD and n; nil where the cell is none of that form.
    private static func parts(_ cell: String) -> [String]? {
        guard let match = cell.wholeMatch(of: /\s*([-\d.,]+)\s*\(\s*([\d.,]+)\s*(?:;|,\s*n\s*=)\s*(\d+)\s*\)\s*/) else {
            return nil
        }
        return [String(match.1), String(match.2), String(match.3)]
    }
}
