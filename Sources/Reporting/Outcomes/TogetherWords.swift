import Evidence
import Figures
import Statistics
public import Synthesis

/// Outcomes in one model, in sentences, as a section of the page, and as lines of a terminal.
public struct TogetherWords: Sendable {
    private let together: OutcomesTogether

    public init(_ together: OutcomesTogether) { self.together = together }

    /// On a page, one each.
    static func sections(_ all: [OutcomesTogether]) -> [ReportPage.Section] {
        all.enumerated().map { n, together in
            let words = TogetherWords(together)
            return ReportPage.Section(
                n == 0 ? "together" : "together-\(n + 1)", words.title, words.html, inBar: n == 0 ? "Together" : nil)
        }
    }

    /// The plan may call a set by a name of its own.
    var title: String {
        together.name == "together" ? "The outcomes together" : "Outcomes together: \(together.name)"
    }

    private func number(_ value: Double) -> String { PrettyNumber.fixed(together.scale.shown(value), 2) }

    private func range(_ interval: Interval) -> String { "\(number(interval.lower)) to \(number(interval.upper))" }

    private var level: String { "\(NumberText.shortest((together.level * 1000).rounded() / 10)) %" }

    var sentences: [String] {
        (together.question.isEmpty ? [] : [together.question]) + answers
    }

    /// For a paper: the means, then what can be said of them.
    var results: String {
        let means = together.outcomes.map {
            "\($0.name) \(number($0.estimate.value)) (\(level) CI \(range($0.interval)))"
        }
        return (["\(title) (\(together.scale.displayName)): \(means.joined(separator: "; "))."] + answers).joined(
            separator: " ")
    }

    private var answers: [String] {
        let test = together.equality
        let differ =
            test.pValue < 0.05
            ? "The means differ" : "That the means differ cannot be told"
        var sentences = [
            "\(PrettyNumber.plural(together.outcomes.count, "outcome")) of \(PrettyNumber.plural(together.studies, "study", "studies")) in "
                + "one model: each informs the others through the studies that have both.",
            "\(differ) (\(OutcomeSection.test(test))).",
            "Sampling errors of a study’s outcomes are taken to correlate by \(NumberText.shortest(together.correlation)), which few "
                + "papers tell; \(sensitivity)",
        ]
        if together.outcomes.count == 2 {
            let rho = together.trueCorrelations[0, 1]
            if rho.isFinite {
                sentences.append("True effects of the two correlate by \(PrettyNumber.fixed(rho, 2)) between studies.")
            }
        }
        return sentences
    }

    /// How far the means move under other correlations.
    private var sensitivity: String {
        let moves = together.outcomes.flatMap { outcome in
            outcome.under.filter(\.isFinite).map { abs($0 - outcome.estimate.value) }
        }
        let all = ([together.correlation] + together.correlations).sorted()
        guard let most = moves.max(), let low = all.first, let high = all.last else {
            return "other correlations cannot be fitted."
        }
        return "from \(NumberText.shortest(low)) to \(NumberText.shortest(high)) no mean moves by more than "
            + "\(PrettyNumber.fixed(most, 3))\(together.scale.isTransformed ? " on the scale that is pooled" : "")."
    }

    var html: HTML {
        let rows = together.outcomes.map { outcome in
            [
                outcome.name, PrettyNumber.count(outcome.studies), number(outcome.estimate.value),
                range(outcome.interval), OutcomeWords.p(outcome.estimate.pValue), number(outcome.alone.value),
                range(outcome.alone.interval(level: together.level)), PrettyNumber.fixed(outcome.tau2.squareRoot(), 2),
            ].map(HTML.text)
        }
        return OutcomeSection.paragraphs(sentences)
            + HTMLTable(
                caption: "Means together and each by itself, \(together.scale.displayName)",
                columns: [
                    .init("Outcome"), .init("Studies", number: true), .init("Together", number: true),
                    .init("\(level) CI", number: true), .init("p", number: true), .init("Alone", number: true),
                    .init("\(level) CI", number: true), .init("τ", number: true),
                ], rows: rows
            ).html
            + HTML.element(
                "p", [("class", "small")],
                "Model: one mean per outcome, true effects of a study’s outcomes with a covariance of the form \(together.structure), errors "
                    + "robust to clustering by study (CR2). All numbers: together.tsv, differences.tsv, correlations.tsv."
            )
    }

    /// The answer alone, for a list of several.
    public var summary: String {
        OutcomeText.wrapped("\(title). \(sentences.joined(separator: " "))").joined(separator: "\n")
    }

    /// For a terminal of 80 columns.
    public var text: String {
        var lines = OutcomeText.wrapped(title) + [String(repeating: "─", count: OutcomeText.columns)]
        lines += OutcomeText.wrapped(sentences.joined(separator: " ")) + [""]
        lines.append(
            OutcomeText.padded("", 24) + OutcomeText.padded("together", 28) + "alone")
        for outcome in together.outcomes {
            let own = "\(number(outcome.estimate.value)) (\(range(outcome.interval)))"
            lines.append(
                OutcomeText.padded(OutcomeText.cut(outcome.name, to: 23), 24) + OutcomeText.padded(own, 28)
                    + "\(number(outcome.alone.value)) (\(range(outcome.alone.interval(level: together.level))))")
        }
        return lines.joined(separator: "\n")
    }
}
