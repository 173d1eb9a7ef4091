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

    private var sections: [Report.Section] {
        let findings = run.findings
        var sections: [Report.Section] = []
        if let only = findings.first, findings.count == 1 {
            let section = OutcomeSection(only, identifier: "outcome-1")
            sections.append(.init("answer", "Answer", section.firstScreen, inBar: "Answer"))
            sections.append(
                .init("outcome-1", only.name, section.html(isFirstScreen: true), inBar: "How sure"))
        } else {
            sections.append(.init("answer", "Answer", OutcomeOverview(findings).html, inBar: "Answer"))
            for (n, finding) in findings.enumerated() {
                let id = OutcomeSection.identifier(n)
                sections.append(
                    .init(
                        id, finding.name, OutcomeSection(finding, identifier: id).html(),
                        inBar: n == 0 ? "Results" : nil))
            }
        }
        if let together = run.together {
            sections.append(
                .init("together", "The outcomes together", TogetherWords(together).html, inBar: "Together"))
        }
        let methods = OutcomeMethods(findings)
        let items = methods.references.map { reference in
            let link = reference.doi.map { HTML.text(" ") + HTML.link("https://doi.org/\($0)", "doi:\($0)") } ?? HTML()
            return HTML.element("li", [], HTML.text(reference.citation) + link)
        }
        sections += [
            .init("notices", "Notices", notices, inBar: "Notices"),
            .init(
                "methods", "Methods for a paper",
                HTML.element("div", [("class", "methods")], HTML.element("p", [], methods.text)), inBar: "Methods"),
            .init(
                "references", "References to cite", Report.folded("The list", HTML.element("ol", [], items.joined()))),
            .init(
                "run", "This run", Report.folded("Versions, hashes, times and settings", ReportRunFacts(record).html),
                inBar: "Run"),
        ]
        return sections
    }

    private var notices: HTML {
        guard !run.notices.isEmpty else { return HTML.element("p", [], "Reading the table gave no notices.") }
        let items = run.notices.sortedForReading().map { notice in
            let place = notice.location.map { HTML.element("code", [], $0.description) + HTML.text(" ") } ?? HTML()
            let text = [notice.message, notice.remedy ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
            return HTML.element(
                "li", [],
                HTML.element("span", [("class", "severity")], notice.severity.rawValue.capitalized) + HTML.text(" ")
                    + place + HTML.text(text))
        }
        return Report.folded(
            PrettyNumber.plural(items.count, "notice"), HTML.element("ul", [("class", "notices")], items.joined()))
    }

    private var question: String {
        if let only = run.findings.first, run.findings.count == 1, !only.question.isEmpty { return only.question }
        return run.question.isEmpty ? "\(run.name): what do the studies say together?" : run.question
    }

    var html: String {
        let body = sections.map { section in
            let heading =
                section.id == "answer"
                ? HTML() : HTML.element("h2", [("id", "\(section.id)-title")], section.title)
            let label: (String, String?) =
                section.id == "answer" ? ("aria-label", section.title) : ("aria-labelledby", "\(section.id)-title")
            return HTML.element("section", [("id", section.id), label], heading + section.content)
        }
        let bar = sections.compactMap { section in section.inBar.map { HTML.link("#\(section.id)", $0) } }.joined("\n")
        let effects = run.findings.reduce(0) { $0 + $1.effects.count }
        let kind =
            "Synthesis of outcomes · \(PrettyNumber.plural(run.findings.count, "outcome")), "
            + "\(PrettyNumber.plural(effects, "effect")) · Cuneus \(record.version)"
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="generator" content="Cuneus \(HTML.escape(record.version))">
            <title>\(HTML.escape(run.name)): synthesis of outcomes</title>
            <style>\(ReportStyle.css)</style>
            </head>
            <body>
            <nav class="bar" aria-label="Contents"><b>\(HTML.escape(run.name))</b>
            \(bar.source)
            </nav>
            <header>
            <p class="kind">\(HTML.escape(kind))</p>
            <h1>\(HTML.escape(question))</h1>
            </header>
            <main>
            \(body.joined().source)
            <div class="caution" role="note"><p>What the numbers cannot say: whether the studies were fair, whether all of them were \
            found, and what caused what. The tables hold every effect and every test.</p></div>
            </main>
            <footer><p>Made by Cuneus \(HTML.escape(record.version)). Tables, figures and the record of this run (run.json) are in \
            the folder of this page.</p></footer>
            <script>
            \(ReportScript.source)
            </script>
            </body>
            </html>

            """
    }
}
