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

    /// Nothing with fewer than two subsets.
    package var html: HTML {
        guard points.count > 1, let low = points.map(\.effect).min(), let high = points.map(\.effect).max() else {
            return HTML()
        }
        let margin = max(0.04 * (high - low), 1e-6)
        let x = ScatterFrame.across(low - margin...high + margin)
        let y = ScatterFrame.upwards(0...100)
        var plot = Plot()
        for point in points { plot.circle(x(point.effect), y(100 * point.i2), radius: 1.5, "mark open") }
        let isPlain = axis.scale == .plain
        return plot.scatter(
            x, isPlain ? "Mean of the subset" : "Mean of the subset, as it is pooled", y, "I² in %",
            identifier: identifier,
            description: "Means of \(PrettyNumber.plural(points.count, "subset")) of the studies, from "
                + "\(axis.number(low)) to \(axis.number(high)), against their I².")
    }
}
