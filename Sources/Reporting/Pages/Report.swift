import Comparison
import Evidence
import Figures
import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Synthesis

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

    /// A part of the page.
    struct Section {
        var id: String
        var title: String
        var content: HTML
        /// What it is called in the bar at the top; nil leaves it out.
        var inBar: String?

        init(_ id: String, _ title: String, _ content: HTML, inBar: String? = nil) {
            self.id = id
            self.title = title
            self.content = content
            self.inBar = inBar
        }
    }

    /// In the order of the page: the answer, results, then what stands behind them.
    private var sections: [Section] {
        let scale = ReportScale(run)
        let first = FirstScreen(run, scale: scale)
        var sections = [Section(FirstScreen.identifier, "Answer", first.html, inBar: "Answer")]
        if let viewer = ViewerSection(run) {
            sections.append(Section(ViewerSection.identifier, ViewerSection.title, viewer.html, inBar: "The brain"))
        }
        for (n, model) in models.enumerated() {
            let isShownWhole = first.modelShownWhole == model.plan.name
            sections += results(model, number: n + 1, scale: scale, isShownWhole: isShownWhole)
        }
        if let joint = ConjunctionSection(run) {
            let name = ConjunctionSection.title
            sections.append(Section(ConjunctionSection.identifier, name, joint.html, inBar: "In common"))
        }
        if let regions = RegionSection(run) {
            let html = Self.folded("Figure, groups and tables of all models", regions.html)
            sections.append(Section(RegionSection.identifier, RegionSection.title, html, inBar: "Regions"))
        }
        for (n, finding) in run.outcomes.enumerated() {
            let section = OutcomeSection(finding, identifier: OutcomeSection.identifier(n))
            sections.append(
                Section(
                    section.identifier, "Outcome: \(finding.name)", section.inReport, inBar: n == 0 ? "Outcomes" : nil))
        }
        if let claims = run.claims {
            let html = ClaimsSection(review: claims).html
            sections.append(Section(ClaimsSection.identifier, ClaimsSection.title, html, inBar: "Claims"))
        }
        sections += [
            Section("studies", "What went in", ReportStudies(run).html, inBar: "Studies"),
            Section("asked", "What was asked", Self.folded("Models, filters and settings", asked)),
            Section("notices", "Notices", notices, inBar: "Notices"),
            Section("methods", "Methods for a paper", Self.folded("The text", methods), inBar: "Methods"),
            Section("references", "References to cite", Self.folded("The list", references)),
            Section(
                "run", "This run", Self.folded("Versions, hashes, times and settings", ReportRunFacts(record).html),
                inBar: "Run"),
        ]
        return sections
    }

    static func folded(_ title: String, _ content: HTML) -> HTML {
        HTML.element("details", [], HTML.element("summary", [], title) + content)
    }

    /// The whole page, UTF-8.
    public var html: String {
        let sections = sections
        let title = run.project.name
        let body = sections.map { section in
            // The first has the page's own heading above it.
            let heading =
                section.id == FirstScreen.identifier
                ? HTML() : HTML.element("h2", [("id", "\(section.id)-title")], section.title)
            let label: (String, String?) =
                section.id == FirstScreen.identifier
                ? ("aria-label", section.title) : ("aria-labelledby", "\(section.id)-title")
            return HTML.element("section", [("id", section.id), label], heading + section.content)
        }
        let bar = sections.compactMap { section in section.inBar.map { HTML.link("#\(section.id)", $0) } }.joined("\n")
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
            <nav class="bar" aria-label="Contents"><b>\(HTML.escape(title))</b>
            \(bar.source)
            </nav>
            <header>
            <p class="kind">\(HTML.escape(kind))</p>
            <h1>\(HTML.escape(run.project.question.isEmpty ? title : run.project.question))</h1>
            </header>
            <main>
            \(body.joined().source)
            </main>
            <footer><p>Made by Cuneus \(HTML.escape(record.version)). Maps, tables and the record of this run \
            (run.json) are in the folder of this page.</p></footer>
            <script>
            \(ReportScript.source)
            </script>
            </body>
            </html>

            """
    }

    /// What kind of page it is, in a line above the question.
    private var kind: String {
        let experiments = Dictionary(
            models.flatMap(\.experiments).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let people = People(Array(experiments.values)).words
        return
            "Meta-analysis · \(PrettyNumber.plural(experiments.count, "experiment")), \(people) · Cuneus \(record.version)"
    }

    private func results(_ model: RunModel, number: Int, scale: ReportScale, isShownWhole: Bool) -> [Section] {
        var sections: [Section] = []
        // One link in the bar for all models: the first screen links to each.
        let inBar = number == 1 ? "Results" : nil
        if let main = ReportModel(run, model, number: number, scale: scale, isShownWhole: isShownWhole) {
            sections.append(Section("model-\(number)", "Results: \(model.plan.name)", main.html, inBar: inBar))
        }
        if let methods = MethodsSection(run, model, number: number, scale: scale) {
            let html = model.findings == nil ? methods.html : methods.folded
            sections.append(
                Section(methods.identifier, methods.title, html, inBar: model.findings == nil ? inBar : nil))
        }
        return sections
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
        var counts: [String] = []
        for severity in [Notice.Severity.error, .warning, .note] {
            let some = all.filter { $0.severity == severity }
            if !some.isEmpty { counts.append(PrettyNumber.plural(some.count, severity.rawValue)) }
            var codes: [String] = []
            for notice in some where !codes.contains(notice.code) { codes.append(notice.code) }
            html += codes.map { code in notices(of: some.filter { $0.code == code }) }.joined()
        }
        return Self.folded(counts.joined(separator: ", "), html)
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

    /// As `cuneus report` writes them: what a methods section has, and the rest, in a fold within, for the supplement.
    private var methods: HTML {
        let words = PaperWords(run)
        let supplement =
            words.supplement.isEmpty ? HTML() : Self.folded("Supplement", Self.methodsText(words.supplement))
        let outcomes = OutcomeMethods(run.outcomes).text
        return HTML.element(
            "p", [("class", "soft")],
            "Written from the settings of this run; a click selects a text. Add how studies were searched and selected."
        )
            + Self.methodsText(words.methods) + (outcomes.isEmpty ? HTML() : Self.methodsText(outcomes)) + supplement
    }

    private static func methodsText(_ text: String) -> HTML {
        let paragraphs = text.components(separatedBy: "\n\n").map { HTML.element("p", [], $0) }
        return HTML.element("div", [("class", "methods")], paragraphs.joined())
    }

    private var references: HTML {
        let main = run.models.isEmpty ? [] : facts.references
        var all = main
        for reference in (others?.references ?? []) + OutcomeMethods(run.outcomes).references
        where !all.contains(reference) {
            all.append(reference)
        }
        let items = all.map { reference in
            let link = reference.doi.map { doi in
                HTML.text(" ") + HTML.link("https://doi.org/\(doi)", "doi:\(doi)")
            }
            return HTML.element("li", [], HTML.text(reference.citation) + (link ?? HTML()))
        }
        return HTML.element("ol", [], items.joined())
    }
}
