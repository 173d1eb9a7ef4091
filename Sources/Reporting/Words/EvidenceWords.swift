import Appraisal
import Evidence
import Figures
import SeedBasedMapping
import Statistics

/// An evidence class in words: what it is called, what kept the finding out of the next one, and the criteria as a table.
struct EvidenceWords {
    let grade: EvidenceGrade
    let standing: EvidenceStanding
    let settings: Settings

    /// `IV (weak)`, as the criteria alone have it.
    private var name: String { "\(grade.evidenceClass.rawValue) (\(grade.evidenceClass.words))" }

    /// `Class IV (weak); not III because …`.
    var sentence: String {
        guard let shown = standing.shown else { return standing.reason }
        guard !standing.isLowered else {
            return "Evidence class \(shown.rawValue) (\(shown.words)). \(standing.reason)"
        }
        var text = "Evidence class \(name)"
        if let better = grade.nextBetter {
            let reasons = grade.failing(better).map(failure)
            text += "; not \(better.rawValue) because \(reasons.joined(separator: ", "))"
        }
        return text + "."
    }

    private func failure(_ criterion: EvidenceGrade.Criterion) -> String {
        let cutoff = number(criterion.kind, criterion.cutoff)
        guard let value = criterion.value.map({ number(criterion.kind, $0) }) else {
            return "\(name(criterion.kind)) cannot be judged here"
        }
        switch criterion.kind {
        case .size: return "there are \(value) \(people), not more than \(cutoff)"
        case .convincingP, .suggestiveP, .weakP: return "p = \(value) is not below \(cutoff)"
        case .heterogeneity: return "I² = \(value) is not below \(cutoff)"
        case .predictionInterval: return "the prediction interval includes zero"
        case .smallStudies: return "small studies differ from large ones (p = \(value))"
        case .excess: return "more studies are significant than expected (p = \(value))"
        case .largestStudy: return "the interval of the largest study includes zero or lies on the other side"
        }
    }

    private var people: String { settings.evidenceCount == .cases ? "cases" : "participants" }

    func name(_ kind: EvidenceGrade.Kind) -> String {
        switch kind {
        case .size: "number of \(people)"
        case .convincingP, .suggestiveP, .weakP: "two-sided p"
        case .heterogeneity: "I²"
        case .predictionInterval: "95 % prediction interval, end towards zero"
        case .smallStudies: "small-study effect, p"
        case .excess: "excess significance, p"
        case .largestStudy: "95 % CI of the largest study, end towards zero"
        }
    }

    private func number(_ kind: EvidenceGrade.Kind, _ value: Double) -> String {
        switch kind {
        case .size: PrettyNumber.count(Int(saturating: value))
        case .convincingP, .suggestiveP, .weakP, .smallStudies, .excess:
            value >= 0.0001 ? NumberText.shortest((value * 10_000).rounded() / 10_000) : EffectWords.p(value)
        case .heterogeneity: "\(PrettyNumber.fixed(value, 0)) %"
        case .predictionInterval, .largestStudy: EffectWords.fixed(value)
        }
    }

    private func demand(_ criterion: EvidenceGrade.Criterion) -> String {
        let cutoff = number(criterion.kind, criterion.cutoff)
        switch criterion.kind {
        case .size, .smallStudies, .excess: return "> \(cutoff)"
        case .convincingP, .suggestiveP, .weakP, .heterogeneity: return "< \(cutoff)"
        case .predictionInterval, .largestStudy: return "not reaching 0"
        }
    }

    private func classes(_ kind: EvidenceGrade.Kind) -> String {
        EvidenceClass.allCases.filter { EvidenceGrade.needed(for: $0).contains(kind) }.map(\.rawValue)
            .joined(separator: ", ")
    }

    /// The criteria one by one; nothing where the class is withheld.
    var table: HTML {
        guard standing.shown != nil else { return HTML() }
        let rows = grade.criteria.map { criterion in
            [
                name(criterion.kind), classes(criterion.kind),
                criterion.value.map { number(criterion.kind, $0) } ?? "–", demand(criterion),
                criterion.value == nil ? "cannot be judged" : criterion.isPassed ? "passed" : "failed",
            ].map(HTML.text)
        }
        let table = HTMLTable(
            caption: "Criteria of the classes; by them alone it is \(name)",
            columns: [
                .init("Criterion"), .init("Asked for by class"), .init("Value", number: true),
                .init("Demand", number: true), .init("Outcome"),
            ], rows: rows)
        return HTML.element(
            "details", [], HTML.element("summary", [], "Criteria of the evidence class") + table.html)
    }
}

extension EvidenceClass {
    var words: String {
        switch self {
        case .convincing: "convincing"
        case .highlySuggestive: "highly suggestive"
        case .suggestive: "suggestive"
        case .weak: "weak"
        case .notSignificant: "not significant"
        }
    }
}
