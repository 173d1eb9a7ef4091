import Comparison
import Evidence
import Figures
import Foundation
import Imaging
public import Inference
import SeedBasedMapping
import Synthesis

/// `report.html`: one page with what was asked, what went in, what came out, and how to cite it.
///
/// Its skeleton is ``ReportPage``, as of every report.
public struct Report: Sendable {
    let run: RunResults
    let record: RunRecord
    private let words: PaperWords
    private let models: [RunModel]

    public init(_ run: RunResults, record: RunRecord) {
        self.run = run
        self.record = record
        words = PaperWords(run)
        models = run.all
    }

    /// A stretch of the page, which can be made by itself.
    private typealias Part = @Sendable () -> [ReportPage.Section]

    /// In the order of the page: the answer, results, then what stands behind them.
    private var parts: [Part] {
        let scale = ReportScale(run)
        let first = FirstScreen(run, scale: scale)
        let shownWhole = first.modelShownWhole
        var parts: [Part] = [{ [.init(ReportPage.answer, "Answer", first.html, inBar: "Answer")] }]
        for (n, model) in models.enumerated() {
            parts.append {
                results(model, number: n + 1, scale: scale, isShownWhole: shownWhole == model.plan.name)
            }
        }
        parts.append {
            guard let joint = ConjunctionSection(run) else { return [] }
            let name = ConjunctionSection.title
            return [.init(ConjunctionSection.identifier, name, joint.html, inBar: "In common")]
        }
        parts.append {
            guard let regions = RegionSection(run) else { return [] }
            let html = ReportPage.folded("Figure, groups and tables of all models", regions.html)
            return [.init(RegionSection.identifier, RegionSection.title, html, inBar: "Regions")]
        }
        for (n, finding) in run.outcomes.enumerated() {
            parts.append {
                let section = OutcomeSection(finding, identifier: OutcomeSection.identifier(n))
                let title = "Outcome: \(finding.name)"
                return [.init(section.identifier, title, section.inReport, inBar: n == 0 ? "Outcomes" : nil)]
            }
        }
        parts.append { TogetherWords.sections(run.together) }
        parts.append {
            guard let claims = run.claims else { return [] }
            let html = ClaimsSection(review: claims).html
            return [.init(ClaimsSection.identifier, ClaimsSection.title, html, inBar: "Claims")]
        }
        parts.append { background }
        return parts
    }

    /// What stands behind the results.
    private var background: [ReportPage.Section] {
        [
            .init("studies", "What went in", ReportStudies(run).html, inBar: "Studies"),
            .init("asked", "What was asked", ReportPage.folded("Models, filters and settings", asked)),
            .init("notices", "Notices", notices, inBar: "Notices"),
            .init("methods", "Methods for a paper", ReportPage.folded("The text", methods), inBar: "Methods"),
            .init("references", "References to cite", ReportPage.folded("The list", references)),
            .init(
                "run", "This run",
                ReportPage.folded("Versions, hashes, times and settings", ReportRunFacts(record).html),
                inBar: "Run"),
        ]
    }

    private func sections(_ workers: Workers) -> [ReportPage.Section] {
        let parts = self.parts
        var sections = workers.results(parts.count) { parts[$0]() }
        // The viewer shares out its maps among the threads itself.
        if let viewer = ViewerSection(run, workers: workers) {
            let section = ReportPage.Section(
                ViewerSection.identifier, ViewerSection.title, viewer.html, inBar: "The brain")
            sections.insert([section], at: 1)
        }
        return sections.flatMap { $0 }
    }

    /// The whole page, UTF-8.
    public var html: String { html(Workers(threads: 1)) }

    /// The whole page, UTF-8, made on several threads: the same for any number.
    public func html(_ workers: Workers) -> String {
        let title = run.project.name
        return ReportPage(
            name: title, genre: "meta-analysis report", kind: kind,
            question: run.project.question.isEmpty ? title : run.project.question, sections: sections(workers),
            companions: "Maps, tables", version: record.version
        ).html
    }

    /// What kind of page it is, in a line above the question.
    private var kind: String {
        let experiments = Dictionary(
            models.flatMap(\.experiments).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let people = People(Array(experiments.values)).words
        return
            "Meta-analysis · \(PrettyNumber.plural(experiments.count, "experiment")), \(people) · Cuneus \(record.version)"
    }

    private func results(_ model: RunModel, number: Int, scale: ReportScale, isShownWhole: Bool) -> [ReportPage.Section]
    {
        var sections: [ReportPage.Section] = []
        // One link in the bar for all models: the first screen links to each.
        let inBar = number == 1 ? "Results" : nil
        if let main = ReportModel(run, model, number: number, scale: scale, isShownWhole: isShownWhole) {
            sections.append(.init("model-\(number)", "Results: \(model.plan.name)", main.html, inBar: inBar))
        }
        if let methods = MethodsSection(run, model, number: number, scale: scale) {
            let html = model.findings == nil ? methods.html : methods.folded
            sections.append(
                .init(methods.identifier, methods.title, html, inBar: model.findings == nil ? inBar : nil))
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
        return ReportPage.folded(counts.joined(separator: ", "), html)
    }

    private func notices(of group: [Notice]) -> HTML {
        let list = NoticeItems(group).html
        guard group.count > 3, let first = group.first else { return list }
        let title = "\(PrettyNumber.plural(group.count, first.severity.rawValue)) of the kind "
        return HTML.element(
            "details", [],
            HTML.element("summary", [], HTML.text(title) + HTML.element("code", [], first.code)) + list)
    }

    // MARK: - Methods and references

    /// As `cuneus report` writes them: what a methods section has, and the rest, in a fold within, for the supplement.
    private var methods: HTML {
        let supplement =
            words.supplement.isEmpty ? HTML() : ReportPage.folded("Supplement", Self.methodsText(words.supplement))
        return HTML.element(
            "p", [("class", "soft")],
            "Written from the settings of this run; a click selects a text. Add how studies were searched and selected."
        )
            + Self.methodsText(words.methods) + supplement
    }

    /// Paragraphs that a click selects.
    static func methodsText(_ text: String) -> HTML {
        let paragraphs = text.components(separatedBy: "\n\n").map { HTML.element("p", [], $0) }
        return HTML.element("div", [("class", "methods")], paragraphs.joined())
    }

    private var references: HTML { ReferenceList(words.references).html }
}
