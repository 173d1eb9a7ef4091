package import Appraisal

/// z when each study is left out, against the threshold.
package struct JackknifeStrip {
    let jackknife: JackknifeRuns
    let names: [String: String]
    let identifier: String

    /// - Parameter names: what experiments are called, by id; the id itself where there is none, as of samples left out.
    package init(jackknife: JackknifeRuns, names: [String: String] = [:], identifier: String) {
        self.jackknife = jackknife
        self.names = names
        self.identifier = identifier
    }

    private static let width = 780.0
    private static let row = 15.0
    private static let left = 232.0
    private static let right = 722.0

    package var html: HTML {
        let sign = jackknife.z < 0 ? -1.0 : 1.0
        let threshold = sign * jackknife.threshold
        // Those that weaken the finding most come first.
        let runs = jackknife.runs.filter(\.isEstimable).sorted { (sign * $0.z, $0.leftOut) < (sign * $1.z, $1.leftOut) }
        let values = runs.map(\.z) + [threshold, jackknife.z]
        let (low, high) = (values.min() ?? 0, values.max() ?? 1)
        let room = max(0.08 * (high - low), 0.1)
        let x = PlotAxis(low - room...high + room, from: Self.left, to: Self.right)
        let top = 30.0
        let base = top + Self.row * Double(runs.count) + 6
        var plot = Plot()
        plot.text(0, 14, "Left out", .start, "head")
        plot.text(Self.width, 14, "z", .end, "head")
        // What is lost lies between the threshold and the other sign.
        let lost = sign > 0 ? (x.start, x(threshold)) : (x(threshold), x.end)
        plot.rectangle(lost.0, 20, lost.1 - lost.0, base - 20, "lost")
        plot.line(x(threshold), 20, x(threshold), base, "threshold")
        plot.line(x(jackknife.z), 20, x(jackknife.z), base, "fit")
        label("needed", at: threshold, x, towardsRight: sign < 0, &plot)
        label("with all", at: jackknife.z, x, towardsRight: sign > 0, &plot)
        for (n, run) in runs.enumerated() {
            let y = top + Self.row * (Double(n) + 0.5)
            plot.text(
                0, y + 4, Plot.shortened(names[run.leftOut] ?? run.leftOut, to: 36), .start,
                run.isSignificant ? "" : "head")
            plot.text(Self.width, y + 4, EffectWords.fixed(run.z), .end, run.isSignificant ? "" : "head")
            plot.line(x(jackknife.z), y, x(run.z), y, "interval")
            plot.circle(x(run.z), y, radius: 3.6, run.isSignificant ? "mark" : "mark open")
        }
        plot.axis(x, below: base, name: "z without the \(jackknife.unit)", count: 7)
        let description =
            "z when each \(jackknife.unit) is left out, against the threshold of \(EffectWords.fixed(threshold)): the finding "
            + "stays in \(jackknife.kept) of \(jackknife.done) runs."
        return plot.svg(width: Self.width, height: base + 38, identifier: identifier, description: description)
    }

    private func label(_ text: String, at z: Double, _ x: PlotAxis, towardsRight: Bool, _ plot: inout Plot) {
        plot.text(x(z) + (towardsRight ? 3 : -3), 14, text, towardsRight ? .start : .end, "soft")
    }
}
