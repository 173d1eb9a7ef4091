import Figures
import Statistics
import Testing

@Suite("Dose and response")
struct DoseResponsePlotTests {
    /// A line through zero with a band that widens, of doses 0 to 12.
    private static let curve = (0...12).map { dose in
        let effect = 0.05 * Double(dose)
        let half = 0.02 + 0.01 * Double(dose)
        return DoseResponsePlot.Step(
            dose: Double(dose), effect: effect, interval: Interval(lower: effect - half, upper: effect + half))
    }

    private static let points = [
        DoseResponsePlot.Point(study: "Able <2001>", dose: 4, effect: 0.3, weight: 4),
        DoseResponsePlot.Point(study: "Able <2001>", dose: 8, effect: 0.35, weight: 1),
        DoseResponsePlot.Point(study: "Baker", dose: 10, effect: 0.6, weight: 16, isReported: false),
    ]

    private static func drawn(
        points: [DoseResponsePlot.Point] = points, knots: [Double] = [2, 6, 11], reference: Double? = 0
    ) -> Drawn {
        Drawn(
            svg: DoseResponsePlot(
                curve: curve, points: points, knots: knots, reference: reference, dose: "sessions", effect: "Hedges' g",
                identifier: "dose"
            ).html.source)
    }

    @Test("curve, band, points and knots stand where their numbers say, read back by the axes")
    func places() throws {
        let drawn = Self.drawn()
        let x = try drawn.horizontal(labelsAt: "307")
        let y = try drawn.vertical(labelsAt: "55")
        // Places are rounded to hundredths of a unit, of which a dose has some 30 and an effect of 1 some 300.
        func points(_ text: String) -> [(x: Double, y: Double)] {
            text.split(separator: " ").map { pair in
                let ends = pair.split(separator: ",").compactMap { Double($0) }
                return (x(ends[0]), y(ends[1]))
            }
        }
        let fit = try points(#require(drawn.matches("<polyline points=\"([^\"]+)\" class=\"fit\"/>").first?[0]))
        #expect(fit.count == Self.curve.count)
        for (place, step) in zip(fit, Self.curve) {
            #expect(abs(place.x - step.dose) < 1e-2 && abs(place.y - step.effect) < 1e-3)
        }
        let band = try points(#require(drawn.matches("<polygon points=\"([^\"]+)\" class=\"band\"/>").first?[0]))
        let ends = Self.curve.map(\.interval.upper) + Self.curve.reversed().map(\.interval.lower)
        #expect(band.count == ends.count)
        for (place, end) in zip(band, ends) { #expect(abs(place.y - end) < 1e-3) }
        let knots = try drawn.matches(
            "<line x1=\"([\\d.]+)\" y1=\"[\\d.]+\" x2=\"[\\d.]+\" y2=\"292\" class=\"knot\"/>")
        #expect(knots.count == 3)
        for (found, knot) in zip(knots, [2.0, 6, 11]) { #expect(abs(x(Double(found[0]) ?? .nan) - knot) < 1e-2) }
        let shut = try drawn.circles("bubble")
        let open = try drawn.circles("bubble open")
        #expect(shut.count == 2 && open.count == 1)
        #expect(abs(x(open[0].x) - 10) < 1e-2 && abs(y(open[0].y) - 0.6) < 1e-3)
    }

    @Test("a circle's area is the weight, and the results of one study are joined by dose")
    func weights() throws {
        let drawn = Self.drawn()
        let radii = try drawn.matches("<circle [^>]*r=\"([\\d.]+)\"").compactMap { Double($0[0]) }
        // The heaviest first: 16, 4 and 1.
        #expect(radii.count == 3)
        #expect(abs(radii[0] / radii[1] - 2) < 1e-2 && abs(radii[0] / radii[2] - 4) < 1e-2)
        let joined = try drawn.matches("<polyline points=\"([^\"]+)\" class=\"join\"/>")
        #expect(joined.count == 1, "one study has two results, the other one")
        #expect(joined.first?[0].split(separator: " ").count == 2)
    }

    @Test("words for those who do not see it; text that can be selected; no number that is none")
    func words() {
        let svg = Self.drawn(
            points: Self.points + [.init(study: "Nobody", dose: .nan, effect: 1, weight: 1)], knots: [.infinity, 6]
        ).svg
        #expect(svg.contains("<title id=\"dose-alt\">Hedges&#39; g against sessions, of 2 studies"))
        #expect(svg.contains("0.00 at 0, 0.60 at 12; knots at 6."))
        #expect(svg.contains(">sessions</text>") && svg.contains(">Hedges&#39; g</text>"))
        #expect(svg.contains(">reference</text>"))
        #expect(!svg.contains("nan") && !svg.contains("inf"))
    }

    @Test("nothing without a curve")
    func nothing() {
        let plot = DoseResponsePlot(
            curve: Array(Self.curve.prefix(1)), points: Self.points, dose: "d", effect: "g", identifier: "i")
        #expect(plot.html.source.isEmpty)
    }

    @Test("a file of it has the same shapes: the style sheet knows its lines")
    func file() throws {
        let html = DoseResponsePlot(
            curve: Self.curve, points: Self.points, knots: [2, 6, 11], dose: "sessions", effect: "Hedges' g",
            identifier: "dose"
        ).html
        let style = StyleSheet(
            css: "svg.plot .join { fill: none; stroke: #123456; } svg.plot .knot { stroke: #654321; }", figure: "plot",
            theme: .light)
        let drawing = try Drawing(html, style: style)
        #expect(drawing.elements.count(where: { $0.paint.stroke == [0x65 / 255.0, 0x43 / 255.0, 0x21 / 255.0] }) == 3)
    }
}
