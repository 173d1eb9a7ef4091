import Appraisal
import Comparison
import Evidence
import Figures
import Imaging
import Inference
import SeedBasedMapping

/// A model's methods side by side: what each finds, where they agree, and what only one of them says.
struct MethodsSection {
    private let run: RunResults
    private let comparison: ModelComparison
    private let folder: String
    private let number: Int
    private let scale: ReportScale
    /// What the view of the model's own section is called; nil where there is none.
    private let ownName: String?

    /// nil for a model without other methods.
    init?(_ run: RunResults, _ model: RunModel, number: Int, scale: ReportScale) {
        guard let comparison = model.comparison else { return nil }
        self.scale = scale
        ownName = model.findings.flatMap { $0.result.settings.mainMethod?.title }
        self.run = run
        self.comparison = comparison
        folder = model.folder
        self.number = number
    }

    var identifier: String { "methods-\(number)" }
    var title: String { "\(isAlone ? "Results" : "Methods side by side"): \(comparison.plan.name)" }

    /// Nothing to lay it beside.
    private var isAlone: Bool { comparison.views.count < 2 }

    static let caveat =
        "These methods ask different questions of the same publications. Coordinate methods ask whether foci lie closer "
        + "together than chance would have it; SDM-PSI and image-based methods ask whether the average effect differs from "
        + "zero. Agreement is therefore not a replication, and a finding of one method alone is not an error by itself."

    /// The sentence, and the rest folded: a section beside that of the model's own method.
    var folded: HTML {
        HTML.element("p", [], MethodsWords(comparison, places: run.places).text)
            + ReportPage.folded("Tables and maps of every method", content)
    }

    var html: HTML {
        HTML.element("p", [], MethodsWords(comparison, places: run.places).text) + content
    }

    private var content: HTML {
        var html = HTML()
        if isAlone, !comparison.plan.question.isEmpty {
            html += HTML.element("p", [("class", "question")], comparison.plan.question)
        }
        if !isAlone { html += HTML.element("p", [("class", "soft")], Self.caveat) }
        html += views + maps
        if let agreement = comparison.agreement { html += agreementHTML(agreement) }
        html += clusters + notes + files
        return html
    }

    // MARK: - The methods

    private var views: HTML {
        HTMLTable(
            caption: "What each method finds",
            columns: [
                .init("Method", unbroken: true), .init("Criterion"), .init("Experiments", number: true),
                .init("Clusters", number: true), .init("Volume (mm³)", number: true),
                .init("Largest |z|", number: true),
            ],
            rows: comparison.views.map { view in
                let largest = view.z.lazy.filter { !$0.isNaN }.map { abs($0) }.max() ?? 0
                let volume = Double(view.significantVoxels) * view.voxelVolume
                return [
                    view.name, view.criterion, PrettyNumber.count(view.units), PrettyNumber.count(view.findings.count),
                    PrettyNumber.count(Int(volume.rounded())), PrettyNumber.fixed(Double(largest), 2),
                ].map(HTML.text)
            }
        ).html
    }

    private var maps: HTML {
        // The model's own map is in its section, and is not put into the page a second time.
        let views = comparison.views.filter { $0.name != ownName }
        let figures = views.enumerated().map { order, view -> HTML in
            let mask = Mask(grid: view.grid) { !view.z[$0].isNaN }
            let glass = GlassBrain(
                z: mask.voxels.map { view.z[Int($0)] }, mask: mask, background: run.template, limit: scale.convergence)
            var figure = BrainFigure(
                glass, identifier: "method-\(number)-\(order + 1)",
                description: "The whole z map of \(view.name), seen through the brain from the side, from behind and "
                    + "from above.")
            if !view.isSigned { figure.positiveLabel = "z of convergence, without direction" }
            return HTML.element("figure", [], figure.svg + HTML.element("figcaption", [], view.name))
        }
        let title = HTML.element("h3", [], "The whole map\(isAlone ? "" : "s"), without a threshold")
        let own = ownName.map { name in
            HTML.element(
                "p", [], HTML.text("\(name): in ") + HTML.link("#model-\(number)", "its own section") + HTML.text("."))
        }
        return title + (own ?? HTML())
            + (isAlone ? figures.joined() : HTML.element("div", [("class", "figures-pair")], figures.joined()))
    }

    // MARK: - Agreement

    private func agreementHTML(_ agreement: MethodAgreement) -> HTML {
        HTML.element("h3", [], "Where the methods agree") + agreementMap(agreement) + pairs(agreement)
            + exclusives(agreement)
    }

    private func agreementMap(_ agreement: MethodAgreement) -> HTML {
        let mask = Mask(grid: agreement.grid) { voxel in comparison.views.contains { !$0.z[voxel].isNaN } }
        let count = mask.voxels.map { agreement.count[Int($0)] }
        let clusters = ClusterFinder(mask: mask, connectivity: .faces).clusters(in: count, above: 0, sign: 1)
        guard !clusters.isEmpty else {
            return HTML.element("p", [], "No voxel survives in any of the methods.")
        }
        let mosaic = SliceMosaic(
            z: count, mask: mask, clusters: clusters.sorted { $0.voxels.count > $1.voxels.count }, threshold: 0,
            background: run.template)
        var figure = BrainFigure(
            mosaic, identifier: "agreement-\(number)",
            description: "Axial, sagittal and coronal slices of the brain, coloured by the number of methods in whose "
                + "results a voxel survives.")
        figure.positiveLabel = "methods"
        return HTML.element(
            "figure", [],
            figure.svg
                + HTML.element(
                    "figcaption", [],
                    "Number of methods, of \(agreement.methods), in whose results a voxel survives. "
                        + ReportModel.convention))
    }

    private func pairs(_ agreement: MethodAgreement) -> HTML {
        HTMLTable(
            caption:
                "Every two methods: r of their z over the voxels in both masks (of |z| where one has no direction), and "
                + "surviving voxels in both",
            columns: [
                .init("Methods"), .init("r of z", number: true), .init("Dice", number: true),
                .init("In both", number: true), .init("Only first", number: true), .init("Only second", number: true),
                .init("Opposite", number: true),
            ],
            rows: agreement.pairs.map { pair in
                [
                    "\(pair.first) and \(pair.second)", pair.correlation.map { PrettyNumber.fixed($0, 2) } ?? "–",
                    pair.dice.map { PrettyNumber.fixed($0, 2) } ?? "–", PrettyNumber.count(pair.both),
                    PrettyNumber.count(pair.onlyFirst), PrettyNumber.count(pair.onlySecond),
                    PrettyNumber.count(pair.opposite),
                ].map(HTML.text)
            }
        ).html
    }

    /// Of each method this many; the table beside the page has them all.
    private static let most = 6

    private func exclusives(_ agreement: MethodAgreement) -> HTML {
        guard comparison.views.contains(where: { !$0.findings.isEmpty }) else { return HTML() }
        guard !agreement.exclusives.isEmpty else {
            return HTML.element("p", [], "Every cluster of every method is confirmed, in a voxel at least, by another.")
        }
        let shown = comparison.views.flatMap { view in
            agreement.exclusives.filter { $0.method == view.name }.prefix(Self.most)
        }
        let table = HTMLTable(
            caption: "What only one method says, and why that may be",
            columns: [
                .init("Method", unbroken: true), .init("Direction"), .init("mm³", number: true),
                .init("Peak (MNI mm)", number: true), .init("z", number: true), .init("Place of the peak"),
                .init("What the others have there"),
            ],
            rows: shown.map { one in
                let sign = one.finding.sign
                let name = run.places.line(one.finding.peak)
                return [
                    one.method, sign > 0 ? "above zero" : sign < 0 ? "below zero" : "any",
                    PrettyNumber.count(Int(one.volume.rounded())), ReportSummary.place(one.finding.peak),
                    PrettyNumber.fixed(one.finding.z, 2), name.isEmpty ? "–" : name,
                    ExclusiveWords(one, in: comparison).text,
                ].map(HTML.text)
            })
        let left = agreement.exclusives.count - shown.count
        let more = HTML.element(
            "p", [("class", "soft")], left > 0 ? "\(left) more are in only_one_method.tsv." : "")
        return table.html + (left > 0 ? more : HTML())
    }

    // MARK: - Details

    /// Rows of a method's table of clusters; the file beside the page has them all.
    private static let mostClusters = 25

    private var clusters: HTML {
        comparison.results.map { result -> HTML in
            guard !result.findings.isEmpty else {
                return HTML.element(
                    "p", [], HTML.element("strong", [], "\(result.title): ") + HTML.text("no cluster survived."))
            }
            let hasShares = result.findings.contains { $0.contributions.contains { $0.share != nil } }
            let left = result.findings.count - Self.mostClusters
            let rows = result.findings.prefix(Self.mostClusters).enumerated().map { order, found -> [HTML] in
                let peak = found.cluster.peak
                let name = run.places.line(peak.coordinate)
                var row = [
                    String(order + 1), PrettyNumber.count(Int(found.volume.rounded())),
                    ReportSummary.place(peak.coordinate), PrettyNumber.fixed(peak.value, 2),
                    found.corrected.map { result.text($0.value) } ?? "–",
                    found.contributions.isEmpty ? "–" : "\(found.reporting) of \(result.units.count)",
                ]
                if hasShares { row += [found.failSafeN.map(Self.noise) ?? "–", Self.carriers(found)] }
                return (row + [name.isEmpty ? "–" : name]).map(HTML.text)
            }
            var columns: [HTMLTable.Column] = [
                .init("No.", number: true), .init("mm³", number: true), .init("Peak (MNI mm)", number: true),
                .init("z", number: true),
                .init(comparison.settings.fociCorrection == .fdr ? "q(FDR)" : "p(FWE)", number: true),
                .init("With a focus inside", number: true),
            ]
            if hasShares { columns += [.init("Fail-safe N", number: true), .init("Carried most by")] }
            columns.append(.init("Place of the peak"))
            let groups = result.groups.isEmpty ? "" : "; z above zero: more in \(result.groups[0])"
            let table = HTMLTable(
                caption: "\(result.title): \(result.criterion)\(groups)", columns: columns, rows: rows)
            let more = HTML.element("p", [("class", "soft")], "\(left) more are in \(result.label)/clusters.tsv.")
            let content = slices(result) + table.html + (left > 0 ? more : HTML())
            if comparison.results.count == 1 { return content }
            return HTML.element(
                "details", [],
                HTML.element(
                    "summary", [], "\(result.title): \(PrettyNumber.plural(result.findings.count, "cluster"))")
                    + content)
        }.joined()
    }

    private func slices(_ result: MethodResult) -> HTML {
        let lowest = zip(result.z, result.isSignificant).lazy.filter { $1 }.map { abs(Double($0.0)) }.min() ?? 0
        let mosaic = SliceMosaic(
            z: result.z, mask: result.mask, clusters: result.findings.map(\.cluster), threshold: lowest,
            background: run.template, limit: scale.convergence)
        var figure = BrainFigure(
            mosaic, identifier: "slices-\(number)-\(result.label)",
            description:
                "Axial, sagittal and coronal slices of the brain with the clusters of \(result.title) in colour; the "
                + "table below lists them.")
        figure.threshold = lowest
        figure.positiveLabel = result.direction == .signed ? "z, first group higher" : "z of convergence"
        figure.negativeLabel = "z, second group higher"
        return HTML.element(
            "figure", [],
            figure.svg
                + HTML.element(
                    "figcaption", [], "\(result.title): \(result.criterion), coloured by z. \(ReportModel.convention)"))
    }

    private static func noise(_ count: Int) -> String {
        count < Finding.mostNoise ? String(count) : "≥ \(Finding.mostNoise)"
    }

    /// The two experiments with the largest shares, and whether the peak stays without them.
    private static func carriers(_ found: Finding) -> String {
        found.contributions.sorted { ($0.share ?? 0) > ($1.share ?? 0) }.prefix(2).compactMap { one in
            guard let share = one.share, share > 0 else { return nil }
            return "\(one.id) (\(PrettyNumber.fixed(100 * share, 0)) %\(one.isDecisive == true ? ", decisive" : ""))"
        }.joined(separator: ", ")
    }

    private var notes: HTML {
        var notes: [String] = []
        for note in comparison.results.flatMap(\.notes) where !notes.contains(note) { notes.append(note) }
        var lines = notes.map { note in
            let titles = comparison.results.filter { $0.notes.contains(note) }.map(\.title)
            return titles.count == comparison.results.count ? note : "\(titles.joined(separator: "; ")): \(note)"
        }
        lines += comparison.skipped.map { "Not run: \($0.reason)" }
        guard !lines.isEmpty else { return HTML() }
        return HTML.element(
            "ul", [("class", "notices")], lines.map { HTML.element("li", [], $0) }.joined())
    }

    private var files: HTML {
        var links = ["methods.tsv"].map { HTML.link("\(folder)/\($0)", $0) }
        if comparison.agreement != nil {
            let map =
                "\(run.naming("agreement", model: folder, method: "methods", grid: comparison.agreement?.grid)).nii.gz"
            links += ["agreement.tsv", "only_one_method.tsv", map].map { HTML.link("\(folder)/\($0)", $0) }
        }
        links += comparison.results.map { result in
            HTML.link("\(folder)/\(result.label)/clusters.tsv", "\(result.label)/clusters.tsv")
        }
        return HTML.element(
            "p", [("class", "soft")], HTML.text("Files: ") + links.joined(", ") + HTML.text(" and more."))
    }
}
