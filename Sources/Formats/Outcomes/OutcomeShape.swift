internal import Evidence

/// A table with one row a result, whatever shape it had: outcomes side by side, groups below each other.
struct OutcomeShape {
    private(set) var table: Table
    private(set) var notices: [Notice] = []
    /// Whether the second table went in, by study and group.
    private(set) var tookBeside = false

    init(
        _ table: Table, header: MergedHeader, stated: OutcomeTableReader.GroupRows?, outcomes: [String],
        beside: Table? = nil
    ) throws(InputError) {
        self.table = table
        let blocks = outcomes.isEmpty ? header.blocks : try Self.blocks(outcomes, in: table)
        if !blocks.isEmpty { stack(blocks) }
        if let groups = stated ?? found() {
            try join(beside, groups)
            try pair(groups)
        }
    }

    /// A second table that has a row for each group too.
    private mutating func join(_ beside: Table?, _ groups: OutcomeTableReader.GroupRows) throws(InputError) {
        let study = table.columns.indices.first { index in
            [.study, .author].contains(ColumnMeaning.of(table.columns[index])?.role)
        }
        guard let beside, let study, var join = GroupsBeside(beside, groups: groups) else { return }
        table = join.joined(to: table, study: study, group: try table.requiredColumn(groups.column), groups: groups)
        notices += join.notices
        tookBeside = true
    }

    /// The columns whose names begin with an outcome's name.
    private static func blocks(_ outcomes: [String], in table: Table) throws(InputError) -> [MergedHeader.Block] {
        var blocks: [MergedHeader.Block] = []
        for outcome in outcomes {
            let columns = table.columns.filter { name in
                let rest = name.lowercased().dropFirst(outcome.count)
                return name.lowercased().hasPrefix(outcome.lowercased()) && "_. -".contains(rest.first ?? "x")
            }
            guard !columns.isEmpty else {
                throw InputError(
                    at: SourceLocation(file: table.path, line: table.headerLine),
                    "no column begins with the outcome \"\(outcome)\".",
                    remedy: "Columns of an outcome are named by it, such as \(outcome)_mean_t.")
            }
            blocks.append(
                MergedHeader.Block(
                    outcome: outcome, columns: columns.map { ($0, String($0.dropFirst(outcome.count + 1))) }))
        }
        return blocks
    }

    /// Outcomes side by side become rows.
    private mutating func stack(_ blocks: [MergedHeader.Block]) {
        let own = Set(blocks.flatMap { $0.columns.map(\.name) })
        let shared = table.columns.indices.filter { !own.contains(table.columns[$0]) }
        var below: [String] = []
        for column in blocks.flatMap(\.columns) where !below.contains(column.below) { below.append(column.below) }
        let hasOutcome = shared.contains { ColumnMeaning.of(table.columns[$0])?.role == .outcome }
        let names = shared.map { table.columns[$0] } + [hasOutcome ? "outcome column" : "outcome"] + below
        var rows: [Table.Row] = []
        let positions = Dictionary(
            table.columns.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        for block in blocks {
            let columns = below.map { name in
                block.columns.first { $0.below == name }.flatMap { positions[$0.name] }
            }
            for row in table.rows {
                let numbers = columns.map { column in column.flatMap { row.fields[$0] } }
                rows.append(
                    Table.Row(line: row.line, fields: shared.map { row.fields[$0] } + [block.outcome] + numbers))
            }
        }
        table = Table(reshaping: table, columns: names, rows: rows)
    }

    // MARK: Groups

    private static let groupColumns: Set<String> = [
        "group", "dx", "arm", "condition", "diagnosis", "grp", "status", "treatment",
    ]

    /// A column of two groups' names in a table whose numbers are of one group each.
    private func found() -> OutcomeTableReader.GroupRows? {
        let quantities = table.columns.compactMap { GroupColumn.ofOneGroup($0) }
        guard quantities.contains(where: { $0.first == .m1i || $0.first == .ai }) else { return nil }
        for (index, name) in table.columns.enumerated() where Self.groupColumns.contains(ColumnWords.plain(name)) {
            let cells = Set(table.rows.compactMap { $0.fields[index] })
            let first = cells.filter { GroupColumn.group(of: $0) == 1 }
            let second = cells.filter { GroupColumn.group(of: $0) == 2 }
            guard cells.count == 2, let a = first.first, let b = second.first else { continue }
            return OutcomeTableReader.GroupRows(column: name, first: a, second: b)
        }
        return nil
    }

    /// The roles that rows of one result share.
    private static let keyRoles: Set<OutcomeColumn.Role> = [
        .study, .sample, .outcome, .region, .secondRegion, .modality, .author, .year,
    ]

    private struct Pair {
        var first: Table.Row?
        var second: Table.Row?
    }

    /// The rows of two groups become one.
    private mutating func pair(_ groups: OutcomeTableReader.GroupRows) throws(InputError) {
        let column = try table.requiredColumn(groups.column)
        let keys = table.columns.indices.filter { index in
            ColumnMeaning.of(table.columns[index]).map { Self.keyRoles.contains($0.role) } ?? false
        }
        let others = table.columns.indices.filter { $0 != column && !keys.contains($0) }
        let names = keys.map { index in
            [.study, .author].contains(ColumnMeaning.of(table.columns[index])?.role)
        }
        var order: [[String?]] = []
        var pairs: [[String?]: Pair] = [:]
        var errors = ErrorCollector()
        var above: [String?] = keys.map { _ in nil }
        for row in table.rows where !errors.isFull {
            // Merged cells leave the study's name in the first of its rows. What another study says is not filled in.
            let cells = keys.map { row.fields[$0] }
            let isOther = zip(names, zip(cells, above)).contains { isName, pair in
                isName && pair.0 != nil && pair.0 != pair.1
            }
            let key = isOther ? cells : zip(cells, above).map { $0.0 ?? $0.1 }
            above = key
            errors.attempt { () throws(InputError) in
                try Self.take(row, column, groups, into: &pairs[key, default: Pair()], of: table)
            }
            if order.last != key, !order.contains(key) { order.append(key) }
        }
        try errors.finish()
        table = paired(order, pairs, keys: keys, others: others, groups)
        notices.append(
            Notice(
                .note, code: "groups-in-rows", at: SourceLocation(file: table.path, line: table.headerLine),
                "rows of one study were put together by \"\(groups.column)\": \(groups.first) is the first group, "
                    + "\(groups.second) the second."))
    }

    private static func take(
        _ row: Table.Row, _ column: Int, _ groups: OutcomeTableReader.GroupRows, into pair: inout Pair, of table: Table
    ) throws(InputError) {
        let cell = row.fields[column] ?? ""
        let isFirst = cell == groups.first
        guard isFirst || cell == groups.second else {
            throw InputError(
                at: table.location(row),
                "\(groups.column) is \"\(cell)\"; \"\(groups.first)\" or \"\(groups.second)\" was expected.",
                remedy: "Leave rows of further groups out, or compare them in a table of their own.")
        }
        if let other = isFirst ? pair.first : pair.second {
            throw InputError(
                at: table.location(row), "the group \"\(cell)\" of this study stands in line \(other.line) already.",
                remedy: "Say in a column (outcome, region) what the two rows differ in, or name the studies apart.")
        }
        if isFirst { pair.first = row } else { pair.second = row }
    }

    private func paired(
        _ order: [[String?]], _ pairs: [[String?]: Pair], keys: [Int], others: [Int],
        _ groups: OutcomeTableReader.GroupRows
    ) -> Table {
        var names = keys.map { table.columns[$0] }
        var values: [(Pair) -> String?] = []
        for index in others {
            let name = table.columns[index]
            let first = { (pair: Pair) in pair.first?.fields[index] }
            let second = { (pair: Pair) in pair.second?.fields[index] }
            if let quantities = GroupColumn.ofOneGroup(name) {
                names += [quantities.first.rawValue, quantities.second.rawValue]
                values += [first, second]
            } else if pairs.values.allSatisfy({ first($0) == nil || second($0) == nil || first($0) == second($0) }) {
                names.append(name)
                values.append { first($0) ?? second($0) }
            } else {
                names += ["\(name) (\(groups.first))", "\(name) (\(groups.second))"]
                values += [first, second]
            }
        }
        let rows = order.map { key in
            let pair = pairs[key] ?? Pair()
            return Table.Row(
                line: pair.first?.line ?? pair.second?.line ?? table.headerLine, fields: key + values.map { $0(pair) })
        }
        return Table(reshaping: table, columns: names, rows: rows)
    }
}
