package import Appraisal
package import Evidence
import Statistics

/// The effect as the evidence came in: the posterior mean and its 95 % interval after each experiment, by year.
package struct CumulativePlot {
    let effect: CumulativeEffect
    let measure: EffectMeasure
    let names: [String: String]
    let identifier: String

    /// - Parameter names: what experiments are called, by id; the id itself where there is none.
    package init(
        _ effect: CumulativeEffect, measure: EffectMeasure, names: [String: String] = [:], identifier: String
    ) {
        self.effect = effect
        self.measure = measure
        self.names = names
        self.identifier = identifier
    }

    private static let width = 780.0
    private static let row = 17.0
    private static let yearColumn = 262.0
    private static let left = 284.0
    private static let right = 640.0
    private static let estimateColumn = 774.0

    /// Nothing where the order is not known, or one experiment is all there is.
    package var html: HTML {
        let steps = effect.steps
        guard steps.count > 1, let last = steps.last else { return HTML() }
        let ends: [Double] = steps.flatMap { [$0.interval.lower, $0.interval.upper] } + [0]
        let (low, high) = (ends.min() ?? -1, ends.max() ?? 1)
        let room = 0.03 * (high - low)
        let x = PlotAxis(low - room...high + room, from: Self.left, to: Self.right)
        let top = 34.0
        let base = top + Self.row * Double(steps.count) + 6
        var plot = Plot()
        plot.text(0, 14, "With one more experiment", .start, "head")
        plot.text(Self.yearColumn, 14, "year", .end, "head")
        plot.text(Self.estimateColumn, 14, "\(measure == .change ? "g" : "z") [95 % interval]", .end, "head")
        plot.line(0, 21, Self.width, 21, "axis")
        plot.line(x(0), 24, x(0), base, "zero")
        plot.line(x(last.mean), 24, x(last.mean), base, "threshold")
        for (n, step) in steps.enumerated() {
            let y = top + Self.row * (Double(n) + 0.5) - 4
            let isLast = n == steps.count - 1
            plot.text(
                0, y + 4, "+ " + Plot.shortened(names[step.id] ?? step.id, to: 34), .start, isLast ? "head" : "")
            plot.text(Self.yearColumn, y + 4, String(step.year), .end, isLast ? "head" : "")
            plot.line(x(step.interval.lower), y, x(step.interval.upper), y, "interval")
            plot.circle(x(step.mean), y, radius: 3.6, isLast ? "pooled" : "mark")
            let numbers =
                "\(EffectWords.fixed(step.mean)) [\(EffectWords.fixed(step.interval.lower)), "
                + "\(EffectWords.fixed(step.interval.upper))]"
            plot.text(Self.estimateColumn, y + 4, numbers, .end, isLast ? "head" : "")
        }
        plot.axis(x, below: base, name: measure == .change ? "Hedges' g" : "Fisher's z", count: 7)
        return plot.svg(width: Self.width, height: base + 38, identifier: identifier, description: description)
    }

    private var description: String {
        guard let first = effect.steps.first, let last = effect.steps.last else { return "" }
        return "The pooled effect after each of \(effect.steps.count) experiments, by year: "
            + "\(EffectWords.fixed(first.mean)) in \(first.year), \(EffectWords.fixed(last.mean)) "
            + "(\(EffectWords.fixed(last.interval.lower)) to \(EffectWords.fixed(last.interval.upper))) in \(last.year)."
    }
}
