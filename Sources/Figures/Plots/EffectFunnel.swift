/// Effects against their standard errors, from plain numbers: without bias they fill an upright funnel.
///
/// Behind them the contours of a single study's two-sided p of .1, .05 and .01 around zero (Peters et al. 2008,
/// doi:10.1016/j.jclinepi.2007.11.010), which a legend names. Open circles: studies that trim and fill puts in.
package struct EffectFunnel: Sendable {
    package struct Point: Sendable {
        package var effect: Double
        package var error: Double
        package var isFilled: Bool

        package init(effect: Double, error: Double, isFilled: Bool = false) {
            self.effect = effect
            self.error = error
            self.isFilled = isFilled
        }
    }

    let points: [Point]
    let centre: Double
    /// Effect at an error of 0, and its change with the error.
    let egger: (limit: Double, slope: Double)?
    let axis: EffectAxis
    let identifier: String
    let description: String

    package init(
        _ points: [Point], centre: Double, egger: (limit: Double, slope: Double)?, axis: EffectAxis, identifier: String,
        description: String
    ) {
        self.points = points.filter { $0.effect.isFinite && $0.error > 0 }
        self.centre = centre
        self.egger = egger
        self.axis = axis
        self.identifier = identifier
        self.description = description
    }

    package var html: HTML {
        guard points.count > 1 else { return HTML() }
        let largest = 1.06 * (points.map(\.error).max() ?? 1)
        let ends: [Double] = points.map(\.effect) + [centre - 1.96 * largest, centre + 1.96 * largest, 0]
        let (low, high) = (ends.min() ?? -1, ends.max() ?? 1)
        let room = 0.03 * (high - low)
        let x = ScatterFrame.across(low - room...high + room)
        let y = PlotAxis(0...largest, from: ScatterFrame.top, to: ScatterFrame.base)
        var plot = Plot()
        plot.rectangle(x.start, y(0), x.end - x.start, y(largest) - y(0), "contour c1")
        for contour in Plot.funnelContours { plot.wedge(contour.style, p: contour.p, largest: largest, x, y) }
        plot.polygon(
            [(x(centre), y(0)), (x(centre - 1.96 * largest), y(largest)), (x(centre + 1.96 * largest), y(largest))],
            "pseudo")
        plot.line(x(centre), y(0), x(centre), y(largest), "threshold")
        plot.line(x(0), y(0), x(0), y(largest), "zero")
        if let egger {
            let line = (0...60).map { largest * Double($0) / 60 }.map { (egger.limit + egger.slope * $0, $0) }
                .filter { x.range.contains($0.0) }.map { (x($0.0), y($0.1)) }
            if line.count > 1 { plot.curve([line[0], line[line.count - 1]], "fit") }
        }
        let radius = points.count > 150 ? 2.0 : points.count > 60 ? 3.0 : 4.0
        for point in points where !point.isFilled {
            plot.circle(x(point.effect), y(point.error), radius: radius, "mark")
        }
        for point in points where point.isFilled {
            plot.circle(x(point.effect), y(point.error), radius: radius, "mark open")
        }
        plot.axis(x, of: axis, below: ScatterFrame.base)
        plot.axis(y, leftOf: ScatterFrame.left, name: "Standard error")
        plot.funnelLegend(ScatterFrame.bottom + 14)
        return plot.svg(
            width: ScatterFrame.width, height: ScatterFrame.bottom + Plot.funnelLegendHeight, identifier: identifier,
            description: description)
    }
}
