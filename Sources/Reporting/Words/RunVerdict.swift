import Comparison
import Evidence
import Figures
import Inference
import SeedBasedMapping

/// The one sentence that answers the run's question, drawn from rules (Docs/report.md): of the first model, and what the others add.
struct RunVerdict {
    private let answers: [ModelAnswer]

    init(_ answers: [ModelAnswer]) { self.answers = answers }

    /// The model the first screen is about: the first of the plan in which something survives, else the first.
    var headline: ModelAnswer? { answers.first { !$0.corrected.isEmpty } ?? answers.first }

    var html: HTML {
        guard let headline else { return HTML.text("No model was run.") }
        guard headline.model.findings != nil else { return ofFoci(headline) }
        guard let words = headline.words else { return uncorrected(headline) }
        return headline.corrected.isEmpty ? nothing(headline, words) : found(headline, words)
    }

    private func found(_ answer: ModelAnswer, _ words: PermutationWords) -> HTML {
        let clusters = answer.corrected
        let isOne = clusters.count == 1
        let count = Self.number(clusters.count, isOne ? "place" : "places").withCapital
        var html =
            HTML.element("b", [], count)
            + HTML.text(" \(passes(words, answer, isOne)) (p(FWE) ≤ \(words.level))\(isOne ? ": " : ", most clearly ")")
        html += answer.named(clusters[0])
        if clusters.count > 1 { html += HTML.text(" and ") + answer.named(clusters[1]) }
        html += HTML.text(". \(directions(clusters))")
        if answers.count > 1 {
            html += HTML.text(" This is the model “\(answer.model.plan.name)”\(others(than: answer)).")
        }
        return html
    }

    private func passes(_ words: PermutationWords, _ answer: ModelAnswer, _ isOne: Bool) -> String {
        let verb = isOne ? "agrees" : "agree"
        if words.test.isBaseRate { return "\(verb) in position and direction more than the brain's busy places would" }
        if words.testsCovariates { return "\(isOne ? "goes" : "go") with the tested covariate more than chance allows" }
        guard words.test.kind == .relocations else {
            return "\(isOne ? "passes" : "pass") the permutation test of the whole brain"
        }
        // Maps are not moved: random fields stand for them (Docs/agreement-test.md).
        return answer.model.experiments.allSatisfy(\.hasMap)
            ? "\(verb) in position and direction more than random maps of the same smoothness would"
            : "\(verb) in position and direction more than the same peaks placed at random would"
    }

    private func directions(_ clusters: [Cluster]) -> String {
        let above = clusters.count { $0.sign > 0 }
        if above == clusters.count { return "Nothing survives below zero." }
        if above == 0 { return "Nothing survives above zero." }
        return "\(above) above zero, \(clusters.count - above) below."
    }

    /// In how many other models something survives. Where nothing was corrected, nothing can.
    private func others(than answer: ModelAnswer) -> String {
        let rest = answers.filter { $0.model.plan.name != answer.model.plan.name }
        let uncorrected = rest.count { $0.surviving == nil }
        let found = rest.filter { ($0.surviving ?? 0) > 0 }.map(\.model.plan.name)
        let names = found.joined(separator: ", ")
        guard uncorrected > 0 else {
            if found.isEmpty { return "; nothing survives in the other \(rest.count)" }
            return "; of the other \(rest.count), something survives in \(names)"
        }
        let was = uncorrected == 1 ? "was" : "were"
        if uncorrected == rest.count { return "; the other \(rest.count) \(was) not corrected" }
        return "; of the other \(rest.count), \(uncorrected) \(was) not corrected; "
            + (found.isEmpty ? "nothing survives in the rest" : "something survives in \(names)")
    }

    private func nothing(_ answer: ModelAnswer, _ words: PermutationWords) -> HTML {
        let foci = answers.filter { $0.model.findings == nil && ($0.surviving ?? 0) > 0 }
        let corrected = answers.count { $0.surviving != nil }
        var place = " in “\(answer.model.plan.name)”"
        if answers.count == 1 {
            place = ""
        } else if foci.isEmpty, corrected == answers.count {
            place = " in any of the \(answers.count) models"
        } else if foci.isEmpty {
            let rest = answers.count - corrected
            if corrected > 1 { place = " in any of \(corrected) models" }
            place += "; the other \(rest) \(rest == 1 ? "was" : "were") not corrected"
        }
        let best = words.best.map { " (best p(FWE) in “\(answer.model.plan.name)”: \(words.text($0)))" } ?? ""
        let why = words.cannotSurvive ? " With so few \(words.unitPlural) nothing could." : ""
        return HTML.element("b", [], "Nothing survives")
            + HTML.text(" the correction for the whole brain\(place)\(best).\(why) \(ReportSummary.notAbsence)")
    }

    private func uncorrected(_ answer: ModelAnswer) -> HTML {
        let clusters = answer.exploratory
        let criteria = Exploratory.criteria(answer.model.settings)
        guard let first = clusters.first else {
            return HTML.element("b", [], "Nothing was found")
                + HTML.text(
                    ", even without a correction for the whole brain (\(criteria)). \(ReportSummary.notAbsence)")
        }
        let count = Self.number(clusters.count, clusters.count == 1 ? "cluster" : "clusters").withCapital
        return HTML.element("b", [], "\(count), exploratory")
            + HTML.text(": nothing was corrected for the whole brain. The strongest is ") + answer.named(first)
            + HTML.text(".")
    }

    /// Coordinate methods only.
    private func ofFoci(_ answer: ModelAnswer) -> HTML {
        guard let comparison = answer.model.comparison else { return HTML.text("No method could be run.") }
        return HTML.text(MethodsWords(comparison, places: answer.places).text)
    }

    /// Small numbers as words.
    private static func number(_ count: Int, _ noun: String) -> String {
        let words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
        return "\(words.indices.contains(count) ? words[count] : PrettyNumber.count(count)) \(noun)"
    }
}

extension String {
    fileprivate var withCapital: String { prefix(1).uppercased() + dropFirst() }
}
