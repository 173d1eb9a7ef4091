import Evidence
import Figures

/// The results of a run in words for a paper, from its tables: one paragraph a model, no number that the tables do not hold;
/// of outcomes the sentences that the run kept.
struct ResultsParagraph {
    let run: StoredRun

    init(_ run: StoredRun) { self.run = run }

    /// Clusters that are told one by one, the largest.
    private static let told = 6

    /// Paragraphs are separated by an empty line.
    func text() throws(ReportingError) -> String {
        var paragraphs: [String] = []
        for model in run.record.result.models { paragraphs.append(try paragraph(model)) }
        for comparison in run.record.result.comparisons ?? [] { paragraphs.append(self.paragraph(comparison)) }
        paragraphs.append(run.record.result.words?.results ?? "")
        return paragraphs.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private func paragraph(_ model: RunRecord.Model) throws(ReportingError) -> String {
        let opening =
            "In the model “\(model.name)” (\(PrettyNumber.plural(model.experiments.count, "experiment")), "
            + "\(PrettyNumber.plural(model.participants, "participant"))), "
        guard let found = try StoredClusters(run, model) else { return "" }
        let count = PrettyNumber.plural(found.table.rows.count, "cluster")
        if found.isCorrected {
            return opening + "\(count) survived the correction for family-wise error "
                + "(\(StoredClusters.words(found.statistic)), p ≤ \(model.settings["corrected_p"] ?? "?"), "
                + "\(model.settings["extent"] ?? "?") voxels or more): \(list(found))."
        }
        let exploratory =
            found.table.rows.isEmpty
            ? "no cluster reached"
            : "\(count) (\(list(found))) reached"
        let caution = found.table.rows.isEmpty ? "" : " It is exploratory and not interpreted further."
        let threshold =
            "the uncorrected threshold (one-tailed p < \(model.settings["threshold_p"] ?? "?"), "
            + "\(model.settings["extent"] ?? "?") voxels or more)"
        guard let test = model.permutationTest else {
            return opening + "\(exploratory) \(threshold); no correction for multiple comparisons was made.\(caution)"
        }
        let level = model.settings["corrected_p"] ?? "?"
        let reach =
            Double(level).map { test.smallestP > $0 } == true
            ? " (with \(PrettyNumber.count(test.permutations)) permutations p could not be below "
                + "\(NumberText.significant(test.smallestP, 3)))" : ""
        return opening + "nothing survived the correction for family-wise error "
            + "(\(StoredClusters.words(found.statistic)), p ≤ \(level))\(reach). At lesser demands, \(exploratory) "
            + "\(threshold).\(caution) Absence of a finding is not evidence of absence."
    }

    /// `left insula (412 voxels, peak at −34, 20, 4; g = 0.52, 95 % CI 0.21 to 0.83; p = 0.003)`
    private func list(_ found: StoredClusters) -> String {
        let table = found.table
        let effect = table.header.contains("r") ? "r" : "g"
        func fixed(_ row: [String], _ column: String) -> String {
            PrettyNumber.fixed(table.number(row, column) ?? .nan, 2)
        }
        // Tables begin with all effects above zero.
        let sizes = table.rows.map { table.number($0, "voxels") ?? 0 }
        let largest = sizes.indices.sorted { sizes[$0] == sizes[$1] ? $0 < $1 : sizes[$0] > sizes[$1] }.prefix(
            Self.told)
        let parts = largest.sorted().map { index -> String in
            let row = table.rows[index]
            let place = ["x_mm", "y_mm", "z_mm"].map { PrettyNumber.hundredths(table.number(row, $0) ?? .nan) }
            let name = found.place(row)
            let p = table.number(row, found.pColumn).map {
                "; \(found.isCorrected ? "p" : "uncorrected p") \(Self.p($0))"
            }
            return "\(name.isEmpty ? "a cluster" : name) (\(table.cell(row, "voxels")) voxels, peak at "
                + "\(place.joined(separator: ", ")); \(effect) = \(fixed(row, effect)), 95 % CI \(fixed(row, "ci_low")) to "
                + "\(fixed(row, "ci_high"))\(p ?? ""))"
        }
        let more = table.rows.count - parts.count
        return parts.joined(separator: "; ") + (more > 0 ? "; and \(more) more" : "")
    }

    /// `= 0.003`, `< 0.0001`: no powers of ten in prose.
    private static func p(_ value: Double) -> String {
        value < 0.0001 ? "< 0.0001" : "= \(NumberText.significant(value, 2))"
    }

    private func paragraph(_ comparison: RunRecord.Comparison) -> String {
        let parts = comparison.methods.map { method in
            "\(method.label): \(PrettyNumber.plural(method.clusters, "cluster")) of \(PrettyNumber.plural(method.significantVoxels, "voxel")) in all"
        }
        guard !parts.isEmpty else { return "" }
        let isAlone = !run.record.result.models.contains { $0.name == comparison.name }
        let opening = isAlone ? "The" : "By other methods the"
        return
            "\(opening) model “\(comparison.name)” gave, at the methods' own criteria, \(parts.joined(separator: "; "))."
    }
}
