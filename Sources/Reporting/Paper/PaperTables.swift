import Evidence
import Figures

/// The tables of a paper, made from the tables of a run: clusters, studies, methods side by side, hypotheses on regions.
public struct PaperTables: Sendable {
    public let run: StoredRun

    public init(_ run: StoredRun) { self.run = run }

    /// In the order of a paper.
    public func all() throws(ReportingError) -> [PaperTable] {
        var tables: [PaperTable] = []
        if let characteristics = try CharacteristicsTable(run).table() { tables.append(characteristics) }
        if let covariates = try CharacteristicsTable(run).covariates() { tables.append(covariates) }
        for model in run.record.result.models {
            tables.append(contentsOf: [try clusters(model), try regions(model)].compactMap { $0 })
        }
        for comparison in run.record.result.comparisons ?? [] {
            tables.append(contentsOf: [try methods(comparison), try agreement(comparison)].compactMap { $0 })
        }
        return tables
    }

    // MARK: - Clusters

    /// The corrected clusters where the model was tested and some survive, else the exploratory ones, and said so.
    private func clusters(_ model: RunRecord.Model) throws(ReportingError) -> PaperTable? {
        guard let found = try StoredClusters(run, model) else { return nil }
        let table = found.table
        let effect = table.header.contains("r") ? "r" : "g"
        let hasBasis = table.header.contains("measured")
        let columns =
            [PaperTable.Column("Cluster", isNumeric: true), PaperTable.Column("Region at the peak")]
            + ["Voxels", "x", "y", "z (mm)"].map { PaperTable.Column($0, isNumeric: true) }
            + [PaperTable.Column(effect, isNumeric: true), PaperTable.Column("95 % CI")]
            + ["Z", found.isCorrected ? "p (FWE)" : "p", "I² (%)"].map { PaperTable.Column($0, isNumeric: true) }
            + (hasBasis ? [PaperTable.Column("Measured / sign only / silent")] : []) + [
                PaperTable.Column("Voxels by region")
            ]
        let rows = table.rows.map { row in
            [
                table.cell(row, "cluster"), found.place(row), table.cell(row, "voxels"),
                pretty(table, row, "x_mm", nil),
                pretty(table, row, "y_mm", nil), pretty(table, row, "z_mm", nil), pretty(table, row, effect, 2),
                "\(pretty(table, row, "ci_low", 2)) to \(pretty(table, row, "ci_high", 2))", pretty(table, row, "z", 2),
                table.cell(row, found.pColumn), pretty(table, row, "I2", 0),
            ]
                + (hasBasis ? [basis(table, row)] : [])
                + [found.breakdown(row)]
        }
        return PaperTable(
            name: "clusters_\(model.folder)",
            title: "\(found.isCorrected ? "Clusters" : "Exploratory clusters") of the model “\(model.name)” "
                + "(\(PrettyNumber.plural(model.experiments.count, "experiment")), "
                + "\(PrettyNumber.count(model.participants)) participants)",
            columns: columns, rows: rows, notes: [found.note])
    }

    /// `3 / 2 / 5`; "" of a peak that was not looked at.
    private func basis(_ table: StoredTable, _ row: [String]) -> String {
        let counts = ["measured", "sign_only", "silent"].map { table.cell(row, $0) }
        return counts.contains("") ? "" : counts.joined(separator: " / ")
    }

    /// A number of a table with a true minus sign; nil decimals keep it as it is.
    private func pretty(_ table: StoredTable, _ row: [String], _ column: String, _ decimals: Int?) -> String {
        guard let value = table.number(row, column) else { return "" }
        return decimals.map { PrettyNumber.fixed(value, $0) } ?? PrettyNumber.hundredths(value)
    }

    // MARK: - Hypotheses on regions

    private func regions(_ model: RunRecord.Model) throws(ReportingError) -> PaperTable? {
        guard let table = try run.table("\(model.folder)/regions.tsv"), !table.rows.isEmpty else { return nil }
        let numeric = ["experiments": "Experiments", "with_nothing": "Silent"]
        let columns =
            [PaperTable.Column("Region"), PaperTable.Column("Expected")]
            + ["experiments", "with_nothing"].map { PaperTable.Column(numeric[$0] ?? $0, isNumeric: true) }
            + [PaperTable.Column("g", isNumeric: true), PaperTable.Column("95 % CI")]
            + ["p", "BF against no effect"].map { PaperTable.Column($0, isNumeric: true) } + [
                PaperTable.Column("Verdict")
            ]
        let rows = table.rows.map { row -> [String] in
            let hasInterval = table.number(row, "ci_low") != nil
            return [
                table.cell(row, "region"), table.cell(row, "direction"), table.cell(row, "experiments"),
                table.cell(row, "with_nothing"), pretty(table, row, "g", 2),
                hasInterval ? "\(pretty(table, row, "ci_low", 2)) to \(pretty(table, row, "ci_high", 2))" : "",
                significant(table, row, "p"), significant(table, row, "bf_null"), table.cell(row, "verdict"),
            ]
        }
        return PaperTable(
            name: "regions_\(model.folder)", title: "Hypotheses on regions in the model “\(model.name)”",
            columns: columns,
            rows: rows, notes: ["BF: Bayes factor. Silent: experiments that reported nothing there."])
    }

    private func significant(_ table: StoredTable, _ row: [String], _ column: String) -> String {
        table.number(row, column).map { NumberText.significant($0, 3) } ?? ""
    }

    // MARK: - Methods side by side

    private func methods(_ comparison: RunRecord.Comparison) throws(ReportingError) -> PaperTable? {
        guard let table = try run.table("\(comparison.folder)/methods.tsv") else { return nil }
        let columns =
            [PaperTable.Column("Method"), PaperTable.Column("Criterion")]
            + ["Experiments", "Clusters", "Voxels", "mm³", "Largest |z|"].map { PaperTable.Column($0, isNumeric: true) }
        let rows = table.rows.map { row in
            ["method", "criterion", "units", "clusters", "voxels", "mm3"].map { table.cell(row, $0) }
                + [pretty(table, row, "largest_abs_z", 2)]
        }
        return PaperTable(
            name: "methods_\(comparison.folder)", title: "Methods side by side: “\(comparison.name)”", columns: columns,
            rows: rows, notes: ["Clusters, voxels and mm³ are what survives the criterion."])
    }

    private func agreement(_ comparison: RunRecord.Comparison) throws(ReportingError) -> PaperTable? {
        guard let table = try run.table("\(comparison.folder)/agreement.tsv"), !table.rows.isEmpty else { return nil }
        let columns =
            [PaperTable.Column("First"), PaperTable.Column("Second")]
            + ["r of z", "Dice", "Both", "Only first", "Only second", "Opposite"].map {
                PaperTable.Column($0, isNumeric: true)
            }
        let rows = table.rows.map { row in
            [table.cell(row, "method_1"), table.cell(row, "method_2"), pretty(table, row, "correlation_z", 2)]
                + [pretty(table, row, "dice", 2)]
                + ["both", "only_1", "only_2", "opposite"].map { table.cell(row, $0) }
        }
        return PaperTable(
            name: "agreement_\(comparison.folder)", title: "Agreement of methods: “\(comparison.name)”",
            columns: columns, rows: rows,
            notes: ["r of z: correlation of the z maps over common voxels. Both to opposite: surviving voxels."])
    }
}
