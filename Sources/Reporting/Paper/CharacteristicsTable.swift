import Evidence

/// The studies of a run as a table of a paper: who, how many, what was reported.
struct CharacteristicsTable {
    let run: StoredRun

    init(_ run: StoredRun) { self.run = run }

    /// Columns of `studies.tsv` that are not covariates.
    private static let fixed: Set<String> = [
        "experiment", "study", "sample", "n1", "n2", "t_thr", "t_thr_assumed", "data", "peaks", "increases",
        "decreases",
        "sign_only", "in_mask", "outside_mask", "direction", "shared_sample", "source",
    ]

    private struct Entry {
        var table: StoredTable
        var row: [String]
        var models: [String]

        func cell(_ column: String) -> String { table.cell(row, column) }
    }

    /// Every experiment of a model once, in the order in which they occur.
    private func entries() throws(ReportingError) -> [Entry] {
        var entries: [Entry] = []
        for model in run.record.result.models {
            guard let table = try run.table("\(model.folder)/studies.tsv") else { continue }
            let pooled = Set(model.experiments)
            for row in table.rows {
                let id = table.cell(row, "experiment")
                guard pooled.contains(id) else { continue }
                if let index = entries.firstIndex(where: { $0.cell("experiment") == id }) {
                    entries[index].models.append(model.name)
                } else {
                    entries.append(Entry(table: table, row: row, models: [model.name]))
                }
            }
        }
        return entries
    }

    /// nil where no model has a table of studies.
    func table() throws(ReportingError) -> PaperTable? {
        let entries = try entries()
        guard !entries.isEmpty else { return nil }
        let isSplit = run.record.result.models.count > 1
        let columns =
            [PaperTable.Column("Experiment"), PaperTable.Column("Study"), PaperTable.Column("n")]
            + [PaperTable.Column("t threshold", isNumeric: true), PaperTable.Column("Data")]
            + ["Peaks", "Increases", "Decreases", "Sign only"].map { PaperTable.Column($0, isNumeric: true) }
            + (isSplit ? [PaperTable.Column("Models")] : [])
        let rows = entries.map { entry -> [String] in
            let groups = [entry.cell("n1"), entry.cell("n2")].filter { !$0.isEmpty && $0 != "0" }
            let assumed = entry.cell("t_thr_assumed") == "yes" ? "*" : ""
            let threshold = Double(entry.cell("t_thr")).map { NumberText.fixed($0, 2) } ?? ""
            let data = entry.cell("data") == "peaks" ? "peaks" : "map"
            let cells = [entry.cell("experiment"), entry.cell("study"), groups.joined(separator: " + ")]
            let counts = ["peaks", "increases", "decreases", "sign_only"].map(entry.cell)
            return cells + [threshold + assumed, data] + counts
                + (isSplit ? [entry.models.joined(separator: ", ")] : [])
        }
        let assumes = entries.contains { $0.cell("t_thr_assumed") == "yes" }
        return PaperTable(
            name: "characteristics", title: "Characteristics of the experiments", columns: columns, rows: rows,
            notes: ["n: participants, by group. Sign only: peaks with a direction but no statistic."]
                + (assumes ? ["* assumed; the source states no threshold."] : []))
    }

    /// Every further column of the study table; nil where there is none.
    func covariates() throws(ReportingError) -> PaperTable? {
        let entries = try entries()
        var names: [String] = []
        for entry in entries {
            for name in entry.table.header where !Self.fixed.contains(name) && !names.contains(name) {
                names.append(name)
            }
        }
        guard !names.isEmpty else { return nil }
        let columns = names.map { name in
            let values = entries.map { $0.cell(name) }.filter { !$0.isEmpty }
            return PaperTable.Column(name, isNumeric: !values.isEmpty && values.allSatisfy { Double($0) != nil })
        }
        return PaperTable(
            name: "covariates", title: "What else the study table says of the experiments",
            columns: [PaperTable.Column("Experiment")] + columns,
            rows: entries.map { entry in [entry.cell("experiment")] + names.map(entry.cell) })
    }
}
