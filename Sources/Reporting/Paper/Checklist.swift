import Evidence
import Figures

/// What reviewers of neuroimaging meta-analyses ask for, filled in where the run knows and open where only the authors do.
///
/// The ten rules of Müller VI and others, 2018, Neuroscience & Biobehavioral Reviews 84: 151–161, doi
/// 10.1016/j.neubiorev.2017.11.012, in our own words; and the fields of primary studies that COBIDAS (Nichols TE and others,
/// 2017, Nature Neuroscience 20: 299–303, doi 10.1038/nn.4500) asks for and a meta-analysis rests on.
struct Checklist {
    let run: StoredRun

    init(_ run: StoredRun) { self.run = run }

    private struct Item {
        var rule: String
        var asks: String
        /// nil where only the authors know.
        var answer: String?
    }

    static let open = "☐ to be filled in"

    var table: PaperTable {
        let rows = (rules + primary).map { item in
            [item.rule, item.asks, item.answer.map { "☑ \($0)" } ?? Self.open]
        }
        return PaperTable(
            name: "checklist", title: "Checklist of a neuroimaging meta-analysis",
            columns: [PaperTable.Column("Rule"), PaperTable.Column("Asks for"), PaperTable.Column("Here")], rows: rows,
            notes: [
                "Rules 1 to 10: Müller et al., 2018, doi:10.1016/j.neubiorev.2017.11.012, in our words. COBIDAS: fields of primary "
                    + "studies after Nichols et al., 2017, doi:10.1038/nn.4500.",
                "Ticked items are what the run knows; check them too.",
            ])
    }

    private var result: RunRecord.Result { run.record.result }
    private var models: [RunRecord.Model] { result.models }

    /// A value of every model, told once where they agree.
    private func each(_ value: (RunRecord.Model) -> String?) -> String? {
        let values = models.compactMap { model in value(model).map { (model.name, $0) } }
        guard let first = values.first else { return nil }
        guard values.contains(where: { $0.1 != first.1 }) else { return first.1 }
        return values.map { "\($0.0): \($0.1)" }.joined(separator: "; ")
    }

    private var rules: [Item] {
        [
            Item(rule: "1", asks: "A specific question", answer: result.question.isEmpty ? nil : result.question),
            Item(rule: "1", asks: "Inclusion and exclusion criteria", answer: nil),
            Item(
                rule: "2", asks: "Enough experiments for the analysis",
                answer: each { PrettyNumber.plural($0.experiments.count, "experiment") }.map {
                    "\($0)\(models.contains { $0.experiments.count < 17 } ? " (Müller et al. advise 17 or more for ALE)" : "")"
                }),
            Item(rule: "3", asks: "How studies were searched and selected (PRISMA)", answer: flow),
            Item(
                rule: "3", asks: "Organised data: each row with its source",
                answer: "studies.tsv and run.json list every experiment with file and line"),
            Item(
                rule: "4", asks: "The same coverage: whole brain, no regions of interest", answer: nil),
            Item(rule: "4", asks: "One reference space, conversions named", answer: spaces),
            Item(
                rule: "5", asks: "Several contrasts of one sample are not counted as independent",
                answer: each { $0.settings["samples"].map { "samples = \($0)" } }),
            Item(
                rule: "6", asks: "Data checked twice", answer: nil),
            Item(
                rule: "6", asks: "Automatic checks",
                answer:
                    "cuneus check: \(PrettyNumber.plural(warnings, "warning")), listed in the report"),
            Item(
                rule: "7", asks: "Planned beforehand; registered",
                answer: result.planSHA256.map { "plan with SHA-256 \($0.prefix(16))…; registration: to be filled in" }),
            Item(rule: "8", asks: "A threshold that balances sensitivity and false positives", answer: threshold),
            Item(
                rule: "9", asks: "Diagnostics: which experiments carry a finding, heterogeneity, bias",
                answer: diagnostics),
            Item(
                rule: "10", asks: "Transparent: input, settings, software, output",
                answer:
                    "Cuneus \(run.record.version); run.json has all settings, the seed and SHA-256 of input and output"),
            Item(rule: "10", asks: "Data and maps shared (address)", answer: nil),
        ]
    }

    private var flow: String? {
        guard let flow = result.words?.prisma else { return nil }
        return flow.included.map { "flow diagram: \($0) studies included" } ?? "flow diagram"
    }

    private var spaces: String? {
        guard let spaces = result.words?.spaces, !spaces.isEmpty else { return nil }
        let parts = spaces.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return "MNI; experiments by reported space: \(parts.joined(separator: ", "))"
    }

    private var warnings: Int { (result.notices + models.flatMap(\.notices)).count { $0.severity == .warning } }

    private var threshold: String? {
        each { model in
            guard let test = model.permutationTest else {
                return "uncorrected p < \(model.settings["threshold_p"] ?? "?")"
            }
            return
                "FWE p ≤ \(model.settings["corrected_p"] ?? "?") (\(StoredClusters.words(StoredClusters.statistic(of: model))), "
                + "\(PrettyNumber.count(test.permutations)) permutations or relocations)"
        }
    }

    private var diagnostics: String? {
        let wanted = ["jackknife.tsv", "contributions.tsv", "trust.tsv"]
        let files = models.flatMap { $0.files.map(\.path) }
        let found = wanted.filter { name in files.contains { $0.hasSuffix("/\(name)") } }
        return found.isEmpty ? nil : "I² and τ² maps, \(found.joined(separator: ", "))"
    }

    private var primary: [Item] {
        let hasStudies = !models.isEmpty
        return [
            Item(
                rule: "COBIDAS", asks: "Sample size of each study",
                answer: hasStudies ? "table of characteristics" : nil),
            Item(
                rule: "COBIDAS", asks: "Threshold of each study",
                answer: hasStudies ? "table of characteristics; assumed ones are marked" : nil),
            Item(rule: "COBIDAS", asks: "Correction for multiple comparisons in each study", answer: nil),
            Item(rule: "COBIDAS", asks: "Smoothing and software of each study", answer: nil),
            Item(rule: "COBIDAS", asks: "Field of view, and how missing coverage was handled", answer: nil),
            Item(rule: "COBIDAS", asks: "Space and template of each study", answer: spaces),
            Item(rule: "COBIDAS", asks: "Task, contrast and design of each study", answer: nil),
        ]
    }
}
