import Evidence
import Figures
import Foundation
import Imaging
import Inference
import SeedBasedMapping

/// The clusters of a model on the page, each described at its peak: where, how large, how sure, and what that rests on.
struct ClusterTable {
    private let run: RunResults
    private let findings: ModelFindings
    /// Of the model's results: what its rows are called by the viewer.
    private let folder: String

    init(_ run: RunResults, _ findings: ModelFindings, folder: String) {
        self.run = run
        self.findings = findings
        self.folder = folder
    }

    private var result: ModelResult { findings.result }

    /// - Parameter corrected: nil shows uncorrected p.
    func html(_ clusters: [Cluster], _ corrected: PermutationWords?, caption: String) -> HTML {
        let baseRate = corrected == nil ? nil : PermutationWords(baseRateOf: result)
        let rows = clusters.enumerated().compactMap { order, cluster in
            row(order + 1, cluster, corrected: corrected, baseRate: baseRate)
        }
        var columns: [HTMLTable.Column] = [
            .init("No.", number: true), .init("Place of the peak (MNI mm)", wide: true),
            .init("\(result.measure.symbol) (95 % CI)", number: true),
            .init("z", number: true), .init(corrected == nil ? "p" : "p(FWE)", number: true),
        ]
        if baseRate != nil { columns.append(.init("p by base rates", number: true)) }
        columns += [
            .init("Measured / sign / silent", unbroken: true), .init("Imputed", number: true),
            .init("I²", number: true),
        ]
        if result.posterior != nil { columns.append(.init("Best guess", number: true)) }
        columns.append(.init("mm³ (voxels)", number: true))
        var table = HTMLTable(caption: caption, columns: columns, rows: rows)
        table.places = clusters.compactMap(\.peaks.first).map { .init(model: folder, coordinate: $0.coordinate) }
        // Said once: under the table that is read first.
        let isSaidAbove = corrected == nil && result.familyWise != nil && !result.correctedClusters().isEmpty
        return isSaidAbove ? table.html : table.html + scatter
    }

    private func row(
        _ number: Int, _ cluster: Cluster, corrected: PermutationWords?, baseRate: PermutationWords?
    ) -> [HTML]? {
        guard let peak = cluster.peaks.first else { return nil }
        let at = VoxelStatistics(result, at: peak.position)
        let basis = findings.bases[peak.position]
        let p = corrected.map { words in
            words.p(words.statistic, of: cluster).map(words.text) ?? "–"
        }
        var cells = [
            HTML.text(String(number)), place(cluster, peak.coordinate),
            HTML.element("b", [], PrettyNumber.fixed(at.effect, 2)) + Self.small(ReportSummary.interval(at)),
            HTML.text(PrettyNumber.fixed(at.z, 2)), HTML.text(p ?? PrettyNumber.p(at.p)),
        ]
        if let baseRate {
            let p = baseRate.p(baseRate.statistic, of: cluster)
            cells.append(HTML.text(p.map(baseRate.text) ?? "–"))
        }
        cells += [basis?.html ?? HTML.text("–"), HTML.text(basis?.share ?? "–"), heterogeneity(at.i2, basis)]
        if let guess = result.bestGuess(at: peak.position) { cells.append(HTML.text(PrettyNumber.fixed(guess, 2))) }
        let volume = Double(cluster.voxels.count) * result.maps.mask.grid.voxelVolume
        let size = PrettyNumber.count(Int(volume.rounded()))
        return cells + [HTML.text(size) + Self.small(PrettyNumber.plural(cluster.voxels.count, "voxel"))]
    }

    private func place(_ cluster: Cluster, _ coordinate: SIMD3<Double>) -> HTML {
        let name = run.places.line(coordinate).replacingOccurrences(of: "BA ", with: "BA\u{A0}")
        let direction = cluster.sign < 0 ? "below zero" : "above zero"
        let text = "\(ReportSummary.place(coordinate)) · \(direction)"
        return HTML.text(name.isEmpty ? "–" : name) + Self.small(text)
    }

    private static func small(_ text: String) -> HTML { HTML.element("div", [("class", "small")], text) }

    /// I² only where an experiment measured the effect.
    private func heterogeneity(_ i2: Double, _ basis: EffectBasis?) -> HTML {
        guard let basis, basis.restsOnImputation else { return HTML.text("\(PrettyNumber.fixed(i2, 0)) %") }
        return HTML.element(
            "span",
            [
                ("class", "held"),
                ("title", "No experiment measured the effect here: I² would describe what was imputed."),
            ], "withheld")
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
}
