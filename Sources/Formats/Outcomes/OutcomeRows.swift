internal import Evidence

/// The rows of a table whose columns are known.
struct OutcomeRows {
    private(set) var rows: [OutcomeRow] = []
    private(set) var notices: [Notice] = []

    init(_ table: Table, _ known: OutcomeColumns, outcome: String) throws(InputError) {
        let names = StudyNames(table, known)
        notices += names.notices
        var errors = ErrorCollector()
        var values: [[OutcomeQuantity: Double]] = table.rows.map { _ in [:] }
        for (column, quantity) in known.quantities {
            for (index, row) in table.rows.enumerated() where !errors.isFull {
                let isSmall = quantity.isSmall || known.columns[column].measure != nil && quantity != .yi
                let number = errors.attempt { () throws(InputError) in
                    try Self.number(table, row, column, isSmall: isSmall)
                }
                if let number, let value = number { values[index][quantity] = value }
            }
        }
        try errors.finish()
        let cells = cells(table)
        func text(_ row: Table.Row, _ role: OutcomeColumn.Role) -> String? {
            known.index(role).flatMap { row.fields[$0] }
        }
        let effect = known.columns.first { $0.measure != nil }
        for (index, row) in table.rows.enumerated() {
            let study = names.names[index]
            rows.append(
                OutcomeRow(
                    study: study, sample: text(row, .sample), outcome: text(row, .outcome) ?? outcome,
                    region: text(row, .region), secondRegion: text(row, .secondRegion),
                    modality: text(row, .modality), year: text(row, .year).flatMap(StudyNames.year),
                    measure: text(row, .measure) ?? Self.measure(effect, values[index]), values: values[index],
                    cells: cells[index], source: table.location(row)))
        }
        nameSamples(known)
    }

    /// A sample that several studies have is one group of people: only where the column can be a name of one.
    ///
    /// A column of kinds (`clinical`, `students`) or of numbers that begin anew in each study would tie studies together that
    /// have nothing in common.
    private mutating func nameSamples(_ known: OutcomeColumns) {
        guard let index = known.index(.sample), !known.columns[index].isStated else { return }
        var studies: [String: Set<String>] = [:]
        for row in rows { studies[row.sample, default: []].insert(row.study) }
        let shared = studies.filter { $0.value.count > 1 }
        guard let most = shared.values.map(\.count).max(), let first = rows.first(where: { shared[$0.sample] != nil })
        else { return }
        let areNumbers = shared.keys.allSatisfy { $0.allSatisfy(\.isNumber) }
        let areKinds = most > max(2, Set(rows.map(\.study)).count / 2)
        guard areNumbers || areKinds else { return }
        for row in rows.indices where shared[rows[row].sample] != nil {
            rows[row].sample = areNumbers ? "\(rows[row].sample) of \(rows[row].study)" : rows[row].study
        }
        notices.append(
            Notice(
                .warning, code: "sample-column", at: first.source,
                "column \"\(known.columns[index].name)\" has \"\(shared.keys.sorted()[0])\" in several studies; it is taken "
                    + (areNumbers
                        ? "to number the samples of each study." : "for a kind of sample, not for one group."),
                remedy: "If studies do share these people, state columns: {sample: \(known.columns[index].name)}."))
    }

    /// The measure that the name of the effect's column says, where the row has that effect.
    private static func measure(_ column: OutcomeColumn?, _ values: [OutcomeQuantity: Double]) -> String? {
        guard let column, case .quantity(.yi) = column.role, values[.yi] != nil else { return nil }
        return column.measure
    }

    private static func number(
        _ table: Table, _ row: Table.Row, _ column: Int, isSmall: Bool
    ) throws(InputError) -> Double? {
        guard let text = row.fields[column] else { return nil }
        if text.hasSuffix("%"), WrittenNumber(String(text.dropLast()).trimmed) != nil {
            throw InputError(
                at: table.location(row),
                "\(table.columns[column]) is \"\(text)\", a percentage; a number was expected.",
                remedy: "Write counts of people, or the proportion (0.35 for 35 %) where a proportion is asked for.")
        }
        if text.first == "<" || text.first == ">" {
            throw InputError(
                at: table.location(row), "\(table.columns[column]) is \"\(text)\", a bound; a number was expected.",
                remedy: "Write the exact number, or the bound itself, which is cautious for a p; or NA.")
        }
        return try table.number(row, column, isSmall: isSmall)
    }

    /// All cells by column, numbers where the whole column is.
    private mutating func cells(_ table: Table) -> [[String: Experiment.Covariate]] {
        var cells: [[String: Experiment.Covariate]] = table.rows.map { _ in [:] }
        for column in table.columns.indices {
            let name = table.columns[column]
            var values: [Experiment.Covariate] = []
            do throws(InputError) {
                values = try table.covariates(column)
            } catch {
                notices.append(
                    Notice(
                        .warning, code: "column-ambiguous", at: error.location,
                        error.message + " The column is taken for text.", remedy: error.remedy))
                values = table.rows.map { $0.fields[column].map { .text($0) } ?? .missing }
            }
            for (index, value) in values.enumerated() { cells[index][name] = value }
        }
        return cells
    }

    /// Columns of a second table, by study.
    mutating func add(_ table: Table, to known: inout OutcomeColumns) throws(InputError) -> [Notice] {
        let path = table.path
        let others = try OutcomeColumns(table, stated: [:])
        let more = try OutcomeRows(table, others, outcome: "")
        var byStudy: [String: OutcomeRow] = [:]
        for row in more.rows {
            guard byStudy.updateValue(row, forKey: row.study) == nil else {
                throw InputError(
                    at: row.source, "study \"\(row.study)\" stands in \(path) twice.",
                    remedy: "A table beside the outcomes has one row for each study.")
            }
        }
        var unmatched: [OutcomeRow] = []
        for index in rows.indices {
            guard let other = byStudy[rows[index].study] else {
                unmatched.append(rows[index])
                continue
            }
            rows[index].values.merge(other.values) { own, _ in own }
            rows[index].cells.merge(other.cells) { own, _ in own }
            rows[index].year = rows[index].year ?? other.year
        }
        known.append(others.columns.filter { $0.role != .study })
        guard let first = unmatched.first else { return more.notices }
        return more.notices + [
            Notice(
                .warning, code: "study-not-beside", at: first.source,
                "\(unmatched.count) rows have no study of their name in \(path), such as \"\(first.study)\".",
                remedy: Nearest.match(first.study, among: more.rows.map(\.study)).map { "Did you mean \"\($0)\"?" }
                    ?? "Write the studies' names alike in both tables.")
        ]
    }
}

extension String {
    fileprivate var trimmed: String { Array(utf8)[...].trimmed.text }
}
