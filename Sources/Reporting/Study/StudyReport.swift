import Evidence
import Figures
import Formats
import Foundation
public import Imaging
import Inference
import PrimaryStudy

/// `report.html` of a primary study: what was found, how sure, who shows it, and what it would have taken to find more.
///
/// Nothing is loaded from elsewhere, as in ``Report``.
public struct StudyReport: Sendable {
    let result: StudyResult
    let record: StudyRecord
    /// Behind the slices; nil draws the mask.
    let template: Volume?
    private let words: StudyWords

    public init(_ result: StudyResult, record: StudyRecord, template: Volume?) {
        self.result = result
        self.record = record
        self.template = template
        words = StudyWords(result)
    }

    private var design: ParticipantDesign { result.participants }

    /// Beyond this many the page would be long; the tables have all.
    private static let mostCards = 8
    private static let fewOthers = 3

    private var sections: [ReportPage.Section] {
        var sections = [ReportPage.Section(ReportPage.answer, "Answer", firstScreen, inBar: "Answer")]
        if !result.findings.isEmpty {
            sections.append(
                .init("findings", "What was found, and who shows it", findings, inBar: "Findings"))
        }
        sections.append(
            .init(
                "others",
                result.findings.isEmpty ? "Where it came nearest" : "What does not survive the correction",
                others, inBar: result.findings.isEmpty ? "Nearest" : nil))
        if result.limits != nil {
            sections.append(
                .init(
                    "limits",
                    "What \(PrettyNumber.plural(design.people, "person", "people")) can and cannot show", limits,
                    inBar: "Limits"))
        }
        sections += [
            .init("people", "Who took part", people, inBar: "People"),
            .init("test", "How it was tested", test, inBar: "Test"),
            .init("notices", "Notices", notices, inBar: "Notices"),
            .init("methods", "Methods for a paper", methods, inBar: "Methods"),
            .init("run", "This run", run, inBar: "Run"),
        ]
        return sections
    }

    /// The whole page, UTF-8.
    public var html: String {
        let kind = "Primary study · \(words.people) · \(result.area.words) · Cuneus \(record.version)"
        return ReportPage(
            name: result.name, genre: "study report", kind: kind, question: design.title, sections: sections,
            companions: "Maps, tables", version: record.version
        ).html
    }

    // MARK: - First screen

    private var firstScreen: HTML {
        let left =
            HTML.element("p", [("class", "answer")], words.answer)
            + HTML.element(
                "p", [("class", "doubt")], HTML.element("b", [], "What to doubt. ") + HTML.text(words.doubt))
        return HTML.element(
            "div", [("class", "top")], HTML.element("div", [], left) + HTML.element("div", [], picture))
            + (result.findings.isEmpty
                ? HTML() : clusterTable(result.findings, caption: "Corrected for \(result.area.words)", links: true))
            + caution
    }

    private var caution: HTML {
        var lines: [HTML] = []
        if let area = result.area.caution { lines.append(HTML.element("strong", [], area)) }
        if let cause = design.causeWords { lines.append(.text(cause)) }
        lines.append(
            .text(
                "Sizes that are read from a finding's own voxels are too large by selection; the cross-validated value stands beside each."
            ))
        return HTML.element(
            "div", [("class", "caution"), ("role", "note")], lines.map { HTML.element("p", [], $0) }.joined())
    }

    private var picture: HTML {
        guard !result.isRegional else { return HTML() }
        let map = result.fit.statistic.map { $0.isNaN ? 0 : $0 }
        let clusters = result.findings.map(\.cluster)
        let name = words.statisticName
        var figure: BrainFigure
        let caption: String
        if clusters.isEmpty {
            let glass = GlassBrain(z: map, mask: result.mask, background: template)
            figure = BrainFigure(
                glass, identifier: "brain",
                description:
                    "The whole map of \(name), seen through the brain from the side, from behind and from above.")
            caption = "The whole map of \(name), without a threshold: nothing in it survives the correction."
        } else {
            let lowest = clusters.flatMap(\.voxels).map { abs(map[Int($0)]) }.min() ?? 0
            let peak = clusters[0].peak.coordinate
            let mosaic = SliceMosaic(
                z: map, mask: result.mask, clusters: clusters, threshold: Double(lowest), background: template,
                rows: [
                    .init(.sagittal, [peak.x]), .init(.coronal, [peak.y]), .init(.axial, [peak.z]),
                ], sideBySide: true)
            figure = BrainFigure(
                mosaic, identifier: "brain",
                description: "Three slices through the strongest finding, what survives the correction in colour.")
            figure.threshold = Double(lowest)
            caption = "What survives the correction, through the strongest peak."
        }
        figure.positiveLabel =
            "\(name), \(design.sides?.positive ?? (design.predictors.isEmpty ? "any difference" : "any association"))"
        figure.negativeLabel = "\(name), \(design.sides?.negative ?? "")"
        return HTML.element(
            "figure", [], figure.svg + HTML.element("figcaption", [], "\(caption) \(ReportModel.convention)"))
    }

    // MARK: - Findings

    private func cardName(_ finding: StudyFinding) -> String {
        let peak = finding.cluster.peak.position
        return "place-\(finding.cluster.sign < 0 ? "n" : "p")\(peak)"
    }

    private func clusterTable(_ findings: [StudyFinding], caption: String, links: Bool) -> HTML {
        let symbol = StudyWords.symbol(findings.compactMap(\.effect).first)
        var columns: [HTMLTable.Column] = [
            .init("Place", wide: true), .init("Direction", wide: true), .init("Peak (mm)", unbroken: true),
            .init(words.statisticName, number: true), .init("mm³", number: true), .init("Corrected p", number: true),
            .init("\(symbol) here (95 %)", number: true), .init("\(symbol), cross-validated", number: true),
        ]
        if result.isRegional { columns = columns.filter { !["Peak (mm)", "mm³"].contains($0.title) } }
        if result.countsPeople { columns.append(.init("People that way", number: true)) }
        columns.append(.init("Kept without one", number: true))
        let rows = findings.map { finding -> [HTML] in
            let peak = finding.cluster.peak.coordinate
            let place = (0..<3).map { PrettyNumber.hundredths(peak[$0]) }.joined(separator: ", ")
            var cells: [HTML] = [
                links ? HTML.link("#\(cardName(finding))", finding.name) : .text(finding.name),
                .text(words.side(finding)),
            ]
            if !result.isRegional { cells.append(.text(place)) }
            cells.append(.text(PrettyNumber.fixed(finding.peak, 2)))
            if !result.isRegional { cells.append(.text(PrettyNumber.count(Int(finding.volume.rounded())))) }
            cells += [
                .text(words.corrected(finding.correctedP)), .text(StudyWords.effect(finding.effect)),
                .text(StudyWords.effect(finding.validated)),
            ]
            if result.countsPeople { cells.append(.text("\(finding.share.with) of \(finding.share.of)")) }
            let kept = finding.without.count(where: \.isKept)
            cells.append(.text(finding.without.isEmpty ? "–" : "\(kept) of \(finding.without.count)"))
            return cells
        }
        return HTMLTable(caption: caption, columns: columns, rows: rows).html
    }

    private var findings: HTML {
        let shown = result.findings.prefix(Self.mostCards)
        var html = shown.map { StudyFindingCard(result, $0, identifier: cardName($0)).html }.joined()
        if result.findings.count > shown.count {
            html += HTML.element(
                "p", [("class", "soft")],
                "\(result.findings.count - shown.count) more are in clusters.tsv and participants_values.tsv.")
        }
        return html
    }

    private var others: HTML {
        let others = result.others
        guard !others.isEmpty else {
            return HTML.element(
                "p", [],
                "No further cluster at one-sided p < \(NumberText.shortest(result.choices.clusterP)).")
        }
        let text =
            "Not corrected: among \(PrettyNumber.count(result.area.voxels)) \(result.isRegional ? "regions" : "voxels") some look like this by chance. "
            + "They are shown so that a later study or a meta-analysis can look here; they are no findings."
        let table = clusterTable(
            Array(others.prefix(20)), caption: "Uncorrected places (with their corrected p)", links: false)
        let cards =
            result.findings.isEmpty
            ? others.prefix(Self.fewOthers).map { StudyFindingCard(result, $0, identifier: cardName($0)).html }.joined()
            : HTML()
        let shown =
            result.findings.isEmpty ? table : ReportPage.folded(PrettyNumber.plural(others.count, "place"), table)
        return HTML.element("p", [("class", "soft")], text) + shown + cards
    }

    // MARK: - Limits

    private var limits: HTML {
        guard let limits = result.limits else { return HTML() }
        let symbol = result.isCorrelation ? "|r|" : design.kind == .paired ? "|d_z|" : "|d|"
        var columns: [HTMLTable.Column] = [
            .init("To be found", wide: true), .init("|t| needed", number: true),
            .init("Smallest \(symbol) that can be found", number: true),
            .init("True \(symbol) found in 4 of 5 studies", number: true),
        ]
        let effects = limits.rows.first { !$0.cases.isEmpty }?.cases.map(\.effect) ?? []
        columns += effects.map {
            .init("True \(PrettyNumber.fixed($0, 1)): found · times too large · wrong sign · n needed", number: true)
        }
        let rows = limits.rows.map { row -> [HTML] in
            var cells: [HTML] = [
                .text(row.name), .text(row.critical.map { PrettyNumber.fixed($0, 2) } ?? "not to be had"),
                .text(row.smallest.map { PrettyNumber.fixed($0, 2) } ?? "–"),
                .text(row.detectable.map { PrettyNumber.fixed($0, 2) } ?? "–"),
            ]
            for one in row.cases {
                let needed = one.needed.map(PrettyNumber.count) ?? "> 5,000"
                let sign = one.wrongSign < 0.001 ? "< 0.1 %" : "\(PrettyNumber.fixed(100 * one.wrongSign, 1)) %"
                cells.append(
                    .text(
                        "\(Self.percent(one.power)) · \(PrettyNumber.fixed(one.exaggeration, 1)) × · \(sign) · \(needed)"
                    ))
            }
            while cells.count < columns.count { cells.append(.text("–")) }
            return cells
        }
        let table = HTMLTable(
            caption: "By the noncentral t distribution, \(limits.degreesOfFreedom) degrees of freedom",
            columns: columns,
            rows: rows, isSortable: false)
        return HTML.element("p", [], limitWords) + table.html
            + HTML.element(
                "p", [("class", "soft")],
                "n needed: people in all who would find it in four of five studies at the same pointwise threshold. Published effects are the "
                    + "large ones of many; what is plausible comes from meta-analyses, not from this study.")
    }

    /// What is there is never told as nothing.
    private static func percent(_ share: Double) -> String {
        share < 0.01 ? "< 1 %" : share > 0.99 ? "> 99 %" : "\(PrettyNumber.fixed(100 * share, 0)) %"
    }

    private var limitWords: String {
        guard let row = result.limits?.rows.last, let smallest = row.smallest, let detectable = row.detectable else {
            return "At this size no value, however large, can survive the correction."
        }
        let symbol = result.isCorrelation ? "r" : design.kind == .paired ? "d_z" : "d"
        let how = PrettyNumber.plural(design.people, "person", "people")
        let unit = result.isRegional ? "region" : "voxel"
        let beforehand = result.limits?.isCorrected == true ? "" : " that was named beforehand"
        let text =
            "Whatever \(how) show at one \(unit)\(beforehand) here is at least \(symbol) = \(PrettyNumber.fixed(smallest, 2)), because smaller values do not pass; "
            + "a true effect has to be \(symbol) = \(PrettyNumber.fixed(detectable, 2)) to pass in four of five studies. Effects that are smaller are not "
            + "absent: this study cannot see them one \(unit) at a time.\(result.isRegional ? "" : " Effects that spread over many voxels are seen earlier by clusters and TFCE.")"
        guard result.isCorrelation else { return text }
        let interval = StudyEffectInterval.text(r: 0.8, people: design.people)
        return "\(text) With \(how) an observed r = 0.80 means anything from \(interval)."
    }

    // MARK: - People, test, notices

    private var people: HTML {
        let groups = design.question.groups != nil
        var columns: [HTMLTable.Column] = [.init("Person")]
        if groups { columns.append(.init("Group")) }
        columns += design.predictors.map { .init($0.name, number: true) }
        let shown = Array(result.findings.isEmpty ? result.others.prefix(3) : result.findings.prefix(4))
        columns += shown.map { .init($0.name, number: true) }
        let units = design.kind == .repeated ? [] : Array(design.units.enumerated())
        let rows = units.map { n, unit -> [HTML] in
            var cells: [HTML] = [.text(unit.subject)]
            if groups { cells.append(.text(unit.group ?? "–")) }
            cells += design.predictors.map { .text(PrettyNumber.plain($0.values[n])) }
            cells += shown.map { .text(PrettyNumber.fixed($0.values[n], 2)) }
            return cells
        }
        var html = HTML.element(
            "p", [],
            "\(words.people). \(design.leftOut.isEmpty ? "Nobody was left out." : "Left out: \(design.leftOut.map { "\($0.subject) (\($0.reason))" }.joined(separator: "; "))")"
        )
        if !rows.isEmpty {
            let table = HTMLTable(
                caption: design.sessions.count > 1
                    ? "Each person's change at the places above" : "Each person's value at the places above",
                columns: columns, rows: rows)
            html += ReportPage.folded("Person by person", table.html)
        }
        if !result.images.isEmpty { html += ReportPage.folded("The images", images) }
        return html
    }

    private var images: HTML {
        HTMLTable(
            caption: "Images as they were read",
            columns: [
                .init("Person"), .init("Session"), .init("File", wide: true), .init("Grid"),
                .init("Resampled"), .init("Brain covered", number: true), .init("Spread", number: true),
            ],
            rows: result.images.map { fact in
                let row = design.rows[fact.row]
                return [
                    .text(row.subject), .text(row.session ?? "–"), HTML.element("code", [], fact.path),
                    .text("\(fact.shape.x) × \(fact.shape.y) × \(fact.shape.z), \(MapFacts.words(fact.voxelSize))"),
                    .text(fact.isResampled ? "yes" : "no"),
                    .text("\(Int((100 * fact.coverage).rounded(.down))) %"),
                    .text(NumberText.significant(fact.spread, 3)),
                ]
            }
        ).html
    }

    private var test: HTML {
        let columns = design.columns.filter { !(design.kind == .repeated && $0.name.hasPrefix("subject ")) }
        let list = columns.map { "\($0.name)\($0.isTested ? " (tested)" : "")" }.joined(separator: ", ")
        let own = design.kind == .repeated ? ", and one for each person" : ""
        return HTML.element("p", [], words.test)
            + HTML.element("p", [], "Columns of the design: \(list)\(own). Asked: ")
            + HTML.element(
                "p", [], HTML.element("code", [], design.question.words.isEmpty ? "the mean" : design.question.words))
            + StudyAddenda(result).html
    }

    private var notices: HTML {
        guard !result.notices.isEmpty else {
            return HTML.element("p", [], "Reading and checking the input gave no notices.")
        }
        let notices = NoticeReport(result.notices).notices
        return ReportPage.folded(PrettyNumber.plural(notices.count, "notice"), NoticeItems(notices).html)
    }

    private var methods: HTML {
        return HTML.element("div", [("class", "methods")], HTML.element("p", [], words.methods))
            + ReportPage.folded("References to cite", ReferenceList(words.references).html)
    }

    private var run: HTML {
        let machine = record.machine
        let rows: [(String, HTML)] = [
            ("Version", .text("Cuneus \(record.version), built with Swift \(machine.swift)")),
            ("Seed", .text(String(result.choices.seed))),
            ("Command", HTML.element("code", [], machine.commandLine.joined(separator: " "))),
            ("Started", .text(machine.started)), ("Threads", .text(String(machine.threads))),
            ("Time", .text("\(PrettyNumber.fixed(machine.totalSeconds, 1)) s")),
            ("Peak memory", .text("\(PrettyNumber.count(machine.peakMemoryBytes / 1_048_576)) MiB")),
        ]
        let items = rows.map { HTML.element("dt", [], $0.0) + HTML.element("dd", [], $0.1) }
        return ReportPage.folded("Version, command, time", HTML.element("dl", [], items.joined()))
    }
}
