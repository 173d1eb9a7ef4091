import Evidence
import Foundation

/// A picture of the brain with its lettering: the pixels as embedded PNG, coordinates, sides and colour bars as SVG.
///
/// Text takes the page's colour (`currentColor`), so that the figure suits light and dark pages and paper.
package struct BrainFigure {
    var image: RasterImage
    var panels: [SliceMosaic.Panel]
    var range: ClosedRange<Double>
    var hasPositive: Bool
    var hasNegative: Bool
    /// What the picture shows, for readers who do not see it.
    var description: String
    /// Unique on the page.
    var identifier: String
    var labelsDepth: Bool
    /// Beneath the colour bars.
    package var positiveLabel = "z, effects above zero"
    package var negativeLabel = "z, effects below zero"
    /// Magnitude that is marked on the bars, such as the level that clusters had to pass; nil marks none.
    package var threshold: Double?
    /// The colour of a magnitude (0…1) in the picture.
    private var colour: (Double, ColourMap) -> SIMD3<Double>

    package init(_ mosaic: SliceMosaic, identifier: String, description: String) {
        image = mosaic.image
        scale = mosaic.pixelsPerMillimetre
        panels = mosaic.panels
        range = mosaic.range
        hasPositive = mosaic.hasPositive
        hasNegative = mosaic.hasNegative
        labelsDepth = true
        colour = { t, map in map[t] }
        self.identifier = identifier
        self.description = description
    }

    package init(_ glass: GlassBrain, identifier: String, description: String) {
        image = glass.image
        scale = glass.pixelsPerMillimetre
        panels = glass.panels
        range = glass.range
        hasPositive = glass.hasPositive
        hasNegative = glass.hasNegative
        labelsDepth = false
        colour = GlassBrain.colour
        self.identifier = identifier
        self.description = description
    }

    /// Pixels of the picture per unit of the drawing.
    private let scale: Double

    package var svg: HTML {
        let width = Double(image.width) / scale
        let height = Double(image.height) / scale
        let bars = colourBars(width: width, top: height + 14)
        let data = Data(PNG.encode(image)).base64EncodedString()
        let size = "width=\"\(number(width))\" height=\"\(number(height))\""
        // On a phone its letters would be too small to be read: pages let it scroll.
        let style = panels.count > 6 ? "brain many" : "brain"
        return HTML(
            raw: """
                <svg class="\(style)" viewBox="0 0 \(number(width)) \(number(height + (bars.isEmpty ? 0 : 54)))" \
                role="img" aria-labelledby="\(identifier)-alt" style="max-width:\(number(width))px" \
                xmlns="http://www.w3.org/2000/svg">
                <title id="\(identifier)-alt">\(HTML.escape(description))</title>
                <image \(size) href="data:image/png;base64,\(data)"/>
                \(panels.enumerated().map(letters).joined(separator: "\n"))
                \(bars)
                </svg>
                """)
    }

    private func number(_ value: Double) -> String { NumberText.shortest((value * 100).rounded() / 100) }

    private func text(_ x: Double, _ y: Double, _ anchor: String, _ style: String, _ content: String) -> String {
        "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\" class=\"\(style)\">"
            + "\(HTML.escape(content))</text>"
    }

    /// Coordinate of every panel; sides at the ends of a row, or of each panel where there is only one row of views.
    private func letters(_ index: Int, _ panel: SliceMosaic.Panel) -> String {
        let left = Double(panel.x) / scale
        let top = Double(panel.y) / scale
        let width = Double(panel.width) / scale
        let height = Double(panel.height) / scale
        var parts: [String] = []
        if labelsDepth {
            let label = "\(panel.plane.axis) = \(PrettyNumber.hundredths(panel.depth))"
            parts.append(text(left + 6, top - 1, "start", "depth", label))
        }
        // A letter between two slices could belong to either, so a row has one at each end.
        // Slices of different planes side by side have each its own.
        func isAlike(_ other: SliceMosaic.Panel) -> Bool { other.y == panel.y && other.plane == panel.plane }
        let startsRow = index == 0 || !isAlike(panels[index - 1]) || !labelsDepth
        let endsRow = index == panels.count - 1 || !isAlike(panels[index + 1]) || !labelsDepth
        let base = top + height - 12
        if startsRow { parts.append(text(left + 6, base, "start", "side", panel.plane.sides.left)) }
        if endsRow { parts.append(text(left + width - 6, base, "end", "side", panel.plane.sides.right)) }
        return parts.joined(separator: "\n")
    }

    /// One bar per sign that occurs, the negative one on the left.
    private func colourBars(width: Double, top: Double) -> String {
        var bars: [(name: String, map: ColourMap, sign: Double, label: String)] = []
        if hasNegative { bars.append(("cool", .cool, -1, negativeLabel)) }
        if hasPositive { bars.append(("warm", .warm, 1, positiveLabel)) }
        let barWidth = 200.0
        let gap = 60.0
        let total = Double(bars.count) * barWidth + Double(max(bars.count - 1, 0)) * gap
        return bars.enumerated().map { n, bar in
            let x = (width - total) / 2 + Double(n) * (barWidth + gap)
            // The negative bar runs from its strongest value on the left towards zero.
            let stops = (0...16).map { step in
                let t = Double(step) / 16
                let colour = ColourMap.hex(colour(bar.sign < 0 ? 1 - t : t, bar.map))
                return "<stop offset=\"\(number(t))\" stop-color=\"\(colour)\"/>"
            }
            let gradient = "\(identifier)-\(bar.name)"
            let span = range.upperBound - range.lowerBound
            let marked = threshold.flatMap { range.contains($0) && span > 0 ? $0 : nil }
            func place(_ value: Double) -> Double {
                let t = (value - range.lowerBound) / span
                return x + (bar.sign < 0 ? 1 - t : t) * barWidth
            }
            let middle = marked ?? (range.lowerBound + range.upperBound) / 2
            // A mark close to an end has the end's place: two numbers would cover each other.
            let ends = [range.lowerBound, range.upperBound].filter { abs(place($0) - place(middle)) >= 30 }
            let ticks = (ends + [middle]).sorted().map { value in
                text(place(value), top + 23, "middle", "tick", PrettyNumber.fixed(bar.sign * value, 2))
            }
            let mark =
                marked.map { value in
                    "<line x1=\"\(number(place(value)))\" x2=\"\(number(place(value)))\" y1=\"\(number(top - 4))\" "
                        + "y2=\"\(number(top + 14))\" stroke=\"currentColor\" stroke-width=\"2\" class=\"level\"/>"
                } ?? ""
            return """
                <linearGradient id="\(gradient)">\(stops.joined())</linearGradient>
                <rect x="\(number(x))" y="\(number(top))" width="\(number(barWidth))" height="11" \
                fill="url(#\(gradient))" stroke="currentColor" stroke-width="0.5"/>
                \(mark)
                \(ticks.joined(separator: "\n"))
                \(text(x + barWidth / 2, top + 35, "middle", "tick", bar.label))
                """
        }.joined(separator: "\n")
    }
}
