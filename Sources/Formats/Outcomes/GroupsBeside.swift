internal import Evidence

/// A second table with a row for each group of a study, `ADHD-WUE cases`, put beside rows of groups.
struct GroupsBeside {
    private(set) var notices: [Notice] = []
    private let table: Table
    private let column: Int
    /// Positions of rows by study and group.
    private var rows: [Key: Int] = [:]

    private struct Key: Hashable {
        var study: String
        var isFirst: Bool
    }

    /// nil where the second table has no such rows.
    init?(_ table: Table, groups: OutcomeTableReader.GroupRows) {
        let study = table.columns.indices.first { index in
            [.study, .author].contains(ColumnMeaning.of(table.columns[index])?.role)
        }
        guard let column = study else { return nil }
        self.table = table
        self.column = column
        for (index, row) in table.rows.enumerated() {
            guard let cell = row.fields[column]?.lowercased() else { continue }
            for (name, isFirst) in [(groups.first, true), (groups.second, false)] {
                let ending = " " + name.lowercased()
                guard cell.hasSuffix(ending) else { continue }
                rows[Key(study: ColumnWords.plain(String(cell.dropLast(ending.count))), isFirst: isFirst)] = index
            }
        }
        guard 2 * rows.count > table.rows.count else { return nil }
    }

    /// The first table with the columns of the second.
    ///
    /// A name that is missing in one table and begins, or is begun by, a single name that is missing in the other is taken for the
    /// same study, and told.
    mutating func joined(
        to first: Table, study: Int, group: Int, groups: OutcomeTableReader.GroupRows
    ) -> Table {
        let others = table.columns.indices.filter { $0 != column }
        let own = Set(first.columns.map { $0.lowercased() })
        let names = others.map { index in
            own.contains(table.columns[index].lowercased()) ? "\(table.columns[index]) (beside)" : table.columns[index]
        }
        // Merged cells leave the study's name in the first of its rows.
        var above: String?
        var keys: [Key?] = []
        for row in first.rows {
            above = row.fields[study] ?? above
            keys.append(
                above.map {
                    Key(
                        study: ColumnWords.plain($0),
                        isFirst: row.fields[group]?.lowercased() == groups.first.lowercased())
                })
        }
        let wanted = Set(keys.compactMap { $0 })
        var found: [Key: Int] = [:]
        for key in wanted {
            if let index = rows[key] { found[key] = index }
        }
        let free = rows.keys.filter { !wanted.contains($0) }
        for key in wanted where found[key] == nil {
            let alike = free.filter {
                $0.isFirst == key.isFirst && ($0.study.hasPrefix(key.study) || key.study.hasPrefix($0.study))
            }
            guard alike.count == 1, let index = rows[alike[0]] else { continue }
            found[key] = index
        }
        tell(wanted, found, in: first)
        let rows = zip(first.rows, keys).map { row, key in
            let beside = key.flatMap { found[$0] }.map { table.rows[$0] }
            return Table.Row(line: row.line, fields: row.fields + others.map { index in beside?.fields[index] })
        }
        return Table(reshaping: first, columns: first.columns + names, rows: rows)
    }

    private mutating func tell(_ wanted: Set<Key>, _ found: [Key: Int], in first: Table) {
        let guessed = found.filter { rows[$0.key] == nil }.values.sorted()
        if !guessed.isEmpty {
            let names = guessed.map { "\"\(table.rows[$0].fields[column] ?? "")\"" }.joined(separator: ", ")
            notices.append(
                Notice(
                    .warning, code: "study-spelled-twice", at: table.location(table.rows[guessed[0]]),
                    "\(names) stand for studies that \(first.path) calls by the beginning of their names, or longer.",
                    remedy: "Write the studies' names alike in both tables."))
        }
        let missing = wanted.filter { found[$0] == nil }.map(\.study).sorted()
        guard let name = missing.first else { return }
        notices.append(
            Notice(
                .warning, code: "study-not-beside", at: SourceLocation(file: first.path, line: first.headerLine),
                "\(missing.count) groups have no row of their name in \(table.path), such as one of \"\(name)\".",
                remedy: "Write the studies' names alike in both tables."))
    }
}
