import Statistics

/// Where a single study's two-sided p passes a level, in a funnel: effects across, standard errors downwards from 0.
extension Plot {
    /// Nested wedges around zero, the innermost of what is not significant (Peters et al. 2008, doi:10.1016/j.jclinepi.2007.11.010).
    static let funnelContours = [
        (p: 0.01, style: "contour c2"), (p: 0.05, style: "contour c3"), (p: 0.1, style: "inner"),
    ]

    /// What the shades are, on a line of its own: the words of `funnel(legend=TRUE)` of metafor.
    mutating func funnelLegend(_ y: Double) {
        // Where each begins: the words are of different lengths.
        let regions: [(at: Double, styles: [String], words: String)] = [
            (0, ["inner"], "p > 0.10"), (90, ["contour c1", "contour c2", "contour c3"], "0.05 < p ≤ 0.10"),
            (222, ["contour c1", "contour c2"], "0.01 < p ≤ 0.05"), (354, ["contour c1"], "p ≤ 0.01"),
        ]
        for region in regions {
            let x = ScatterFrame.start + region.at
            for style in region.styles + ["frame"] { rectangle(x, y - 9, 16, 11, style) }
            text(x + 22, y, region.words)
        }
    }

    /// Room that ``funnelLegend(_:)`` takes below a picture.
    static let funnelLegendHeight = 22.0

    /// From (0, 0) down to the largest standard error, cut at the sides of the picture.
    ///
    /// - Parameters:
    ///   - p: a study on the wedge's edge has this two-sided p.
    ///   - largest: where the picture ends below.
    mutating func wedge(_ style: String, p: Double, largest: Double, _ x: PlotAxis, _ y: PlotAxis) {
        let z = -Normal.quantile(p / 2)
        func side(_ end: Double) -> [(Double, Double)] {
            let sign = end < 0 ? -1.0 : 1.0
            if z * largest <= abs(end) { return [(x(sign * z * largest), y(largest))] }
            return [(x(end), y(abs(end) / z)), (x(end), y(largest))]
        }
        let right = side(max(x.range.upperBound, 0))
        let left = side(min(x.range.lowerBound, -1e-9))
        polygon([(x(0), y(0))] + right + left.reversed(), style)
    }
}
