internal import Evidence

/// Rows that stand in the table twice.
enum RepeatedRows {
    private struct Key: Hashable {
        let study: String
        let cells: [String: Experiment.Covariate]
        let values: [OutcomeQuantity: Double]
        let outcome: String
        let regions: [String?]
    }

    private struct Numbers: Hashable {
        let outcome: String
        let regions: [String?]
        let values: [OutcomeQuantity: Double]
    }

    static func notices(_ table: OutcomeTable, _ effects: [MeasuredEffect]) -> [Notice] {
        var rows: [Key: OutcomeRow] = [:]
        var notices: [Notice] = []
        var repeated: Set<SourceLocation> = []
        for row in table.rows where !row.values.isEmpty {
            let key = Key(
                study: row.study, cells: row.cells, values: row.values, outcome: row.outcome,
                regions: [row.region, row.secondRegion])
            guard let first = rows[key] else {
                rows[key] = row
                continue
            }
            repeated.insert(row.source)
            notices.append(
                Notice(
                    .error, code: "row-repeated", at: row.source,
                    "the row of \(row.study) is line \(first.source.line ?? 0) once more.",
                    remedy:
                        "Remove one of the two; two results that agree in all numbers differ in what they are of: say it "
                        + "in a column (outcome, region, time)."))
        }
        return notices + sameNumbers(effects.filter { !repeated.contains($0.row.source) })
    }

    /// Numbers enough that no two results share them by chance.
    private static let tellingNumbers = 5

    private static func sameNumbers(_ effects: [MeasuredEffect]) -> [Notice] {
        var seen: [Numbers: OutcomeRow] = [:]
        return effects.compactMap { effect -> Notice? in
            let row = effect.row
            guard row.values.count >= tellingNumbers else { return nil }
            let key = Numbers(
                outcome: row.outcome, regions: [row.region, row.secondRegion], values: row.values)
            guard let first = seen[key] else {
                seen[key] = row
                return nil
            }
            let isOneSample = first.sample == row.sample
            return Notice(
                .warning, code: isOneSample ? "result-repeated" : "sample-under-two-names", at: row.source,
                "\(row.values.count) numbers of \(row.study) are those of \(first.study) in line "
                    + "\(first.source.line ?? 0).",
                remedy: isOneSample
                    ? "If they are one result, remove a row."
                    : "If they are one sample, give both rows its name in the column sample, and keep one result.")
        }
    }
}
