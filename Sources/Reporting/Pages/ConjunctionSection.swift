import Comparison
import Evidence
import Figures
import Inference

/// The report's section on what models have in common.
struct ConjunctionSection {
    private let run: RunResults
    private let folders: [String]

    /// nil without a conjunction.
    init?(_ run: RunResults) {
        guard !run.conjunctions.isEmpty else { return nil }
        self.run = run
        folders = run.conjunctionFolders
    }

    static let identifier = "conjunctions"
    static let title = "What models have in common"

    private static let meaning =
        "A voxel counts where every model has an effect in the same direction: its z is the one nearest to 0 (minimum statistic "
        + "against the conjunction null), and its corrected p the largest of the models'. The joint p is that of Radua's "
        + "multimodal meta-analysis: the probability, if no model had an effect there, that their p together would be as small. It is "
        + "not corrected for the number of voxels, and it can be small where one model's p is not."

    var html: HTML {
        HTML.element("p", [("class", "soft")], Self.meaning)
            + run.conjunctions.enumerated().map { order, conjunction in
                html(conjunction, folder: folders[order], number: order + 1)
            }.joined()
    }

    private func html(_ conjunction: ModelConjunction, folder: String, number: Int) -> HTML {
        var html = HTML.element("h3", [], Self.name(conjunction))
        if !conjunction.isCorrected {
            html += HTML.element(
                "p", [],
                "Not every one of these models has corrected p, so the table is exploratory: it is not corrected for the "
                    + "number of voxels.")
        }
        if let shared = Self.sharing(conjunction) { html += HTML.element("p", [], shared) }
        guard !conjunction.clusters.isEmpty else {
            return html + HTML.element("p", [], "They have no cluster in common (\(conjunction.criterion)).")
        }
        return html + slices(conjunction, number: number) + table(conjunction, folder: folder)
            + HTML.element("p", [("class", "soft")], "Maps and the whole table are in \(folder)/.")
    }

    static func name(_ conjunction: ModelConjunction) -> String {
        conjunction.parts.map(\.name).joined(separator: " and ")
    }

    /// That people are in several of the models; nil where none are.
    static func sharing(_ conjunction: ModelConjunction) -> String? {
        let shared = conjunction.sharedSamples.count
        guard shared > 0 else { return nil }
        return
            "\(PrettyNumber.plural(shared, "sample")) of people \(shared == 1 ? "is" : "are") in more than one of these models. "
            + "The minimum statistic holds nevertheless; the joint p takes the models as independent and is too small."
    }

    private func slices(_ conjunction: ModelConjunction, number: Int) -> HTML {
        let voxels = conjunction.clusters.flatMap(\.voxels)
        let lowest = voxels.map { abs(Double(conjunction.z[Int($0)])) }.min() ?? 0
        let mosaic = SliceMosaic(
            z: conjunction.z, mask: conjunction.mask, clusters: conjunction.clusters, threshold: lowest,
            background: run.template, limit: ReportScale(run).effects)
        var figure = BrainFigure(
            mosaic, identifier: "conjunction-\(number)",
            description:
                "Axial, sagittal and coronal slices of the brain with what \(Self.name(conjunction)) have in common in "
                + "colour; the table below lists it.")
        figure.threshold = lowest
        figure.positiveLabel = "z, all above zero"
        figure.negativeLabel = "z, all below zero"
        return HTML.element(
            "figure", [],
            figure.svg
                + HTML.element(
                    "figcaption", [],
                    "Where all models meet the criterion in one direction: \(conjunction.criterion). \(ReportModel.convention)"
                ))
    }

    /// The file beside the page has all clusters.
    private static let most = 25

    private func table(_ conjunction: ModelConjunction, folder: String) -> HTML {
        let numbers = ConjunctionTable(conjunction: conjunction, places: run.places)
        return HTMLTable(
            caption: "\(Self.name(conjunction)): \(conjunction.criterion)",
            columns: [
                .init("No.", number: true), .init("Direction"), .init("mm³", number: true),
                .init("Peak (MNI mm)", number: true), .init("z", number: true),
            ] + conjunction.parts.map { .init("z, \($0.name)", number: true) } + [
                .init("p(FWE)", number: true), .init("joint p", number: true), .init("Place of the peak"),
            ],
            rows: conjunction.clusters.prefix(Self.most).enumerated().map { order, cluster in
                let peak = cluster.peak
                let place = run.places.line(peak.coordinate)
                let row: [String] =
                    [
                        String(order + 1),
                        !conjunction.isDirected ? "any" : cluster.sign < 0 ? "below zero" : "above zero",
                        PrettyNumber.count(Int(numbers.volume(cluster).rounded())),
                        ReportSummary.place(peak.coordinate),
                        PrettyNumber.fixed(Double(conjunction.z[peak.position]), 2),
                    ] + conjunction.parts.map { PrettyNumber.fixed(Double($0.z[peak.position]), 2) }
                    + [
                        numbers.correctedP(peak).map {
                            PrettyNumber.correctedP($0, step: conjunction.smallestP ?? 0.0001)
                        } ?? "–",
                        PrettyNumber.p(numbers.unionP(peak)),
                        place.isEmpty ? "–" : place,
                    ]
                return row.map(HTML.text)
            }
        ).html
    }
}
