package import Statistics

/// Effects against an amount, with fitted curves: a meta-regression's bubble plot, or a dose–response curve. The first
/// curve has its 95 % band; others are thin.
package struct EffectCurve: Sendable {
    package struct Bubble: Sendable {
        package var at: Double
        package var value: Double
        package var weight: Double

        package init(at: Double, value: Double, weight: Double) {
            self.at = at
            self.value = value
            self.weight = weight
        }
    }

    package struct Curve: Sendable {
        package var name: String
        package var points: [(at: Double, value: Double, interval: Interval)]

        package init(name: String, points: [(at: Double, value: Double, interval: Interval)]) {
            self.name = name
            self.points = points
        }
    }

    let bubbles: [Bubble]
    let curves: [Curve]
    let amount: String
    let effect: String
    let identifier: String
    let description: String

    /// - Parameters:
    ///   - amount, effect: names of the axes.
    package init(
        _ bubbles: [Bubble], curves: [Curve], amount: String, effect: String, identifier: String, description: String
    ) {
        self.bubbles = bubbles.filter { $0.at.isFinite && $0.value.isFinite }
        self.curves = curves.filter { $0.points.count > 1 }
        self.amount = amount
        self.effect = effect
        self.identifier = identifier
        self.description = description
    }

    package var html: HTML {
        // A curve may begin before the first bubble, at a reference dose.
        let places = bubbles.map(\.at) + curves.flatMap { [$0.points.first?.at, $0.points.last?.at].compactMap { $0 } }
        guard bubbles.count > 1, let low = places.min(), let high = places.max(), low < high else { return HTML() }
        let margin = 0.06 * (high - low)
        let x = ScatterFrame.across(low - margin...high + margin)
        let band = curves.first?.points ?? []
        let heights: [Double] = bubbles.map(\.value).sorted()
        // One effect far out would flatten all others: with many, the outermost hundredth is held at the edge.
        let cut = heights.count > 100 ? heights.count / 100 : 0
        var ends: [Double] = [heights[cut], heights[heights.count - 1 - cut], 0]
        for curve in curves { ends += curve.points.map(\.value) }
        for point in band { ends += [point.interval.lower, point.interval.upper] }
        let lowest: Double = ends.min() ?? -1
        let highest: Double = ends.max() ?? 1
        let room = 0.06 * (highest - lowest)
        let y = ScatterFrame.upwards(lowest - room...highest + room)
        var plot = Plot()
        if !band.isEmpty {
            let lower = band.map { (x($0.at), y.clamped($0.interval.lower)) }
            let upper = band.map { (x($0.at), y.clamped($0.interval.upper)) }
            plot.polygon(upper + lower.reversed(), "band")
        }
        if y.range.contains(0) { plot.line(ScatterFrame.start, y(0), ScatterFrame.right, y(0), "zero") }
        let heaviest = bubbles.map(\.weight).max() ?? 1
        let most = bubbles.count > 150 ? 5.0 : 9.0
        for bubble in bubbles.sorted(by: { $0.weight > $1.weight }) {
            plot.circle(
                x(bubble.at), y.clamped(bubble.value),
                radius: max(1.4, most * (bubble.weight / max(heaviest, 1e-12)).squareRoot()), "bubble")
        }
        for (n, curve) in curves.enumerated() {
            let style = n == 0 ? "fit" : n == 1 ? "twig fine" : "pseudo"
            plot.curve(curve.points.map { (x($0.at), y.clamped($0.value)) }, style)
            guard curves.count > 1 else { continue }
            // Ends of curves lie too near each other to be named there.
            let line = ScatterFrame.left + 14 + 110 * Double(n)
            plot.curve([(line, ScatterFrame.top - 4), (line + 24, ScatterFrame.top - 4)], style)
            plot.text(line + 29, ScatterFrame.top, curve.name, .start, "soft")
        }
        return plot.scatter(x, amount, y, effect, identifier: identifier, description: description)
    }
}
