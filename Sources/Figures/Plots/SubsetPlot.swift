/// The mean of subsets of the studies against their heterogeneity (GOSH): two clouds mean two kinds of studies.
package struct SubsetPlot {
    let points: [(effect: Double, i2: Double)]
    let axis: EffectAxis
    let identifier: String

    /// - Parameters:
    ///   - points: a subset each: its mean, on the scale that is pooled, and I² as a share.
    package init(_ points: [(effect: Double, i2: Double)], axis: EffectAxis, identifier: String) {
        self.points = points.filter { $0.effect.isFinite && $0.i2.isFinite }
        self.axis = axis
        self.identifier = identifier
    }

    private static let mostRings = 200

    /// Nothing with fewer than two subsets.
    package var html: HTML {
        guard points.count > 1, let low = points.map(\.effect).min(), let high = points.map(\.effect).max() else {
            return HTML()
        }
        let margin = max(0.04 * (high - low), 1e-6)
        let x = ScatterFrame.across(low - margin...high + margin)
        let y = ScatterFrame.upwards(0...100)
        var plot = Plot()
        // Hundreds of rings would be one blot; faint dots show where most are.
        if points.count > Self.mostRings {
            plot.dots(points.map { (x($0.effect), y(100 * $0.i2)) }, "cloud")
        } else {
            for point in points { plot.circle(x(point.effect), y(100 * point.i2), radius: 2.2, "mark open") }
        }
        plot.axis(
            x, of: EffectAxis(name: "mean of the subset, \(axis.name)", scale: axis.scale), below: ScatterFrame.base)
        plot.axis(y, leftOf: ScatterFrame.left, name: "I² in %")
        return plot.svg(
            width: ScatterFrame.width, height: ScatterFrame.base + 38, identifier: identifier,
            description: "Means of \(PrettyNumber.plural(points.count, "subset")) of the studies, from "
                + "\(axis.number(low)) to \(axis.number(high)), against their I².")
    }
}
