import Evidence
import Figures
import SeedBasedMapping

/// "What was asked": the models of the run with what they take, what explains it, and what is tested.
///
/// Columns that would say the same of every model are left out, and settings that all share stand below.
struct AskedTable {
    private let run: RunResults
    private let results: [RunModel]

    init(_ run: RunResults) {
        self.run = run
        results = run.all
    }

    private struct Column {
        var head: HTMLTable.Column
        var cell: (RunModel) -> HTML
    }

    /// Differences from the default that all models have.
    private var shared: [SettingAssignment] {
        guard let first = results.first, results.count > 1 else { return [] }
        return first.settings.changes.filter { change in
            results.allSatisfy { $0.settings.changes.contains { $0.key == change.key && $0.value == change.value } }
        }
    }

    private var columns: [Column] {
        let shared = Set(shared.map(\.key))
        var columns = [
            Column(head: .init("Model")) { .text($0.plan.name) },
            Column(head: .init("Question")) {
                .text($0.plan.question.isEmpty ? "–" : $0.plan.question)
            },
            Column(head: .init("Experiments taken")) { Self.taken($0.plan) },
            Column(head: .init("Number", number: true)) {
                .text(PrettyNumber.count($0.experiments.count))
            },
        ]
        if results.contains(where: { !$0.plan.covariates.isEmpty }) {
            columns.append(
                Column(head: .init("Covariates")) {
                    let words = Self.words($0)?.covariates ?? []
                    return words.isEmpty ? .text("–") : words.map(HTML.text).joined("<br>")
                })
        }
        columns.append(
            Column(head: .init("Tested: whether")) {
                .text(Self.words($0)?.test ?? $0.askedOfMean)
            })
        if results.contains(where: { !$0.sharedSamples.isEmpty }) {
            columns.append(
                Column(head: .init("Shared samples")) {
                    .text($0.findings.map { SharingWords($0.result).text } ?? $0.sharingOfFoci)
                })
        }
        columns.append(
            Column(head: .init("Settings that differ from the default")) {
                let own = $0.settings.changes.filter { !shared.contains($0.key) }
                return own.isEmpty
                    ? .text(shared.isEmpty ? "none" : "–")
                    : own.map { HTML.element("code", [], "\($0.key) = \($0.value)") }.joined("<br>")
            })
        return columns
    }

    var html: HTML {
        let columns = columns
        var html = HTMLTable(
            caption: "Models of the plan", columns: columns.map(\.head),
            rows: results.map { model in columns.map { $0.cell(model) } }
        ).html
        if !shared.isEmpty {
            html += note("In all models: ", shared.map { "\($0.key) = \($0.value)" })
        }
        if !run.commandLineSettings.isEmpty {
            html += note("On the command line: ", run.commandLineSettings.map { "\($0.key)=\($0.value)" })
        }
        if !results.contains(where: { !$0.sharedSamples.isEmpty }) {
            html += HTML.element("p", [], "No two experiments of a model share a sample.")
        }
        return html
    }

    private func note(_ title: String, _ settings: [String]) -> HTML {
        HTML.element(
            "p", [],
            HTML.text(title) + settings.map { HTML.element("code", [], $0) }.joined(", ") + HTML.text("."))
    }

    private static func words(_ model: RunModel) -> ModelWords? {
        model.design.map { ModelWords(model.plan, design: $0) }
    }

    private static func taken(_ plan: ModelPlan) -> HTML {
        let measure = plan.measure.map { $0 == .correlation ? "only correlations" : "only changes" }
        let parts = [plan.filter.map { HTML.element("code", [], $0.text) }, measure.map(HTML.text)].compactMap { $0 }
        return parts.isEmpty ? .text("all experiments") : parts.joined("<br>")
    }
}

extension RunModel {
    /// What a model without covariates tests.
    fileprivate var askedOfMean: String {
        let families = Set(settings.methods.map(\.family))
        return families.isDisjoint(with: [.effects, .images])
            ? "foci lie no closer together than by chance" : "the mean effect is 0"
    }

    /// What coordinate methods do with experiments of one sample.
    fileprivate var sharingOfFoci: String {
        guard !sharedSamples.isEmpty else { return "–" }
        switch settings.samples {
        case .combine: return "foci pooled by sample"
        case .precise: return "the most precise experiment of each sample"
        case .separate: return "left apart"
        }
    }
}
