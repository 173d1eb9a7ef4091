import Comparison
import Evidence
import Figures
import Foundation
import Imaging
import Inference
import SeedBasedMapping

/// `report.html`: one page with what was asked, what went in, what came out, and how to cite it.
///
/// Nothing is loaded from elsewhere: style, pictures and tables are inside; other sites occur only as links.
public struct Report: Sendable {
    let run: RunResults
    let record: RunRecord
    private let facts: MethodFacts
    private let others: MethodsText?
    private let models: [RunModel]

    public init(_ run: RunResults, record: RunRecord) {
        self.run = run
        self.record = record
        facts = MethodFacts(run.models, places: run.places, showsTemplate: run.template != nil)
        others = MethodsText(run.comparisons, isAlone: run.models.isEmpty)
        models = run.all
    }

    /// The whole page, UTF-8.
    public var html: String {
        var sections: [(id: String, title: String, content: HTML)] = [
            ("summary", "In short", summary),
            ("asked", "What was asked", asked),
            ("studies", "What went in", ReportStudies(run).html),
        ]
        if let viewer = ViewerSection(run) {
            sections.insert((ViewerSection.identifier, ViewerSection.title, viewer.html), at: 1)
        }
        for (n, model) in models.enumerated() { sections += results(model, number: n + 1) }
        if let joint = ConjunctionSection(run) {
            sections.append((ConjunctionSection.identifier, ConjunctionSection.title, joint.html))
        }
        if let regions = RegionSection(run) {
            sections.append((RegionSection.identifier, RegionSection.title, regions.html))
        }
        sections += [
            ("notices", "Notices", notices),
            ("methods", "Methods for a paper", methods),
            ("references", "References to cite", references),
            ("run", "This run", ReportRunFacts(record).html),
        ]
        let title = run.project.name
        let body = sections.map { section in
            HTML.element(
                "section", [("id", section.id), ("aria-labelledby", "\(section.id)-title")],
                HTML.element("h2", [("id", "\(section.id)-title")], section.title) + section.content)
        }
        let contents = sections.map { HTML.element("li", [], HTML.link("#\($0.id)", $0.title)) }.joined("")
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="generator" content="Cuneus \(HTML.escape(record.version))">
            <title>\(HTML.escape(title)): meta-analysis report</title>
            <style>\(ReportStyle.css)</style>
            </head>
            <body>
            <header>
            <p class="kind">Meta-analysis of neuroimaging studies · Cuneus \(HTML.escape(record.version))</p>
            <h1>\(HTML.escape(title))</h1>
            \(question.source)
            <nav aria-label="Contents"><ul>\(contents.source)</ul></nav>
            </header>
            <main>
            \(body.joined().source)
            </main>
            <footer><p>Made by Cuneus \(HTML.escape(record.version)). Maps, tables and the record of this run \
            (run.json) are in the folder of this page.</p></footer>
            </body>
            </html>

            """
    }

    private func results(_ model: RunModel, number: Int) -> [(id: String, title: String, content: HTML)] {
        var sections: [(id: String, title: String, content: HTML)] = []
        if let main = ReportModel(run, model, number: number) {
            sections.append(("model-\(number)", "Results: \(model.plan.name)", main.html))
        }
        if let methods = MethodsSection(run, model, number: number) {
            sections.append((methods.identifier, methods.title, methods.html))
        }
        return sections
    }

    private var question: HTML {
        run.project.question.isEmpty
            ? HTML() : HTML.element("p", [("class", "question")], run.project.question)
    }

    // MARK: - In short

    private var summary: HTML {
        var html = HTML()
        var told: Set<String> = []
        for model in run.models {
            let isNew = told.insert(Exploratory.criteria(model.result.settings)).inserted
            let words = ReportSummary(findings: model, places: run.places, spellsOutThreshold: isNew).text
            let name = HTML.element("strong", [], "\(model.result.plan.name): ")
            html += HTML.element("p", [], name + HTML.text(words))
        }
        for comparison in run.comparisons {
            let isAlone = comparison.views.count < 2
            let name = HTML.element(
                "strong", [], "\(comparison.plan.name)\(isAlone ? "" : ", methods side by side"): ")
            html += HTML.element("p", [], name + HTML.text(MethodsWords(comparison, places: run.places).text))
        }
        if run.models.contains(where: \.clusters.isEmpty) {
            html += HTML.element("p", [], ReportSummary.notAbsence)
        }
        let exploratory =
            run.models.isEmpty ? HTML() : HTML.element("p", [], HTML.element("strong", [], Exploratory.caution))
        html += HTML.element(
            "div", [("class", "caution"), ("role", "note")],
            exploratory
                + HTML.element(
                    "p", [],
                    "The maps describe what published experiments have in common. They show an association, not a cause, "
                        + "say nothing about any single person, and are only as complete and as unbiased as the "
                        + "literature that went in."))
        return html
    }

    // MARK: - What was asked

    private var asked: HTML { AskedTable(run).html }

    // MARK: - Notices

    /// Errors, warnings, notes; many of one kind fold into one line that opens.
    private var notices: HTML {
        var seen: Set<Notice> = []
        let all = (run.notices + run.models.flatMap(\.result.notices)).filter { seen.insert($0).inserted }
        guard !all.isEmpty else { return HTML.element("p", [], "Reading and checking the input gave no notices.") }
        var html = HTML()
        for severity in [Notice.Severity.error, .warning, .note] {
            let some = all.filter { $0.severity == severity }
            var codes: [String] = []
            for notice in some where !codes.contains(notice.code) { codes.append(notice.code) }
            html += codes.map { code in notices(of: some.filter { $0.code == code }) }.joined()
        }
        return html
    }

    private func notices(of group: [Notice]) -> HTML {
        let items = group.map { notice in
            let place = notice.location.map { HTML.element("code", [], $0.description) + HTML.text(" ") } ?? HTML()
            let text = [notice.message, notice.remedy ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
            return HTML.element(
                "li", [],
                HTML.element("span", [("class", "severity")], notice.severity.rawValue.capitalized) + HTML.text(" ")
                    + place + HTML.text(text))
        }
        let list = HTML.element("ul", [("class", "notices")], items.joined())
        guard group.count > 3, let first = group.first else { return list }
        let title = "\(PrettyNumber.plural(group.count, first.severity.rawValue)) of the kind "
        return HTML.element(
            "details", [],
            HTML.element("summary", [], HTML.text(title) + HTML.element("code", [], first.code)) + list)
    }

    // MARK: - Methods and references

    private var methods: HTML {
        let main = MethodsParagraph(models: run.models, facts: facts, places: run.places).text
        let software =
            run.models.isEmpty
            ? "The analyses were carried out with the software Cuneus \(CuneusVersion.text); all settings and the checksums of "
                + "the input files are in run.json." : ""
        let text = [main, others?.text ?? "", software].filter { !$0.isEmpty }.joined(separator: "\n\n")
        let paragraphs = text.components(separatedBy: "\n\n").map { HTML.element("p", [], $0) }
        return HTML.element(
            "p", [("class", "soft")],
            "Written from the settings of this run; a click selects it all. Add how studies were searched and selected."
        )
            + HTML.element("div", [("class", "methods")], paragraphs.joined())
    }

    private var references: HTML {
        let main = run.models.isEmpty ? [] : facts.references
        let items = (main + (others?.references ?? []).filter { !main.contains($0) }).map { reference in
            let link = reference.doi.map { doi in
                HTML.text(" ") + HTML.link("https://doi.org/\(doi)", "doi:\(doi)")
            }
            return HTML.element("li", [], HTML.text(reference.citation) + (link ?? HTML()))
        }
        return HTML.element("ol", [], items.joined())
    }
}
