/// What became of a finding when each experiment, or each sample, was left out and the analysis repeated.
public struct Jackknife: Hashable, Sendable {
    public struct Run: Hashable, Sendable {
        /// Experiment or sample that was left out.
        public var leftOut: String
        public var g: Double
        /// z at the place.
        public var z: Double
        public var isSignificant: Bool

        public init(leftOut: String, g: Double, z: Double, isSignificant: Bool) {
            self.leftOut = leftOut
            self.g = g
            self.z = z
            self.isSignificant = isSignificant
        }
    }

    public var runs: [Run]
    /// |z| that had to be passed.
    public var threshold: Double
    /// z with all of them.
    public var z: Double
    /// What was left out, in the singular: `experiment` or `sample`.
    public var unit: String

    public init(runs: [Run], threshold: Double, z: Double, unit: String = "experiment") {
        self.runs = runs
        self.threshold = threshold
        self.z = z
        self.unit = unit
    }

    /// How many runs keep the finding.
    public var kept: Int { runs.count(where: \.isSignificant) }

    /// Runs without which the finding is lost, the weakest first.
    public var losses: [Run] {
        runs.filter { !$0.isSignificant }.sorted { abs($0.z) < abs($1.z) }
    }
}

/// z when each study is left out, against the threshold.
struct JackknifeStrip {
    let jackknife: Jackknife
    let identifier: String

    private static let width = 780.0
    private static let row = 15.0
    private static let left = 232.0
    private static let right = 722.0

    var html: HTML {
        let sign = jackknife.z < 0 ? -1.0 : 1.0
        let threshold = sign * jackknife.threshold
        // Those that weaken the finding most come first.
        let runs = jackknife.runs.sorted { (sign * $0.z, $0.leftOut) < (sign * $1.z, $1.leftOut) }
        let values = runs.map(\.z).filter(\.isFinite) + [threshold, jackknife.z]
        let (low, high) = (values.min() ?? 0, values.max() ?? 1)
        let room = max(0.08 * (high - low), 0.1)
        let x = PlotAxis(low - room...high + room, from: Self.left, to: Self.right)
        let top = 30.0
        let base = top + Self.row * Double(runs.count) + 6
        var plot = Plot()
        plot.text(0, 14, "Left out", .start, "head")
        plot.text(Self.width, 14, "z", .end, "head")
        let lost = sign > 0 ? (x.start, x(threshold)) : (x(threshold), x.end)
        plot.rectangle(lost.0, 20, lost.1 - lost.0, base - 20, "lost")
        plot.line(x(threshold), 20, x(threshold), base, "threshold")
        plot.line(x(jackknife.z), 20, x(jackknife.z), base, "fit")
        label("needed", at: threshold, x, towardsRight: sign < 0, &plot)
        label("with all", at: jackknife.z, x, towardsRight: sign > 0, &plot)
        for (n, run) in runs.enumerated() {
            let y = top + Self.row * (Double(n) + 0.5)
            plot.text(0, y + 4, Plot.shortened(run.leftOut, to: 36), .start, run.isSignificant ? "" : "head")
            plot.text(Self.width, y + 4, EffectWords.fixed(run.z), .end, run.isSignificant ? "" : "head")
            guard run.z.isFinite else { continue }
            plot.line(x(jackknife.z), y, x(run.z), y, "interval")
            plot.circle(x(run.z), y, radius: 3.6, run.isSignificant ? "mark" : "mark open")
        }
        plot.axis(x, below: base, name: "z without the \(jackknife.unit)", count: 7)
        let description =
            "z when each \(jackknife.unit) is left out, against the threshold of \(EffectWords.fixed(threshold)): the finding "
            + "stays in \(jackknife.kept) of \(jackknife.runs.count) runs."
        return plot.svg(width: Self.width, height: base + 38, identifier: identifier, description: description)
    }

    private func label(_ text: String, at z: Double, _ x: PlotAxis, towardsRight: Bool, _ plot: inout Plot) {
        plot.text(x(z) + (towardsRight ? 3 : -3), 14, text, towardsRight ? .start : .end, "soft")
    }
}
