import Figures
import Statistics
package import Synthesis

/// What pooled outcomes say, in words for the results section of a paper: what their sections of the report say.
package struct OutcomeResults {
    private let findings: [OutcomeFinding]
    private let together: [OutcomesTogether]

    package init(_ findings: [OutcomeFinding], together: [OutcomesTogether] = []) {
        self.findings = findings
        self.together = together
    }

    /// A paragraph for each outcome, then for each set of them, separated by an empty line; nil without any.
    package var text: String? {
        let paragraphs = findings.map(Self.paragraph) + together.map { TogetherWords($0).results }
        return paragraphs.isEmpty ? nil : paragraphs.joined(separator: "\n\n")
    }

    private static func paragraph(_ finding: OutcomeFinding) -> String {
        let words = OutcomeWords(finding)
        return (["Outcome “\(finding.name)”. \(words.verdict)", treatments(finding)].compactMap { $0 } + words.network)
            .joined(separator: " ")
    }

    /// `Against placebo, g: A 0.42 (95 % CI 0.10 to 0.74, p = 0.010); B ….`
    private static func treatments(_ finding: OutcomeFinding) -> String? {
        guard let network = finding.network else { return nil }
        let words = OutcomeWords(finding)
        let list = network.treatments.compactMap { treatment -> String? in
            guard let estimate = treatment.estimate else { return nil }
            let interval = estimate.interval(level: finding.settings.level)
            return "\(treatment.name) \(words.number(estimate.value)) (\(words.level) CI \(words.range(interval)), "
                + "\(OutcomeWords.pEquals(estimate.pValue)))"
        }
        return "Against \(network.reference), \(finding.scale.symbol): \(list.joined(separator: "; "))."
    }
}
