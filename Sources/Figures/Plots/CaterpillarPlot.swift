package import Statistics

/// Very many effects in order of their size, a hair each, with the mean and the prediction interval across: what a
/// forest of hundreds of lines would show, in one picture.
package struct CaterpillarPlot: Sendable {
    package struct Effect: Sendable {
        package var value: Double
        package var interval: Interval

        package init(value: Double, interval: Interval) {
            self.value = value
            self.interval = interval
        }
    }

    let effects: [Effect]
    let pooled: Effect
    let prediction: Interval?
    let axis: EffectAxis
    let null: Double?
    let identifier: String
    let description: String

    package init(
        _ effects: [Effect], pooled: Effect, prediction: Interval?, axis: EffectAxis, null: Double? = 0,
        identifier: String, description: String
    ) {
        self.effects = effects.filter { $0.value.isFinite }.sorted { $0.value < $1.value }
        self.pooled = pooled
        self.prediction = prediction
        self.axis = axis
        self.null = null
        self.identifier = identifier
        self.description = description
    }

    private static let width = 520.0
    private static let left = 20.0
    private static let right = 508.0

    package var html: HTML {
        guard effects.count > 1 else { return HTML() }
        let count = Double(effects.count)
        let values = effects.map(\.value)
        // The middle 98 % and the summary decide the width; what lies beyond is cut at the side.
        let cut = Int(exactly: (0.01 * count).rounded(.down)) ?? 0
        var ends = [values[cut], values[values.count - 1 - cut], pooled.interval.lower, pooled.interval.upper]
        if let prediction { ends += [prediction.lower, prediction.upper] }
        if let null { ends.append(null) }
        let (low, high) = (ends.min() ?? -1, ends.max() ?? 1)
        let room = 0.12 * (high - low)
        let x = PlotAxis(low - room...high + room, from: Self.left, to: Self.right)
        let step = max(0.6, min(6, 420 / count))
        let top = 12.0
        let base = top + step * count + 40
        var plot = Plot()
        if let prediction {
            let (from, to) = (x.clamped(prediction.lower), x.clamped(prediction.upper))
            plot.rectangle(from, top, to - from, base - top, "band")
        }
        if let null { plot.line(x(null), top, x(null), base, "zero") }
        for (n, effect) in effects.enumerated() {
            let y = top + step * (Double(n) + 0.5)
            plot.line(x.clamped(effect.interval.lower), y, x.clamped(effect.interval.upper), y, "rule")
        }
        plot.dots(
            effects.enumerated().map { (x.clamped($0.element.value), top + step * (Double($0.offset) + 0.5)) }, "cloud")
        plot.line(x(pooled.value), top, x(pooled.value), base - 20, "threshold")
        plot.diamond(pooled.value, pooled.interval, base - 18, x, "pooled", half: 8)
        plot.axis(x, of: axis, below: base)
        return plot.svg(width: Self.width, height: base + 38, identifier: identifier, description: description)
    }
}
