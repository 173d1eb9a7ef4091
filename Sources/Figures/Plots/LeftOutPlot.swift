/// A statistic when each person is left out, against the value with all and a threshold: who carries a finding.
package struct LeftOutPlot {
    package struct Run {
        var name: String
        var value: Double
        /// Whether the finding is still there.
        var isKept: Bool

        package init(name: String, value: Double, isKept: Bool) {
            self.name = name
            self.value = value
            self.isKept = isKept
        }
    }

    let runs: [Run]
    let whole: Double
    let threshold: Double?
    let unit: String
    let identifier: String

    /// - Parameters:
    ///   - whole: with everybody.
    ///   - threshold: what has to be passed; nil where it differs from run to run.
    package init(runs: [Run], whole: Double, threshold: Double?, unit: String, identifier: String) {
        self.runs = runs.filter(\.value.isFinite)
        self.whole = whole
        self.threshold = threshold
        self.unit = unit
        self.identifier = identifier
    }

    private static let width = 470.0
    private static let row = 14.0
    private static let left = 96.0
    private static let right = 440.0

    package var html: HTML {
        let sign = whole < 0 ? -1.0 : 1.0
        // Those whose absence weakens the finding most come first.
        let sorted = runs.sorted { (sign * $0.value, $0.name) < (sign * $1.value, $1.name) }
        let values = sorted.map(\.value) + [whole] + [threshold].compactMap { $0 }
        guard let low = values.min(), let high = values.max(), !sorted.isEmpty else { return HTML() }
        let room = max(0.08 * (high - low), 1e-9)
        let x = PlotAxis(low - room...high + room, from: Self.left, to: Self.right)
        let top = 26.0
        let base = top + Self.row * Double(sorted.count) + 6
        var plot = Plot()
        plot.text(0, 14, "Left out", .start, "head")
        if let threshold {
            let lost = sign > 0 ? (x.start, x(threshold)) : (x(threshold), x.end)
            plot.rectangle(lost.0, top - 6, max(lost.1 - lost.0, 0), base - top + 6, "lost")
            plot.line(x(threshold), top - 6, x(threshold), base, "threshold")
        }
        plot.line(x(whole), top - 6, x(whole), base, "fit")
        plot.text(x(whole), 14, "with all", .middle, "soft")
        for (n, run) in sorted.enumerated() {
            let y = top + Self.row * (Double(n) + 0.5)
            plot.text(0, y + 4, Plot.shortened(run.name, to: 14), .start, run.isKept ? "" : "head")
            plot.line(x(whole), y, x(run.value), y, "interval")
            plot.circle(x(run.value), y, radius: 3.4, run.isKept ? "mark" : "mark open")
        }
        plot.axis(x, below: base, name: unit)
        let kept = sorted.count(where: \.isKept)
        return plot.svg(
            width: Self.width, height: base + 38, identifier: identifier,
            description: "\(unit) when each person is left out: the finding stays in \(kept) of \(sorted.count) runs.")
    }
}
