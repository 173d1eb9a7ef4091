/// The places of a plot of one quantity against another: axes at the left and below, of the size that such plots have in the report.
enum ScatterFrame {
    static let width = 520.0
    static let left = 62.0
    static let right = 508.0
    static let top = 14.0
    static let base = 292.0
    /// Below the axis and its name.
    static let bottom = base + 38
    /// Where the horizontal axis begins: a little to the right of the vertical one.
    static let start = left + 6

    /// Values from left to right.
    static func across(_ range: ClosedRange<Double>) -> PlotAxis { PlotAxis(range, from: start, to: right) }

    /// Values from below upwards.
    static func upwards(_ range: ClosedRange<Double>) -> PlotAxis { PlotAxis(range, from: base, to: top) }
}

extension Plot {
    /// Draws both axes and closes the picture.
    ///
    /// - Parameter room: left below, for a legend.
    mutating func scatter(
        _ x: PlotAxis, _ xName: String, _ y: PlotAxis, _ yName: String, room: Double = 0, identifier: String,
        description: String
    ) -> HTML {
        axis(x, below: ScatterFrame.base, name: xName, count: 7)
        axis(y, leftOf: ScatterFrame.left, name: yName)
        return svg(
            width: ScatterFrame.width, height: ScatterFrame.bottom + room, identifier: identifier,
            description: description)
    }

    /// A line with its band, each step a value, the line's height there and the band's ends.
    mutating func curve(
        _ steps: [(at: Double, value: Double, lower: Double, upper: Double)], _ x: PlotAxis, _ y: PlotAxis
    ) {
        let lower = steps.map { (x($0.at), y($0.lower)) }
        let upper = steps.map { (x($0.at), y($0.upper)) }
        polygon(upper + lower.reversed(), "band")
        if y.range.contains(0) { line(ScatterFrame.start, y(0), ScatterFrame.right, y(0), "zero") }
        curve(steps.map { (x($0.at), y($0.value)) }, "fit")
    }

    /// Circles whose area is a weight, the largest of radius 9. Light ones are drawn last, so that none is hidden.
    mutating func bubbles(
        _ points: [(at: Double, value: Double, weight: Double, isOpen: Bool)], _ x: PlotAxis, _ y: PlotAxis
    ) {
        let heaviest = points.map(\.weight).max() ?? 1
        for n in points.indices.sorted(by: { points[$0].weight > points[$1].weight }) {
            let point = points[n]
            circle(
                x(point.at), y(point.value), radius: max(2, 9 * (point.weight / heaviest).squareRoot()),
                point.isOpen ? "bubble open" : "bubble")
        }
    }
}
