internal import Evidence

/// Studies that a column puts together, as schools are in a district: results of one district are alike, and a model that takes
/// every school for a study of its own is too sure of its mean.
enum GroupedStudies {
    /// What columns of such groups are called.
    private static let names: Set<String> = [
        "center", "centre", "clinic", "cluster", "cohort", "consortium", "district", "hospital", "lab", "laboratory",
        "site", "team",
    ]

    static func notices(_ table: OutcomeTable) -> [Notice] {
        table.covariateNames.filter { names.contains($0.lowercased()) }.compactMap { column in
            var studies: [String: Set<String>] = [:]
            for row in table.rows {
                guard let cell = row.cells[column], cell != .missing else { return nil }
                studies[cell.cell, default: []].insert(row.study)
            }
            let count = Set(table.rows.map(\.study)).count
            guard studies.count > 1, studies.values.contains(where: { $0.count > 1 }) else { return nil }
            return Notice(
                .note, code: "studies-grouped", at: SourceLocation(file: table.path),
                "\(column) puts \(count) studies into \(studies.count) groups, whose results may be alike; each study counts for itself.",
                remedy:
                    "For results within groups: --columns study=\(column),sample=study (three levels, errors by \(column))."
            )
        }
    }
}
