import Figures
import Statistics
import Testing

@Suite("Effects against an amount")
struct EffectCurveTests {
    /// A line through zero with a band that widens, of doses 0 to 12.
    private static let line = (0...12).map { dose in
        let effect = 0.05 * Double(dose)
        let half = 0.02 + 0.01 * Double(dose)
        return (at: Double(dose), value: effect, interval: Interval(lower: effect - half, upper: effect + half))
    }

    private static let bubbles = [
        EffectCurve.Bubble(at: 4, value: 0.3, weight: 4), EffectCurve.Bubble(at: 8, value: 0.35, weight: 1),
        EffectCurve.Bubble(at: 10, value: 0.6, weight: 16),
    ]

    private static func drawn(
        _ bubbles: [EffectCurve.Bubble] = bubbles,
        curves: [EffectCurve.Curve] = [EffectCurve.Curve(name: "linear", points: line)]
    ) -> Drawn {
        Drawn(
            svg: EffectCurve(
                bubbles, curves: curves, amount: "sessions", effect: "Hedges' g", identifier: "dose",
                description: "Effects against sessions."
            ).html.source)
    }

    @Test("curve, band and results stand where their numbers say, read back by the axes")
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
        #expect(fit.count == Self.line.count)
        for (place, step) in zip(fit, Self.line) {
            #expect(abs(place.x - step.at) < 1e-2 && abs(place.y - step.value) < 1e-3)
        }
        let band = try points(#require(drawn.matches("<polygon points=\"([^\"]+)\" class=\"band\"/>").first?[0]))
        let ends = Self.line.map(\.interval.upper) + Self.line.reversed().map(\.interval.lower)
        #expect(band.count == ends.count)
        for (place, end) in zip(band, ends) { #expect(abs(place.y - end) < 1e-3) }
        // The heaviest first, so that none is hidden.
        let circles = try drawn.circles("bubble")
        #expect(circles.count == 3)
        for (circle, wanted) in zip(circles, [(10.0, 0.6), (4, 0.3), (8, 0.35)]) {
            #expect(abs(x(circle.x) - wanted.0) < 1e-2 && abs(y(circle.y) - wanted.1) < 1e-3)
        }
    }

    @Test("a circle's area is the weight")
    func weights() throws {
        let radii = try Self.drawn().matches("<circle [^>]*r=\"([\\d.]+)\"").compactMap { Double($0[0]) }
        // 16, 4 and 1.
        #expect(radii.count == 3)
        #expect(abs(radii[0] / radii[1] - 2) < 1e-2 && abs(radii[0] / radii[2] - 4) < 1e-2)
    }

    @Test("several curves are named in a line above them, each with its stroke, and only the first has a band")
    func several() throws {
        let steeper = EffectCurve.Curve(
            name: "quadratic", points: Self.line.map { ($0.at, 1.2 * $0.value, $0.interval) })
        let drawn = Self.drawn(curves: [EffectCurve.Curve(name: "linear", points: Self.line), steeper])
        #expect(try drawn.matches("<polygon points=\"([^\"]+)\" class=\"band\"/>").count == 1)
        #expect(
            try drawn.matches("class=\"(fit|twig fine)\"").map { $0[0] } == ["fit", "fit", "twig fine", "twig fine"])
        #expect(drawn.svg.contains(">linear</text>") && drawn.svg.contains(">quadratic</text>"))
        #expect(!Self.drawn().svg.contains(">linear</text>"), "a curve that is alone needs no name")
    }

    @Test("of many results the outermost are held at the edge, so that they do not flatten the others")
    func outermost() throws {
        var many: [EffectCurve.Bubble] = []
        for n in 0..<300 {
            let height: Double = 0.01 * Double(n % 30)
            many.append(EffectCurve.Bubble(at: Double(n % 12), value: height, weight: 1))
        }
        many[0].value = 40
        let drawn = Self.drawn(many)
        let y = try drawn.vertical(labelsAt: "55")
        let heights = try drawn.circles("bubble").map { y($0.y) }
        #expect(heights.count == 300)
        #expect((heights.max() ?? 40) < 1, "an effect of 40 is drawn at the upper edge")
    }

    @Test("words for those who do not see it; text that can be selected; no number that is none")
    func words() {
        let svg = Self.drawn(Self.bubbles + [EffectCurve.Bubble(at: .nan, value: 1, weight: 1)]).svg
        #expect(svg.contains("<title id=\"dose-alt\">Effects against sessions.</title>"))
        #expect(svg.contains(">sessions</text>") && svg.contains(">Hedges&#39; g</text>"))
        #expect(!svg.contains("nan") && !svg.contains("inf"))
    }

    @Test("nothing of a single amount")
    func nothing() {
        #expect(Self.drawn([EffectCurve.Bubble(at: 3, value: 1, weight: 1)]).svg.isEmpty)
    }
}
