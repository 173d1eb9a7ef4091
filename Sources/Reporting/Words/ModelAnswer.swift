import Appraisal
import Comparison
import Evidence
import Figures
import Inference
import SeedBasedMapping

/// What a model answers: a line of the first screen's table, and the parts of its sentence. The rules are in Docs/report.md.
struct ModelAnswer {
    let model: RunModel
    let places: PlaceNamer
    /// Of the model's test; nil where nothing was corrected.
    let words: PermutationWords?
    /// Clusters that survive the correction, strongest first; empty where none does or nothing was corrected.
    let corrected: [Cluster]

    init(_ model: RunModel, places: PlaceNamer) {
        self.model = model
        self.places = places
        words = model.findings.flatMap { PermutationWords($0.result) }
        corrected = Self.strongestFirst(model.findings?.result.correctedClusters() ?? [])
    }

    private static func strongestFirst(_ clusters: [Cluster]) -> [Cluster] {
        clusters.filter { !$0.peaks.isEmpty }.sorted { abs($0.peak.value) > abs($1.peak.value) }
    }

    /// The model's question, or its name where the plan asks none.
    var question: String { model.plan.question.isEmpty ? model.plan.name : model.plan.question }

    var people: String {
        let people = People(model.experiments)
        return people.count == 0 ? "–" : PrettyNumber.count(people.count)
    }

    /// Of the model's effects, else of its first method; nil where nothing was corrected.
    var surviving: Int? {
        if model.findings != nil { return words.map { _ in corrected.count } }
        return model.comparison?.results.first.map(\.findings.count)
    }

    /// The smallest corrected p anywhere, as it is printed; a dash where there is none.
    var bestP: String {
        if let words { return words.best.map(words.text) ?? "–" }
        guard model.findings == nil, let comparison = model.comparison else { return "–" }
        guard let result = comparison.results.first,
            let best = result.findings.compactMap(\.corrected?.value).min()
        else { return "–" }
        // A rate of false discoveries is no p(FWE), under whose heading it stands.
        let kind = comparison.settings.fociCorrection == .fdr ? " (FDR)" : ""
        return result.text(best) + kind
    }

    /// The exploratory clusters, strongest first.
    var exploratory: [Cluster] { Self.strongestFirst(model.findings?.clusters ?? []) }

    /// What the model's strongest finding rests on: of those that survive, else of the exploratory ones.
    var strongestBasis: EffectBasis? {
        guard let cluster = (corrected.isEmpty ? exploratory : corrected).first else { return nil }
        return model.findings?.bases[cluster.peak.position]
    }

    /// The card of that finding.
    var strongestCard: FindingCard? {
        guard let cluster = (corrected.isEmpty ? exploratory : corrected).first else { return nil }
        return model.findings?.trust.first { $0.assessment.place.coordinate == cluster.peak.coordinate }
    }

    /// A place in bold with its effect and what that rests on.
    func named(_ cluster: Cluster) -> HTML {
        let coordinate = cluster.peak.coordinate
        let name = places.columns(coordinate).first { !$0.isEmpty } ?? "MNI \(ReportSummary.place(coordinate))"
        guard let result = model.findings?.result else { return HTML.element("b", [], name) }
        let at = VoxelStatistics(result, at: cluster.peak.position)
        var text =
            " (\(result.measure.symbol) = \(PrettyNumber.fixed(at.effect, 2)), 95 % CI \(ReportSummary.interval(at))"
        if let basis = model.findings?.bases[cluster.peak.position] { text += "; \(basis.words)" }
        return HTML.element("b", [], name) + HTML.text(text + ")")
    }
}
