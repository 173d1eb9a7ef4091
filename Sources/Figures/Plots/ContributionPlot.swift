package import Appraisal

/// Which experiments carry a cluster: shares of the effect and of the weights, and what each reported there.
package struct ContributionPlot {
    let contributions: [Contribution]
    let isMean: Bool
    let names: [String: String]
    let identifier: String

    /// - Parameter names: what experiments are called, by id; the id itself where there is none.
    package init(contributions: [Contribution], isMean: Bool, names: [String: String] = [:], identifier: String) {
        self.contributions = contributions
        self.isMean = isMean
        self.names = names
        self.identifier = identifier
    }

    private static let width = 780.0
    private static let row = 18.0
    private static let left = 232.0
    private static let right = 560.0
    private static let sourceLeft = 600.0
    private static let sourceWidth = 120.0

    package var html: HTML {
        let parts = contributions.sorted { ($1.share ?? 0, $0.id) < ($0.share ?? 0, $1.id) }
        let shares = parts.flatMap { [$0.share, $0.weight].compactMap { $0 } }.filter(\.isFinite)
        guard let low = shares.min(), let high = shares.max(), high > 0 else { return HTML() }
        let x = PlotAxis(100 * min(low, 0) - 1...100 * high + 1, from: Self.left, to: Self.right)
        let top = 30.0
        let base = top + Self.row * Double(parts.count) + 4
        var plot = Plot()
        plot.text(0, 14, "Experiment", .start, "head")
        plot.text(Self.sourceLeft, 14, "reported there", .start, "head")
        plot.text(Self.width, 14, "share", .end, "head")
        for (n, part) in parts.enumerated() {
            let y = top + Self.row * (Double(n) + 0.5)
            plot.text(0, y + 4, Plot.shortened(name(part), to: 36))
            plot.text(Self.width, y + 4, "\(PrettyNumber.fixed(100 * (part.share ?? .nan), 0)) %", .end)
            bar(100 * (part.share ?? .nan), y - 5, 6, x, "bar", &plot)
            bar(100 * (part.weight ?? .nan), y + 2, 2, x, "mark", &plot)
            sources(part, y, &plot)
        }
        plot.line(x(0), 22, x(0), base, "zero")
        plot.axis(
            x, below: base, name: isMean ? "% of the effect, % of the weights" : "% of the effect, % of the information"
        )
        let carrier =
            parts.first.map { "\(name($0)) brings most, \(PrettyNumber.fixed(100 * ($0.share ?? .nan), 0)) %" } ?? ""
        return plot.svg(
            width: Self.width, height: base + 38, identifier: identifier,
            description: "Share of each of \(parts.count) experiments in the cluster's effect: \(carrier).")
    }

    private func name(_ part: Contribution) -> String { names[part.id] ?? part.id }

    private func bar(
        _ value: Double, _ y: Double, _ height: Double, _ x: PlotAxis, _ style: String, _ plot: inout Plot
    ) {
        guard value.isFinite else { return }
        plot.rectangle(min(x(0), x(value)), y, abs(x(value) - x(0)), height, style)
    }

    /// Shares of the cluster's voxels.
    private func sources(_ part: Contribution, _ y: Double, _ plot: inout Plot) {
        func share(_ source: StudyEffects.Source) -> Double { part.sources[source] ?? 0 }
        let reported = Self.sourceWidth * (share(.map) + share(.peak))
        let signs = Self.sourceWidth * share(.sign)
        plot.rectangle(Self.sourceLeft, y - 4, reported, 8, "mark")
        plot.rectangle(Self.sourceLeft + reported, y - 4, signs, 8, "light")
        plot.rectangle(Self.sourceLeft, y - 4, Self.sourceWidth, 8, "frame")
    }
}
