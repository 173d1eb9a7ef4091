import Evidence
import Figures
import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Statistics

/// A model's part of the report: in three lines what it found, what survives with picture and table, and folded all the rest.
struct ReportModel {
    private let run: RunResults
    private let model: RunModel
    private let findings: ModelFindings
    private let number: Int
    private let scale: ReportScale
    /// Whether the first screen shows this model's whole map.
    private let isShownWhole: Bool
    private let corrected: [Cluster]
    private let words: PermutationWords?
    /// Number of the model before it with a test of the same kind, where what such a test says is explained; nil for the first.
    private let explainedIn: Int?

    /// nil for a model that no method of effect sizes ran.
    init?(_ run: RunResults, _ model: RunModel, number: Int, scale: ReportScale, isShownWhole: Bool = false) {
        guard let findings = model.findings else { return nil }
        self.run = run
        self.model = model
        self.findings = findings
        self.number = number
        self.scale = scale
        self.isShownWhole = isShownWhole
        let words = PermutationWords(findings.result)
        self.words = words
        explainedIn = run.all.prefix(max(number - 1, 0)).firstIndex {
            guard let before = $0.findings.map({ PermutationWords($0.result) }) else { return false }
            return before?.standing == words?.standing
        }.map { $0 + 1 }
        corrected = findings.corrected.clusters
    }

    var html: HTML { lines + shown + HTML.element("details", [("id", "more-\(number)")], summary + folded) }

    private var result: ModelResult { findings.result }
    private var settings: Settings { result.settings }
    private var table: ClusterTable { ClusterTable(run, findings, folder: model.folder) }

    // MARK: - Three lines

    private var lines: HTML {
        var lines: [HTML] = []
        if !result.plan.question.isEmpty {
            lines.append(HTML.element("p", [("class", "question lines")], result.plan.question))
        }
        lines.append(
            HTML.element("p", [("class", "lines")], HTML.element("strong", [], verdict) + HTML.text(" \(material)")))
        let doubt = MainDoubt(ModelAnswer(model, places: run.places)).short
        lines.append(HTML.element("p", [("class", "lines soft")], "Main doubt: \(doubt)."))
        return lines.joined()
    }

    private var verdict: String {
        guard let words else {
            return findings.clusters.isEmpty
                ? ReportSummary(findings: findings, places: run.places).nothing
                : "\(PrettyNumber.plural(findings.clusters.count, "exploratory cluster")); nothing was corrected."
        }
        guard !corrected.isEmpty else {
            return "\(words.nothing)\(words.best.map { " Best p(FWE): \(words.text($0))." } ?? "")"
        }
        let count = PrettyNumber.plural(corrected.count, "cluster")
        return "\(count) \(corrected.count == 1 ? "survives" : "survive") \(words.criteria)."
    }

    private var material: String {
        "\(PrettyNumber.plural(result.experiments.count, "experiment")), \(findings.people.words)."
    }

    // MARK: - What is found

    /// What survives; the exploratory clusters only of a model without a correction.
    private var shown: HTML {
        if let words { return corrected.isEmpty ? HTML() : survivors(words) }
        return findings.clusters.isEmpty ? HTML() : exploratory
    }

    private func survivors(_ words: PermutationWords) -> HTML {
        let tag = words.isExperimental ? HTML.element("span", [("class", "tag")], "experimental") : HTML()
        let table = table.html(
            corrected, words,
            caption:
                "Clusters at \(words.criteria), described at their peaks, where z is largest; p(FWE) is the smallest of the "
                + "cluster; sizes are of the voxels that survive"
        )
        let layers = layers(corrected)
        let peaks = PeakPictures(
            corrected, z: result.maps.z, mask: result.maps.mask, layers: layers, limit: scale.effects,
            places: run.places, identifier: "peak-\(number)")
        // Clusters that are seen whole near their peaks need no slices of everything.
        let pictures =
            peaks.isTooNear
            ? slices(
                corrected, layers, identifier: "survivors-\(number)",
                caption: "Clusters at \(words.criteria), coloured by z, on \(background).") + table + peaks.html
            : peaks.html + table
        return HTML.element("h3", [], HTML.text("What survives the correction ") + tag) + pictures + baseRateTest
    }

    private var exploratory: HTML {
        let tag = HTML.element("span", [("class", "tag")], "exploratory, uncorrected")
        let title = HTML.element(
            "h3", [], HTML.text("\(words == nil ? "Where effects were found" : "Exploratory clusters") ") + tag)
        guard !findings.clusters.isEmpty else {
            return title + HTML.element("p", [], ReportSummary(findings: findings, places: run.places).nothing)
        }
        let note =
            corrected.isEmpty
            ? Exploratory.caution
            : "Below the corrected result, and not part of it: some pass such a threshold by chance. Clusters that survive are larger or "
                + "smaller here, as another threshold forms them."
        return title + HTML.element("p", [("class", "soft")], note)
            + slices(
                findings.clusters, layers(findings.clusters), identifier: "slices-\(number)",
                caption: "\(Exploratory.criteria(settings, sentenceStart: true)), coloured by z, on \(background).")
            + table.html(
                findings.clusters, nil,
                caption:
                    "Clusters, described at their peaks (exploratory, uncorrected one-tailed p); sizes are of voxels at p < "
                    + NumberText.shortest(settings.thresholdP))
    }

    /// What the test by base rates adds to the one the tables are cut by.
    private var baseRateTest: HTML {
        guard let words = PermutationWords(baseRateOf: result) else { return HTML() }
        let surviving = corrected.count { cluster in
            guard let p = words.p(words.statistic, of: cluster) else { return false }
            return p <= words.settings.correctedP
        }
        let count =
            corrected.isEmpty
            ? ""
            : " Of the \(PrettyNumber.plural(corrected.count, "cluster")) above, \(surviving) "
                + "\(surviving == 1 ? "has" : "have") p ≤ \(words.level) by base rates too somewhere in them (last p of the table)."
        return HTML.element("h4", [], HTML.text(words.title))
            + HTML.element("p", [], HTML.text("\(words.sentence) \(words.limits) \(words.standing)\(count)"))
    }

    // MARK: - Pictures

    static let convention = "Left is left (neurological convention); L left, R right, P back, A front."

    /// The least |z| in some clusters: what had to be passed.
    static func lowest(_ clusters: [Cluster], _ z: [Float]) -> Double {
        let values = clusters.lazy.flatMap(\.voxels).compactMap { z.indices.contains(Int($0)) ? abs(z[Int($0)]) : nil }
        return Double(values.filter(\.isFinite).min() ?? 0)
    }

    private var background: String { run.template == nil ? "the analysis mask" : "the ICBM152 T1 template" }

    private func layers(_ clusters: [Cluster]) -> SliceLayers {
        SliceLayers(z: result.maps.z, mask: result.maps.mask, clusters: clusters, background: run.template)
    }

    private func slices(_ clusters: [Cluster], _ layers: SliceLayers, identifier: String, caption: String) -> HTML {
        let lowest = Self.lowest(clusters, result.maps.z)
        let mosaic = SliceMosaic(
            layers, rows: SliceMosaic.standardRows(for: clusters), threshold: lowest, limit: scale.effects)
        var figure = BrainFigure(
            mosaic, identifier: identifier,
            description: "Axial, sagittal and coronal slices of the brain with the clusters of model "
                + "\(result.plan.name) in colour; the table below lists them.")
        figure.threshold = lowest
        return Self.figure(
            figure,
            caption:
                "\(caption) Slices pass through the peaks of the strongest clusters; coordinates in MNI mm. Mark on the bar: the least "
                + "|z| of these clusters; the colours of z are the same in the whole report. \(Self.convention)")
    }

    private var wholeMap: HTML {
        let title = HTML.element("h3", [], "The whole map, without a threshold")
        if isShownWhole {
            return title
                + HTML.element(
                    "p", [],
                    HTML.text("It is ") + HTML.link("#\(ReportPage.answer)", "at the top") + HTML.text("."))
        }
        let glass = GlassBrain(z: result.maps.z, mask: result.maps.mask, background: run.template, limit: scale.effects)
        var figure = BrainFigure(
            glass, identifier: "whole-\(number)",
            description: "The whole z map of model \(result.plan.name), seen through the brain from the side, from "
                + "behind and from above.")
        figure.threshold = -Normal.quantile(settings.thresholdP)
        return title
            + Self.figure(
                figure,
                caption:
                    "Strongest z along the line of sight: from the side, from behind, from above. Fainter colours are closer to zero; "
                    + "mark on the bar: uncorrected p = \(NumberText.shortest(settings.thresholdP)). \(Self.convention)"
            )
    }

    private static func figure(_ figure: BrainFigure, caption: String) -> HTML {
        HTML.element("figure", [], figure.svg + HTML.element("figcaption", [], caption))
    }

    // MARK: - Folded

    private var summary: HTML {
        HTML.element(
            "summary", [],
            corrected.isEmpty ? "All about this model" : "How far to trust it, exploratory clusters and more")
    }

    private var folded: HTML {
        let regression = ReportRegression(findings)
        var html = HTML.element("p", [], ReportSummary(findings: findings, places: run.places).text)
        if let regression { html += regression.question }
        let trust = TrustSection(findings: findings.trust, settings: settings, identifier: "trust-\(number)")
        html += trust.html + test
        // That nothing passes the exploratory threshold the summary has said.
        if words != nil, !findings.clusters.isEmpty { html += exploratory }
        html += wholeMap
        if let regression { html += regression.table }
        return html + heterogeneity + files
    }

    private var test: HTML {
        guard let words else { return HTML() }
        let tag =
            words.isExperimental ? HTML.element("span", [("class", "tag")], "experimental") : HTML()
        let standing =
            explainedIn.map { number in
                HTML.text(" What such a p says, and what not: ") + HTML.link("#more-\(number)", "above")
                    + HTML.text(".")
            } ?? HTML.text(" \(words.standing)")
        return HTML.element("h3", [], HTML.text("\(words.title) ") + tag)
            + HTML.element("p", [], HTML.text(words.limits) + standing)
            + (corrected.isEmpty
                ? HTML.element("p", [], "\(words.nothing) \(ReportSummary.notAbsence)") + baseRateTest : HTML())
            + NullHistograms(words, identifier: "null-\(number)", isBrief: explainedIn != nil).html
    }

    private var heterogeneity: HTML {
        let maps = result.maps
        let all = maps.i2.filter(\.isFinite).sorted()
        guard !all.isEmpty else { return HTML() }
        let median = Double(all[all.count / 2])
        var text =
            "Over all \(PrettyNumber.count(maps.mask.count)) voxels the median I² is \(PrettyNumber.fixed(median, 0)) %"
        if let inside = findings.medianI2InClusters {
            text += ", inside the clusters \(PrettyNumber.fixed(inside, 0)) %"
        }
        guard explainedIn == nil else {
            return HTML.element("h3", [], "How much the experiments differ") + HTML.element("p", [], text + ".")
        }
        text +=
            ". I² is the share of the variation between experiments that is more than chance: about 25 % is called "
            + "low, 50 % moderate, 75 % high. Where no experiment measured the effect it describes what was imputed."
        return HTML.element("h3", [], "How much the experiments differ") + HTML.element("p", [], text)
    }

    private var files: HTML {
        let folder = model.folder
        func map(_ name: String) -> String {
            "\(run.naming(name, model: folder, grid: result.maps.mask.grid)).nii.gz"
        }
        let effect = run.isLean && result.measure == .correlation ? "fisherz" : ResultMap.effectName(result.measure)
        var names = ["clusters.tsv", "peaks.tsv", "studies.tsv", map("z"), map(effect), map("I2")]
        if !run.isLean { names.append(map("p")) }
        if let words {
            names += ["null.tsv", map(words.statistic.thresholdedName)]
            let p = run.isLean ? "p" : "logp"
            names += NullDistribution.Tail.allCases.map {
                map("\(p)_\(words.statistic.entities)_corr-FWE_tail-\($0.rawValue)")
            }
        }
        if result.baseRate != nil { names.append("null_baserate.tsv") }
        if !findings.trust.isEmpty { names += ["trust.tsv", "evidence.tsv"] }
        if CumulativeTable(findings: findings.trust).table != nil { names.append("cumulative.tsv") }
        let links = names.map { HTML.link("\(folder)/\($0)", $0) }.joined(", ")
        return HTML.element("p", [("class", "soft")], HTML.text("Files: ") + links + HTML.text(" and more."))
    }
}
