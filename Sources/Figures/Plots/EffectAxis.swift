import Foundation
import Statistics

/// A horizontal axis of effects: places are on the scale that is pooled, tick marks are named on the one that is read.
package struct EffectAxis: Sendable {
    /// How pooled values are read.
    package enum Scale: Sendable {
        case plain
        /// Logarithms of ratios: ticks 0.1, 0.2, 0.5, 1, 2, 5.
        case exponential
        /// Fisher's z: ticks are correlations.
        case correlation
        /// Log odds: ticks are proportions.
        case proportion
    }

    package var name: String
    package var scale: Scale

    package init(name: String, scale: Scale = .plain) {
        self.name = name
        self.scale = scale
    }

    func shown(_ value: Double) -> Double {
        switch scale {
        case .plain: value
        case .exponential: exp(value)
        case .correlation: tanh(value)
        case .proportion: 1 / (1 + exp(-value))
        }
    }

    /// A number in a column: two decimals, more of small ratios.
    func number(_ value: Double) -> String {
        let shown = shown(value)
        if scale == .plain, abs(shown) >= 100 { return PrettyNumber.fixed(shown, 0) }
        if scale == .exponential, shown >= 100 { return PrettyNumber.fixed(shown, 0) }
        return PrettyNumber.fixed(shown, 2)
    }

    func bracketed(_ value: Double, _ interval: Interval) -> String {
        "\(number(value)) [\(number(interval.lower)), \(number(interval.upper))]"
    }

    /// Places on the axis and what stands there.
    func ticks(_ axis: PlotAxis, count: Int) -> [(at: Double, label: String)] {
        let candidates: [Double]
        switch scale {
        case .plain: return axis.ticks(count).map { ($0, axis.label($0, count: count)) }
        case .exponential:
            candidates = (-6...6).flatMap { power in [1.0, 2, 5].map { $0 * pow(10, Double(power)) } }
        case .correlation:
            let half = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]
            candidates = half.reversed().map { -$0 } + [0] + half
        case .proportion:
            candidates = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99]
        }
        var inside = candidates.map { (at: place($0), shown: $0) }.filter { axis.range.contains($0.at) }
        // Every second, as long as they are too many; the null value stays.
        while inside.count > count + 3 {
            let null = inside.firstIndex { abs($0.at) < 1e-12 } ?? 0
            inside = inside.enumerated().filter { ($0.offset - null) % 2 == 0 }.map(\.element)
        }
        return inside.map { ($0.at, PrettyNumber.plain(($0.shown * 1e6).rounded() / 1e6)) }
    }

    private func place(_ shown: Double) -> Double {
        switch scale {
        case .plain: shown
        case .exponential: log(shown)
        case .correlation: atanh(shown)
        case .proportion: log(shown / (1 - shown))
        }
    }
}

extension Plot {
    /// A horizontal axis of effects with its ticks and its name below.
    mutating func axis(_ axis: PlotAxis, of effect: EffectAxis, below y: Double, count: Int = 7) {
        line(axis.start, y, axis.end, y, "axis")
        for tick in effect.ticks(axis, count: count) {
            line(axis(tick.at), y, axis(tick.at), y + 4, "axis")
            text(axis(tick.at), y + 15, tick.label, .middle)
        }
        text((axis.start + axis.end) / 2, y + 31, effect.name, .middle)
    }
}
