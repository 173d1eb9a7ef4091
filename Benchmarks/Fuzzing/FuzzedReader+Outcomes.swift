import Evidence
import Formats

extension FuzzedReader {
    /// Tables of outcomes, in the shapes that are understood.
    static var outcomes: [FuzzedReader] {
        [
            table("outcomes of two groups", SoundFiles.outcomes, OutcomeTableReader()),
            table(
                "outcomes, a row for each group", SoundFiles.outcomesByGroup,
                OutcomeTableReader(groups: .init(column: "group", first: "patients", second: "controls"))),
            table("outcomes under a header of two lines", SoundFiles.outcomesMerged, OutcomeTableReader()),
            table(
                "outcomes side by side", SoundFiles.outcomesAside,
                OutcomeTableReader(outcomes: ["amygdala", "caudate"])),
            FuzzedReader("a table beside outcomes", victim: "beside.csv", files: SoundFiles.outcomesBeside) { folder in
                _ = try OutcomeTableReader(beside: "\(folder)/beside.csv").read("\(folder)/outcomes.tsv")
            },
        ]
    }

    private static func table(
        _ name: String, _ files: [String: [UInt8]], _ reader: OutcomeTableReader
    ) -> FuzzedReader {
        FuzzedReader(name, victim: "outcomes.tsv", files: files) { folder in
            let table = try reader.read("\(folder)/outcomes.tsv")
            for row in table.rows where !row.values.values.allSatisfy(\.isFinite) {
                throw Fault(description: "a number of \(row.study) is not finite")
            }
            for outcome in table.outcomes { _ = table.filtered { $0.outcome == outcome }.covariateNames }
        }
    }
}
