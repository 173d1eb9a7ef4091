import Evidence
import Figures

/// The clusters of a model that a paper reports, from the tables of its run.
struct StoredClusters {
    let table: StoredTable
    /// Whether they survive the family-wise correction; else they are exploratory.
    let isCorrected: Bool
    let model: RunRecord.Model
    private let regions: StoredTable?

    /// The corrected ones where the model was tested and some survive. nil where there is no table.
    init?(_ run: StoredRun, _ model: RunRecord.Model) throws(ReportingError) {
        self.model = model
        let corrected = try run.table("\(model.folder)/clusters_corr-FWE.tsv")
        if let corrected, !corrected.rows.isEmpty {
            table = corrected
            isCorrected = true
            regions = try run.table("\(model.folder)/clusters_regions_corr-FWE.tsv")
        } else if let exploratory = try run.table("\(model.folder)/clusters.tsv") {
            table = exploratory
            isCorrected = false
            regions = try run.table("\(model.folder)/clusters_regions.tsv")
        } else {
            return nil
        }
    }

    var statistic: String { Self.statistic(of: model) }

    /// By whose corrected p the tables are cut. Records of earlier versions say it only where a setting chose it.
    static func statistic(of model: RunRecord.Model) -> String {
        model.correctedStatistic ?? model.settings["corrected_statistic"] ?? ""
    }

    /// `TFCE`, as a paper has it.
    static func words(_ statistic: String) -> String {
        let known = ["voxel": "voxel height", "tfce": "TFCE", "size": "cluster size", "mass": "cluster mass"]
        return known[statistic] ?? "by the statistic that the report names"
    }

    var pColumn: String { isCorrected ? "p_fwe_\(statistic)" : "p" }

    /// Names at the peak; "" without an atlas.
    func place(_ row: [String]) -> String {
        guard let last = table.header.firstIndex(of: "median_I2") else { return "" }
        return table.header.dropFirst(last + 1).map { table.cell(row, $0) }.filter { !$0.isEmpty }
            .joined(separator: ", ")
    }

    /// `left insula 120, left putamen 14`: by the first atlas, the largest five.
    func breakdown(_ row: [String]) -> String {
        guard let regions else { return "" }
        let own = regions.rows.filter { regions.cell($0, "cluster") == table.cell(row, "cluster") }
        guard let atlas = own.first.map({ regions.cell($0, "atlas") }) else { return "" }
        let shares = own.filter { regions.cell($0, "atlas") == atlas }
        let shown = shares.prefix(5).map { "\(regions.cell($0, "region")) \(regions.cell($0, "voxels"))" }
        return shown.joined(separator: ", ") + (shares.count > 5 ? ", …" : "")
    }

    /// What the table lists.
    var note: String {
        let extent = model.settings["extent"] ?? "?"
        guard isCorrected else {
            let tested = model.permutationTest != nil
            return "\(tested ? "Nothing survived the family-wise correction. " : "")Uncorrected one-tailed p < "
                + "\(model.settings["threshold_p"] ?? "?"), at least \(extent) voxels: exploratory, not corrected for multiple "
                + "comparisons."
        }
        return "Family-wise error corrected p ≤ \(model.settings["corrected_p"] ?? "?") (\(Self.words(statistic)), "
            + "\(PrettyNumber.count(model.permutationTest?.permutations ?? 0)) permutations or relocations), at least "
            + "\(extent) voxels. p (FWE) is the smallest of the cluster."
    }
}
