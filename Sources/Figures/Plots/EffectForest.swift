package import Statistics

/// Effects with their intervals, a line each, from plain numbers: of studies, of groups, of the mean without each
/// study, of the mean as years went by. Below them what sums them up.
package struct EffectForest: Sendable {
    package enum Kind: Sendable {
        /// A square with an area in proportion to its weight.
        case effect
        /// The same, open: another kind of evidence.
        case open
        /// A small mark without weight, such as of a mean without one study.
        case step
        case heading
        /// A diamond.
        case subtotal
        case pooled
        /// A bar, of a prediction interval.
        case prediction
        case gap
    }

    package struct Row: Sendable {
        package var kind: Kind
        package var name: String
        /// In the column beside the name.
        package var detail: String
        package var value: Double
        package var interval: Interval
        /// From 0 to 1.
        package var weight: Double?

        package init(
            _ kind: Kind, _ name: String, detail: String = "", value: Double = .nan,
            interval: Interval = Interval(lower: .nan, upper: .nan), weight: Double? = nil
        ) {
            self.kind = kind
            self.name = name
            self.detail = detail
            self.value = value
            self.interval = interval
            self.weight = weight
        }
    }

    let rows: [Row]
    let axis: EffectAxis
    let heads: (name: String, detail: String)
    let null: Double?
    let note: String
    let interval: String
    let identifier: String
    let description: String

    /// - Parameters:
    ///   - heads: of the columns of names and details.
    ///   - null: where there is no effect; nil for none, as of a proportion.
    ///   - note: a line under the rows, such as of heterogeneity.
    ///   - interval: what the intervals are, for the head of their column.
    package init(
        _ rows: [Row], axis: EffectAxis, heads: (name: String, detail: String) = ("Study", ""), null: Double? = 0,
        note: String = "", interval: String = "95 % CI", identifier: String, description: String
    ) {
        self.rows = rows
        self.axis = axis
        self.heads = heads
        self.null = null
        self.note = note
        self.interval = interval
        self.identifier = identifier
        self.description = description
    }

    private static let width = 780.0
    private static let row = 18.0
    private static let detailColumn = 300.0
    private static let left = 314.0
    private static let right = 590.0
    private static let estimateColumn = 726.0
    private static let weightColumn = 776.0

    /// Wide enough for all values; single intervals only so far that one very wide one does not squeeze the others.
    private var range: ClosedRange<Double> {
        let drawn = rows.filter { $0.value.isFinite }
        let halves = drawn.map { ($0.interval.upper - $0.interval.lower) / 2 }.filter(\.isFinite).sorted()
        let usual = halves.isEmpty ? 1 : halves[halves.count / 2]
        var ends = drawn.flatMap { row -> [Double] in
            let half = min((row.interval.upper - row.interval.lower) / 2, 2.2 * usual)
            return half.isFinite ? [row.value - half, row.value + half] : [row.value]
        }
        for row in rows where row.kind == .pooled || row.kind == .prediction {
            ends += [row.interval.lower, row.interval.upper]
        }
        if let null { ends.append(null) }
        let finite = ends.filter(\.isFinite)
        let (low, high) = (finite.min() ?? -1, finite.max() ?? 1)
        return low - 0.03 * (high - low)...high + 0.03 * (high - low)
    }

    package var html: HTML {
        guard rows.contains(where: { $0.value.isFinite }) else { return HTML() }
        let x = PlotAxis(range, from: Self.left, to: Self.right)
        let top = 34.0
        let bottom = top + Self.row * Double(rows.count)
        let base = bottom + (note.isEmpty ? 6 : 24)
        let hasWeights = rows.contains { $0.weight != nil }
        var plot = Plot()
        plot.text(0, 14, heads.name, .start, "head")
        plot.text(Self.detailColumn, 14, heads.detail, .end, "head")
        plot.text(hasWeights ? Self.estimateColumn : Self.weightColumn, 14, "\(shortName) [\(interval)]", .end, "head")
        if hasWeights { plot.text(Self.weightColumn, 14, "weight", .end, "head") }
        plot.line(0, 21, Self.width, 21, "axis")
        if let null, x.range.contains(null) { plot.line(x(null), 24, x(null), base, "zero") }
        if let pooled = rows.first(where: { $0.kind == .pooled }) {
            plot.line(x.clamped(pooled.value), 24, x.clamped(pooled.value), base, "threshold")
        }
        let heaviest = rows.compactMap(\.weight).max() ?? 1
        for (n, row) in rows.enumerated() {
            let y = top + Self.row * (Double(n) + 0.5) - 4
            draw(row, y, x, heaviest, hasWeights, &plot)
        }
        if !note.isEmpty { plot.text(0, bottom + 12, note, .start, "soft") }
        plot.axis(x, of: axis, below: base)
        return plot.svg(width: Self.width, height: base + 38, identifier: identifier, description: description)
    }

    private var shortName: String {
        switch axis.scale {
        case .plain: axis.name == "Hedges' g" ? "g" : "effect"
        case .exponential: "ratio"
        case .correlation: "r"
        case .proportion: "proportion"
        }
    }

    private func draw(
        _ row: Row, _ y: Double, _ x: PlotAxis, _ heaviest: Double, _ hasWeights: Bool, _ plot: inout Plot
    ) {
        let isSum = row.kind == .pooled
        let style =
            isSum || row.kind == .heading ? "head" : row.kind == .subtotal || row.kind == .prediction ? "soft" : ""
        if isSum { plot.line(0, y - 11, Self.width, y - 11, "rule") }
        plot.text(0, y + 4, Plot.shortened(row.name, to: row.detail.isEmpty ? 50 : 38), .start, style)
        plot.text(Self.detailColumn, y + 4, row.detail, .end, style)
        guard row.kind != .heading, row.kind != .gap else { return }
        let column = hasWeights ? Self.estimateColumn : Self.weightColumn
        if row.kind == .prediction {
            let ends = "[\(axis.number(row.interval.lower)), \(axis.number(row.interval.upper))]"
            plot.text(column, y + 4, ends, .end, style)
            plot.bar(row.interval, y, x, "prediction")
            return
        }
        guard row.value.isFinite else { return }
        plot.text(column, y + 4, axis.bracketed(row.value, row.interval), .end, style)
        if let weight = row.weight, hasWeights {
            plot.text(Self.weightColumn, y + 4, "\(PrettyNumber.fixed(100 * weight, 1)) %", .end, style)
        }
        switch row.kind {
        case .subtotal, .pooled:
            plot.diamond(row.value, row.interval, y, x, isSum ? "pooled" : "subtotal")
        case .step:
            plot.bar(row.interval, y, x, "interval")
            plot.circle(x.clamped(row.value), y, radius: 3.4, "mark")
        default:
            plot.bar(row.interval, y, x, "interval")
            plot.square(
                row.value, y, x, share: (row.weight ?? heaviest) / max(heaviest, 1e-12),
                row.kind == .open ? "mark open" : "mark")
        }
    }
}
