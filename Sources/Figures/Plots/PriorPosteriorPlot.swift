/// What was thought before the data and what after: two densities of the mean.
package struct PriorPosteriorPlot: Sendable {
    package struct Density: Sendable {
        package var at: Double
        package var prior: Double
        package var posterior: Double

        package init(at: Double, prior: Double, posterior: Double) {
            self.at = at
            self.prior = prior
            self.posterior = posterior
        }
    }

    let densities: [Density]
    /// The smallest effect that matters, drawn as a line; nil for none.
    let smallest: Double?
    let axis: EffectAxis
    let identifier: String
    let description: String

    package init(
        _ densities: [Density], smallest: Double?, axis: EffectAxis, identifier: String, description: String
    ) {
        self.densities = densities.sorted { $0.at < $1.at }
        self.smallest = smallest
        self.axis = axis
        self.identifier = identifier
        self.description = description
    }

    private static let width = 520.0
    private static let left = 24.0
    private static let right = 508.0
    private static let top = 24.0
    private static let base = 232.0

    package var html: HTML {
        guard let first = densities.first, let last = densities.last, first.at < last.at else { return HTML() }
        let highest = densities.map { max($0.prior, $0.posterior) }.max() ?? 1
        let x = PlotAxis(first.at...last.at, from: Self.left, to: Self.right)
        // Room above the top for the words of the line.
        let y = PlotAxis(0...(smallest == nil ? 1.05 : 1.22) * highest, from: Self.base, to: Self.top)
        var plot = Plot()
        plot.polygon(
            [(x(first.at), y(0))] + densities.map { (x($0.at), y($0.posterior)) } + [(x(last.at), y(0))], "band")
        plot.curve(densities.map { (x($0.at), y($0.prior)) }, "pseudo")
        plot.curve(densities.map { (x($0.at), y($0.posterior)) }, "fit")
        if x.range.contains(0) { plot.line(x(0), Self.top, x(0), Self.base, "zero") }
        if let smallest, x.range.contains(smallest) {
            plot.line(x(smallest), Self.top, x(smallest), Self.base, "threshold")
            plot.text(x(smallest) + 4, Self.top + 8, "smallest that matters", .start, "soft")
        }
        plot.curve([(Self.left, 10), (Self.left + 26, 10)], "pseudo")
        plot.text(Self.left + 32, 14, "before the data", .start, "soft")
        plot.curve([(Self.left + 150, 10), (Self.left + 176, 10)], "fit")
        plot.text(Self.left + 182, 14, "after the data")
        plot.axis(x, of: axis, below: Self.base)
        return plot.svg(width: Self.width, height: Self.base + 38, identifier: identifier, description: description)
    }
}
