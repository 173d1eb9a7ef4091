/// Experiments whose study table says that they looked only at regions (a column `search`).
///
/// Where such an experiment reports nothing it did not look: its silence elsewhere would count as evidence against an effect, and
/// its peaks, all in the region, as agreement (Müller et al. 2018, doi:10.1016/j.neubiorev.2017.11.012, rule 4).
enum SearchChecks {
    /// The column, in any letter case.
    static let column = "search"
    private static let wholeBrain: Set = ["whole brain", "wholebrain", "whole-brain", "whole_brain", "whole"]
    private static let regions: Set = [
        "roi", "rois", "region", "regions", "region of interest", "regions of interest", "svc", "small volume",
        "small-volume", "small volume correction",
    ]

    /// - Parameter needsEffects: whether effect sizes are asked for: then it is an error, else a warning.
    static func notices(_ experiment: Experiment, needsEffects: Bool) -> [Notice] {
        guard let value = experiment.covariates.first(where: { $0.key.lowercased() == column })?.value,
            case .text(let text) = value
        else { return [] }
        let word = text.trimmingBlanks.lowercased()
        if wholeBrain.contains(word) || word.isEmpty { return [] }
        // It says where it looked: elsewhere it has no value, and its peaks are relocated within.
        if experiment.coverage != nil, needsEffects { return [] }
        guard regions.contains(word) else {
            return [
                Notice(
                    .warning, code: "search-unknown", at: experiment.source,
                    "experiment \"\(experiment.id)\" searched \"\(text)\", which is neither whole brain nor roi; it is taken "
                        + "as whole brain.",
                    remedy: "Write whole brain or roi in the column \(column).")
            ]
        }
        return [
            Notice(
                needsEffects ? .error : .warning, code: "search-roi", at: experiment.source,
                "experiment \"\(experiment.id)\" searched regions only (\(column): \(text)); what it does not report elsewhere "
                    + "it did not look for, and its peaks lie where it looked.",
                remedy:
                    "Say where it looked by an image in the column coverage, or leave it out: filter: \(column) != \"\(text)\" in the plan, or remove its row."
            )
        ]
    }
}
