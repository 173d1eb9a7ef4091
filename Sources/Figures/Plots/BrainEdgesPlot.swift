import Imaging

/// Connections between regions as lines in the outline of the brain, from the side, from behind and from above.
package struct BrainEdgesPlot: Sendable {
    package struct Edge: Sendable {
        /// Positions in the list of regions.
        package var first: Int
        package var second: Int
        package var value: Double
        package var isSignificant: Bool

        package init(first: Int, second: Int, value: Double, isSignificant: Bool) {
            self.first = first
            self.second = second
            self.value = value
            self.isSignificant = isSignificant
        }
    }

    let regions: [(name: String, place: SIMD3<Double>?)]
    let edges: [Edge]
    let unit: String
    let identifier: String

    /// - Parameters:
    ///   - regions: with their places, MNI mm; lines from or to a region without one are not drawn.
    ///   - edges: one per pair.
    ///   - unit: of the values.
    package init(
        _ regions: [(name: String, place: SIMD3<Double>?)], edges: [Edge], unit: String, identifier: String
    ) {
        self.regions = regions
        self.edges = edges.filter { edge in
            edge.first != edge.second
                && [edge.first, edge.second].allSatisfy { regions.indices.contains($0) && regions[$0].place != nil }
        }
        self.unit = unit
        self.identifier = identifier
    }

    private static let scale = 1.4
    private static let gap = 18.0
    private static let top = 6.0
    private static let column = 250.0

    /// Nothing without an edge whose ends have places, or without the standard brain.
    package var html: HTML {
        guard !edges.isEmpty, let volume = try? Templates.load(.brainMask) else { return HTML() }
        let mask = Mask(volume)
        let used = regions.indices.filter { n in edges.contains { $0.first == n || $0.second == n } }
        var plot = Plot()
        var left = 0.0
        var lowest = 0.0
        for plane in [SlicePlane.sagittal, .coronal, .axial] {
            let extent = plane.extent
            func point(_ across: Double, _ up: Double) -> (Double, Double) {
                (
                    left + (across - extent.across.lowerBound) * Self.scale,
                    Self.top + (extent.up.upperBound - up) * Self.scale
                )
            }
            for outline in BrainSilhouette(mask, plane: plane).outlines {
                let line = outline.map { point($0.x, $0.y) }
                plot.polygon(line, "funnel")
                plot.polygon(line, "frame")
            }
            func place(_ n: Int) -> (Double, Double) {
                let page = plane.page(regions[n].place ?? .zero)
                return point(page.across, page.up)
            }
            // What passes lies above what does not.
            for edge in edges.sorted(by: { !$0.isSignificant && $1.isSignificant }) {
                let (a, b) = (place(edge.first), place(edge.second))
                let colour = edge.value < 0 ? "mark" : "twig"
                plot.line(a.0, a.1, b.0, b.1, "\(colour) \(edge.isSignificant ? "thick" : "fine")")
            }
            for n in used {
                let (x, y) = place(n)
                plot.circle(x, y, radius: 3.5, "mark open")
                plot.text(x + 5, y - 4, "\(n + 1)", .start)
            }
            let width = (extent.across.upperBound - extent.across.lowerBound) * Self.scale
            let bottom = Self.top + (extent.up.upperBound - extent.up.lowerBound) * Self.scale
            plot.text(left + 4, bottom - 4, plane.sides.left, .start, "soft")
            plot.text(left + width - 4, bottom - 4, plane.sides.right, .end, "soft")
            left += width + Self.gap
            lowest = max(lowest, bottom)
        }
        let width = left - Self.gap
        let columns = max(1, Int(width / Self.column))
        for (n, region) in used.enumerated() {
            let (x, y) = (Double(n % columns) * Self.column, lowest + 22 + 15 * Double(n / columns))
            plot.text(x + 14, y, "\(region + 1)", .end, "head")
            plot.text(x + 20, y, Plot.shortened(regions[region].name, to: 34))
        }
        let rows = (used.count + columns - 1) / columns
        let height = lowest + 22 + 15 * Double(rows) + 16
        plot.text(
            0, height - 8,
            "\(unit); orange above zero, blue below; full lines pass the corrected test, dashed ones do not",
            .start, "soft")
        return plot.svg(width: width, height: height, identifier: identifier, description: description)
    }

    private var description: String {
        "Brain with \(PrettyNumber.plural(edges.count, "connection")) of regions; "
            + "\(edges.count { $0.isSignificant }) pass the corrected test."
    }
}
