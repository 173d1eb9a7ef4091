import Evidence
import Figures
import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Statistics

/// A model's part of the report: pictures, clusters, heterogeneity.
struct ReportModel {
    private let run: RunResults
    private let findings: ModelFindings
    private let folder: String
    private let number: Int

    /// nil for a model that SDM-PSI did not run.
    init?(_ run: RunResults, _ model: RunModel, number: Int) {
        guard let findings = model.findings else { return nil }
        self.run = run
        self.findings = findings
        folder = model.folder
        self.number = number
    }

    var html: HTML {
        var html = HTML()
        if !result.plan.question.isEmpty {
            html += HTML.element("p", [("class", "question")], result.plan.question)
        }
        html += HTML.element("p", [], material)
        let regression = ReportRegression(findings)
        if let regression { html += regression.question }
        if findings.clusters.isEmpty {
            let words = ReportSummary(findings: findings, places: run.places).nothing
            html += HTML.element("p", [], HTML.element("strong", [], words) + HTML.text(" " + ReportSummary.notAbsence))
            html += wholeMap
        } else {
            html += slices + clusterTable + wholeMap
            if let regression { html += regression.table }
        }
        let trust = TrustSection(findings: findings.trust, settings: settings, identifier: "trust-\(number)")
        return html + permutationTest + trust.html + heterogeneity + files
    }

    private var result: ModelResult { findings.result }
    private var settings: Settings { result.settings }

    private var material: String {
        "\(PrettyNumber.plural(result.experiments.count, "experiment")), "
            + "\(findings.people.words), "
            + "\(PrettyNumber.plural(settings.imputations, "imputation")); "
            + "\(PrettyNumber.count(result.maps.mask.count)) voxels of "
            + "\(PrettyNumber.plain(result.maps.mask.grid.affine.voxelSize.x)) mm."
    }

    private var exploratoryTag: HTML {
        HTML.element("span", [("class", "tag")], "exploratory, uncorrected")
    }

    static let convention = "Left is left (neurological convention); L left, R right, P back, A front."

    // MARK: - Pictures

    private var slices: HTML {
        let mosaic = SliceMosaic(
            z: result.maps.z, mask: result.maps.mask, clusters: findings.clusters,
            threshold: -Normal.quantile(settings.thresholdP), background: run.template)
        let figure = BrainFigure(
            mosaic, identifier: "slices-\(number)",
            description: "Axial, sagittal and coronal slices of the brain with the clusters of model "
                + "\(result.plan.name) in colour; the table below lists them.")
        let background = run.template == nil ? "the analysis mask" : "the ICBM152 T1 template"
        return HTML.element("h3", [], HTML.text("Where effects were found ") + exploratoryTag)
            + Self.figure(
                figure,
                caption: "\(Exploratory.criteria(settings, sentenceStart: true)), coloured by z, on \(background). "
                    + "Slices pass through the peaks of the strongest clusters; coordinates in MNI mm. \(Self.convention)"
            )
    }

    private var wholeMap: HTML {
        let glass = GlassBrain(z: result.maps.z, mask: result.maps.mask, background: run.template)
        let figure = BrainFigure(
            glass, identifier: "whole-\(number)",
            description: "The whole z map of model \(result.plan.name), seen through the brain from the side, from "
                + "behind and from above.")
        return HTML.element("h3", [], "The whole map, without a threshold")
            + Self.figure(
                figure,
                caption: "Strongest z along the line of sight: from the side, from behind, from above. Fainter colours "
                    + "are closer to zero. \(Self.convention)")
    }

    private static func figure(_ figure: BrainFigure, caption: String) -> HTML {
        HTML.element("figure", [], figure.svg + HTML.element("figcaption", [], caption))
    }

    // MARK: - Tables

    private var permutationTest: HTML {
        guard let words = PermutationWords(result) else { return HTML() }
        let tag =
            words.test.kind == .relocations ? HTML() : HTML.element("span", [("class", "tag")], "experimental")
        let corrected = ModelFindings(result: result, clusters: result.correctedClusters()).clusters
        let found =
            corrected.isEmpty
            ? HTML.element(
                "p", [], HTML.element("strong", [], words.nothing) + HTML.text(" " + ReportSummary.notAbsence))
            : clusterTable(
                corrected, corrected: words, caption: "Clusters at \(words.criteria), described at their peaks")
        return HTML.element("h3", [], HTML.text("\(words.title) ") + tag)
            + HTML.element("p", [], "\(words.limits) \(words.standing)") + found + baseRateTest(corrected)
            + NullHistograms(words, identifier: "null-\(number)").html
    }

    /// What the test by base rates adds to the one the tables are cut by.
    private func baseRateTest(_ corrected: [Cluster]) -> HTML {
        guard let words = PermutationWords(baseRateOf: result) else { return HTML() }
        let surviving = corrected.count { cluster in
            guard let peak = cluster.peaks.first,
                let p = words.p(words.statistic, sign: cluster.sign, at: peak.position)
            else { return false }
            return p <= words.settings.correctedP
        }
        let count =
            corrected.isEmpty
            ? ""
            : " Of the \(PrettyNumber.plural(corrected.count, "cluster")) above, \(surviving) "
                + "\(surviving == 1 ? "has" : "have") p ≤ \(words.level) by base rates too at the peak (last p of the table)."
        return HTML.element("h4", [], HTML.text(words.title))
            + HTML.element("p", [], HTML.text("\(words.sentence) \(words.limits) \(words.standing)\(count)"))
    }

    private var clusterTable: HTML {
        clusterTable(
            findings.clusters, corrected: nil,
            caption: "Clusters, described at their peaks (exploratory, uncorrected one-tailed p)")
    }

    /// - Parameter corrected: nil shows uncorrected p.
    private func clusterTable(_ clusters: [Cluster], corrected: PermutationWords?, caption: String) -> HTML {
        let tables = ClusterTables(findings, places: run.places)
        let baseRate = corrected == nil ? nil : PermutationWords(baseRateOf: result)
        let rows = clusters.enumerated().compactMap { order, cluster -> [HTML]? in
            guard let peak = cluster.peaks.first else { return nil }
            let at = VoxelStatistics(result, at: peak.position)
            let name = run.places.line(peak.coordinate)
            let p = corrected.flatMap { $0.p($0.statistic, sign: cluster.sign, at: peak.position) }
            let byBaseRate = baseRate.map { words in
                PrettyNumber.p(words.p(words.statistic, sign: cluster.sign, at: peak.position) ?? .nan)
            }
            return [
                String(order + 1), cluster.sign < 0 ? "below zero" : "above zero",
                PrettyNumber.count(cluster.voxels.count), PrettyNumber.count(Int(tables.volume(cluster).rounded())),
                ReportSummary.place(peak.coordinate), PrettyNumber.fixed(at.effect, 2), ReportSummary.interval(at),
                PrettyNumber.fixed(at.z, 2), PrettyNumber.p(p ?? at.p),
            ].map(HTML.text) + (byBaseRate.map { [HTML.text($0)] } ?? [])
                + [HTML.text(PrettyNumber.fixed(at.i2, 0))] + basis(peak)
                + [.text(name.isEmpty ? "–" : name.replacingOccurrences(of: "BA ", with: "BA\u{A0}"))]
        }
        var table = HTMLTable(
            caption: caption,
            columns: [
                .init("No.", number: true), .init("Effect", unbroken: true), .init("Voxels", number: true),
                .init("mm³", number: true), .init("Peak (MNI mm)", number: true),
                .init(result.measure.symbol, number: true),
                .init("95 % CI", number: true), .init("z", number: true),
                .init(corrected == nil ? "p" : "corrected p", number: true),
            ] + (baseRate == nil ? [] : [.init("p by base rates", number: true)]) + [.init("I² (%)", number: true)]
                + basisColumns + [.init("Place of the peak")], rows: rows)
        table.places = clusters.compactMap(\.peaks.first).map { .init(model: folder, coordinate: $0.coordinate) }
        // Said once: under the exploratory table, which comes first, where there is one.
        let isSaidAbove = corrected != nil && !findings.clusters.isEmpty
        return isSaidAbove ? table.html : table.html + scatter
    }

    /// What g at a peak cannot stand for: where tables are full of peaks that nobody else has, it is larger than what whole images
    /// would show (slopes of .2 to .4 of simulated truths on g over the brain, .4 to .5 on the best guess; Docs/truth.md).
    private var scatter: HTML {
        guard result.posterior != nil, result.experiments.contains(where: { !$0.hasMap }) else { return HTML() }
        return HTML.element(
            "p", [("class", "soft")],
            "g and its interval are those of single voxels, most of them chosen because they are large. Over the whole brain g from peaks "
                + "is more scattered than the truth: in simulations of tables with many peaks, true effects differed by .2 to .4 where g "
                + "differed by 1, and by .4 to .5 where the best guess did. For how large an effect is, look at the best guess."
        )
    }

    /// What the numbers at a peak rest on, and how large the effect is at our best guess; of a posterior.
    private var basisColumns: [HTMLTable.Column] {
        result.posterior == nil
            ? [] : [.init("Measured, near, silent", number: true), .init("Best guess", number: true)]
    }

    private func basis(_ peak: ClusterPeak) -> [HTML] {
        guard let basis = Basis(result, at: peak.position) else { return [] }
        return [
            "\(basis.measured) / \(basis.reached) / \(basis.silent)", PrettyNumber.fixed(basis.shrunken, 2),
        ].map(HTML.text)
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
        text +=
            ". I² is the share of the variation between experiments that is more than chance: about 25 % is called "
            + "low, 50 % moderate, 75 % high."
        return HTML.element("h3", [], "How much the experiments differ") + HTML.element("p", [], text)
    }

    private var files: HTML {
        func map(_ name: String) -> String { "\(run.naming(name, model: folder)).nii.gz" }
        var names = [
            "clusters.tsv", "peaks.tsv", "studies.tsv", map("z"), map(ResultMap.effectName(result.measure)), map("p"),
            map("I2"),
        ]
        if let words = PermutationWords(result) {
            names += ["null.tsv", map(words.statistic.thresholdedName)]
            names += NullDistribution.Tail.allCases.map {
                map("logp_\(words.statistic.entities)_corr-FWE_tail-\($0.rawValue)")
            }
        }
        if result.baseRate != nil { names.append("null_baserate.tsv") }
        if !findings.trust.isEmpty { names += ["trust.tsv", "evidence.tsv"] }
        let links = names.map { HTML.link("\(folder)/\($0)", $0) }.joined(", ")
        return HTML.element("p", [("class", "soft")], HTML.text("Files: ") + links + HTML.text(" and more."))
    }
}
