import Figures
import Statistics
import Synthesis

/// Several outcomes on a first screen: a line each, with a link to its section.
struct OutcomeOverview {
    let findings: [OutcomeFinding]
    private let caption: String

    init(_ findings: [OutcomeFinding], caption: String = "The outcomes") {
        self.findings = findings
        self.caption = caption
    }

    var html: HTML {
        let rows = findings.enumerated().map { n, finding -> [HTML] in
            let words = OutcomeWords(finding)
            let pooled = finding.pooled
            let cells = [
                PrettyNumber.count(finding.studies), PrettyNumber.count(finding.effects.count), finding.scale.symbol,
                words.number(pooled.estimate.value), words.range(pooled.interval),
                pooled.prediction.map(words.range) ?? "–", words.doubt,
            ]
            return [HTML.link("#\(OutcomeSection.identifier(n))", finding.name)] + cells.map(HTML.text)
        }
        let level = findings.first.map { OutcomeWords($0).level } ?? "95 %"
        return HTMLTable(
            caption: caption,
            columns: [
                .init("Outcome"), .init("Studies", number: true), .init("Effects", number: true), .init("Measure"),
                .init("Mean", number: true), .init("\(level) CI", number: true), .init("A new study", number: true),
                .init("Main doubt", wide: true),
            ], rows: rows
        ).html
    }
}
