import Evidence
import Figures
import Foundation
import Synthesis

/// `report.html` of a run of outcomes alone: the page that `cuneus pool` writes, in the form of ``Report``.
struct OutcomePage {
    let run: OutcomeRun
    let record: RunRecord

    init(_ run: OutcomeRun, record: RunRecord) {
        self.run = run
        self.record = record
    }

    private var sections: [ReportPage.Section] {
        let findings = run.findings
        var sections: [ReportPage.Section] = []
        if let only = findings.first, findings.count == 1 {
            let section = OutcomeSection(only, identifier: "outcome-1")
            sections.append(.init(ReportPage.answer, "Answer", section.firstScreen, inBar: "Answer"))
            sections.append(
                .init("outcome-1", only.name, section.html(isFirstScreen: true), inBar: "How sure"))
        } else {
            sections.append(.init(ReportPage.answer, "Answer", OutcomeOverview(findings).html, inBar: "Answer"))
            for (n, finding) in findings.enumerated() {
                let id = OutcomeSection.identifier(n)
                sections.append(
                    .init(
                        id, finding.name, OutcomeSection(finding, identifier: id).html(),
                        inBar: n == 0 ? "Results" : nil))
            }
        }
        sections += TogetherWords.sections(run.together)
        let words = PaperWords(run)
        sections += [
            .init("notices", "Notices", notices, inBar: "Notices"),
            .init(
                "methods", "Methods for a paper",
                Report.methodsText(words.methods), inBar: "Methods"),
            .init(
                "references", "References to cite",
                ReportPage.folded("The list", ReferenceList(words.references).html)),
            .init(
                "run", "This run",
                ReportPage.folded("Versions, hashes, times and settings", ReportRunFacts(record).html),
                inBar: "Run"),
        ]
        return sections
    }

    private var notices: HTML {
        guard !run.notices.isEmpty else { return HTML.element("p", [], "Reading the table gave no notices.") }
        return ReportPage.folded(
            PrettyNumber.plural(run.notices.count, "notice"), NoticeItems(run.notices.sortedForReading()).html)
    }

    private var question: String {
        if let only = run.findings.first, run.findings.count == 1, !only.question.isEmpty { return only.question }
        return run.question.isEmpty ? "\(run.name): what do the studies say together?" : run.question
    }

    var html: String {
        let effects = run.findings.reduce(0) { $0 + $1.effects.count }
        let kind =
            "Synthesis of outcomes · \(PrettyNumber.plural(run.findings.count, "outcome")), "
            + "\(PrettyNumber.plural(effects, "effect")) · Cuneus \(record.version)"
        let caution =
            "What the numbers cannot say: whether the studies were fair, whether all of them were found, and what caused what. "
            + "The tables hold every effect and every test."
        return ReportPage(
            name: run.name, genre: "synthesis of outcomes", kind: kind, question: question, sections: sections,
            caution: HTML.element("div", [("class", "caution"), ("role", "note")], HTML.element("p", [], caution)),
            companions: "Tables, figures", version: record.version
        ).html
    }
}
