import Foundation
import Statistics

/// A straight axis: values of the data to places in a drawing, with round tick marks.
struct PlotAxis {
    let range: ClosedRange<Double>
    /// Place of the lower and of the upper end; the lower end may be to the right or at the bottom.
    let start: Double
    let end: Double

    /// - Parameter range: widened a little where it has no length.
    init(_ range: ClosedRange<Double>, from start: Double, to end: Double) {
        let isFlat = !(range.upperBound - range.lowerBound > 1e-9)
        self.range = isFlat ? range.lowerBound - 0.5...range.upperBound + 0.5 : range
        self.start = start
        self.end = end
    }

    func callAsFunction(_ value: Double) -> Double {
        start + (value - range.lowerBound) / (range.upperBound - range.lowerBound) * (end - start)
    }

    /// The same, held within the axis.
    func clamped(_ value: Double) -> Double { self(min(max(value, range.lowerBound), range.upperBound)) }

    /// Round numbers inside the range, about `count` of them.
    func ticks(_ count: Int = 5) -> [Double] {
        let step = step(count)
        let first = Int(saturating: (range.lowerBound / step - 1e-9).rounded(.up))
        let last = Int(saturating: (range.upperBound / step + 1e-9).rounded(.down))
        return first <= last ? (first...last).map { Double($0) * step } : []
    }

    /// A tick as text, with as many decimals as the steps need.
    func label(_ tick: Double, count: Int = 5) -> String {
        let step = step(count)
        var decimals = 0
        while decimals < 6, abs((step * pow(10, Double(decimals))).rounded() - step * pow(10, Double(decimals))) > 1e-6
        {
            decimals += 1
        }
        return PrettyNumber.fixed(tick, decimals)
    }

    private func step(_ count: Int) -> Double {
        let raw = (range.upperBound - range.lowerBound) / Double(max(count, 1))
        let magnitude = pow(10, log10(raw).rounded(.down))
        let factor = [1, 2, 2.5, 5, 10].first { $0 * magnitude >= raw * 0.999 } ?? 10
        return factor * magnitude
    }
}
