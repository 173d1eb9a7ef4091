import Figures
import Imaging
import Inference

/// Of the clusters that survive, one by one: slices through the peak, and what is near it enlarged.
struct PeakPictures {
    private let clusters: [Cluster]
    private let layers: SliceLayers
    private let mask: Mask
    private let z: [Float]
    private let limit: Double
    private let places: PlaceNamer
    private let identifier: String

    /// Shown at once; what follows folds.
    private static let open = 3
    /// Each takes some 200 kB of the page; `cuneus figure` draws any.
    private static let most = 12

    /// - Parameters:
    ///   - clusters: in the order of their table.
    ///   - limit: |z| at the bright end of the colours (``ReportScale``).
    ///   - identifier: unique on the page.
    init(
        _ clusters: [Cluster], z: [Float], mask: Mask, layers: SliceLayers, limit: Double, places: PlaceNamer,
        identifier: String
    ) {
        self.clusters = clusters
        self.z = z
        self.mask = mask
        self.layers = layers
        self.limit = limit
        self.places = places
        self.identifier = identifier
    }

    /// Whether slices of the whole brain tell more than these: a cluster reaches beyond what is enlarged around its peak.
    var isTooNear: Bool { clusters.contains { !BrainDrawing.isSeenNear($0, in: mask) } }

    var html: HTML {
        let figures = clusters.prefix(Self.most).enumerated().map { n, cluster in figure(n, cluster) }
        guard !figures.isEmpty else { return HTML() }
        let more = figures.count - Self.open
        let folded =
            more > 0
            ? ReportPage.folded(
                "\(PrettyNumber.plural(more, "more peak"))",
                figures.dropFirst(Self.open).joined()) : HTML()
        let rest =
            clusters.count > Self.most
            ? " The other \(PrettyNumber.plural(clusters.count - Self.most, "peak")) can be drawn with cuneus figure."
            : ""
        return HTML.element("h4", [], "At the peaks") + figures.prefix(Self.open).joined() + folded
            + HTML.element(
                "p", [("class", "small")],
                "What is framed on the left is 2.75 times as large on the right, where bars are 10 mm. Mark on the bar of colours: the least "
                    + "|z| of these clusters, \(PrettyNumber.fixed(lowest, 2)); the colours of z are the same in the whole report. "
                    + ReportModel.convention + rest)
    }

    private var lowest: Double { ReportModel.lowest(clusters, z) }

    private func figure(_ number: Int, _ cluster: Cluster) -> HTML {
        let peak = cluster.peak
        let name = places.line(peak.coordinate)
        let place = ReportSummary.place(peak.coordinate)
        let height = z.indices.contains(peak.position) ? Double(z[peak.position]) : peak.value
        let picture = PeakFigure(
            peak.coordinate, layers, limit: limit, identifier: "\(identifier)-\(number + 1)",
            name: "the peak of cluster \(number + 1) at \(place)", level: number == 0 ? lowest : nil)
        let caption = "Cluster \(number + 1)" + (name.isEmpty ? "" : ": \(name)")
        return HTML.element(
            "figure", [],
            picture.html
                + HTML.element(
                    "figcaption", [],
                    HTML.element("b", [], caption) + HTML.text(" · \(place) · z \(PrettyNumber.fixed(height, 2))")))
    }
}
