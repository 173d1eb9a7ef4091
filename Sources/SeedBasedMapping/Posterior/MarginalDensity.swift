import Foundation

/// A density known at equally spaced nodes that cover it: its mean, SD, distribution function and quantiles.
///
/// Sums over the nodes are the trapezoid rule, exact to about 2·exp(−2π²σ²/step²) for a smooth density of SD σ. The
/// distribution function at a node is the integral of the density's sinc interpolation,
/// F(xᵢ) = step·Σⱼ fⱼ (½ + Si(π(i − j))/π), as exact; between nodes the logarithm is interpolated by a polynomial of
/// degree 5. Quantiles are right to about 1e-5 SD.
public struct MarginalDensity: Sendable {
    public let first: Double
    public let step: Double
    /// At the nodes, integrating to 1.
    public let values: [Double]
    public let mean: Double
    public let deviation: Double

    /// - Parameter weights: proportional to the density at first, first + step, …; not all 0.
    public init(first: Double, step: Double, weights: [Double]) {
        self.first = first
        self.step = step
        let total = weights.reduce(0, +) * step
        values = weights.map { $0 / total }
        var mean = 0.0
        for (index, value) in values.enumerated() { mean += value * (first + Double(index) * step) }
        mean *= step
        var variance = 0.0
        for (index, value) in values.enumerated() {
            let r = first + Double(index) * step - mean
            variance += value * r * r
        }
        self.mean = mean
        deviation = (variance * step).squareRoot()
    }

    /// Si(πk)/π for k = 0, 1, …; beyond 64 its asymptotic form.
    private static let sineIntegrals: [Double] = (0...64).map { k in
        // Simpson's rule on each half period of sin(πx)/(πx).
        var sum = 0.0
        for cell in 0..<k {
            let pieces = 64
            let h = 1.0 / Double(pieces)
            func f(_ x: Double) -> Double { x == 0 ? 1 : sin(Double.pi * x) / (Double.pi * x) }
            for piece in 0..<pieces {
                let a = Double(cell) + Double(piece) * h
                sum += h / 6 * (f(a) + 4 * f(a + h / 2) + f(a + h))
            }
        }
        return sum
    }

    private static func sineIntegral(_ k: Int) -> Double {
        let size = abs(k)
        if size <= 64 { return k < 0 ? -sineIntegrals[size] : sineIntegrals[size] }
        let x = Double.pi * Double(size)
        let value = 0.5 - (size % 2 == 0 ? 1 : -1) * (1 - 2 / (x * x)) / (x * Double.pi)
        return k < 0 ? -value : value
    }

    /// ½ + Si(πk)/π for k from −64 to 64.
    private static let steps: [Double] = (-64...64).map { 0.5 + sineIntegral($0) }

    /// The distribution function at node `index`.
    func cumulative(atNode index: Int) -> Double {
        let sum = values.withUnsafeBufferPointer { values in
            Self.steps.withUnsafeBufferPointer { steps in
                var sum = 0.0
                for other in values.indices {
                    let k = index - other
                    sum += values[other] * (abs(k) <= 64 ? steps[k + 64] : 0.5 + Self.sineIntegral(k))
                }
                return sum
            }
        }
        return min(max(sum * step, 0), 1)
    }

    /// P(x ≤ `x`).
    public func cumulative(_ x: Double) -> Double {
        let at = (x - first) / step
        if !(at > 0) { return 0 }
        if at >= Double(values.count - 1) { return 1 }
        let cell = Int(at)
        let rest = at - Double(cell)
        let start = cumulative(atNode: cell)
        return rest == 0 ? start : min(start + within(logarithms(around: cell), to: rest), 1)
    }

    /// The x with P(≤ x) = p, 0 < p < 1.
    public func quantile(_ p: Double) -> Double {
        // The cell, by the trapezoid rule, then by the exact values.
        var sum = 0.0
        var cell = 0
        while cell < values.count - 2 {
            let next = sum + 0.5 * step * (values[cell] + values[cell + 1])
            if next >= p { break }
            sum = next
            cell += 1
        }
        var start = cumulative(atNode: cell)
        while start > p, cell > 0 {
            cell -= 1
            start = cumulative(atNode: cell)
        }
        while cell < values.count - 2 {
            let next = cumulative(atNode: cell + 1)
            if next >= p { break }
            start = next
            cell += 1
        }
        let logarithms = logarithms(around: cell)
        let wanted = p - start
        var low = 0.0
        var high = 1.0
        var s = 0.5
        for _ in 0..<30 {
            let value = within(logarithms, to: s) - wanted
            if value < 0 { low = s } else { high = s }
            let slope = step * exp(Self.interpolated(logarithms, s))
            var next = s - value / slope
            if !(next > low && next < high) { next = 0.5 * (low + high) }
            let move = abs(next - s)
            s = next
            if move < 1e-9 { break }
        }
        return first + (Double(cell) + s) * step
    }

    /// Logarithms of the density at the six nodes around a cell, with where the cell starts among them.
    private struct Logarithms {
        var values: (Double, Double, Double, Double, Double, Double)
        /// The cell's position from the third node.
        var shift: Double
    }

    private func logarithms(around cell: Int) -> Logarithms {
        let start = min(max(cell - 2, 0), max(values.count - 6, 0))
        func at(_ index: Int) -> Double { log(max(values[min(start + index, values.count - 1)], 1e-60)) }
        return Logarithms(values: (at(0), at(1), at(2), at(3), at(4), at(5)), shift: Double(cell - start - 2))
    }

    /// The polynomial through the six at s steps into the cell.
    private static func interpolated(_ logarithms: Logarithms, _ s: Double) -> Double {
        let x = s + logarithms.shift
        let (a, b, c, d, e, f) = (x + 2, x + 1, x, x - 1, x - 2, x - 3)
        let v = logarithms.values
        let (ab, cd, ef) = (a * b, c * d, e * f)
        return v.0 * (b * cd * ef) / -120 + v.1 * (a * cd * ef) / 24 + v.2 * (ab * d * ef) / -12
            + v.3 * (ab * c * ef) / 12 + v.4 * (ab * cd * f) / -24 + v.5 * (ab * cd * e) / 120
    }

    /// The same through `values[start]` and the five after it, at x steps from the third.
    @inline(__always)
    static func interpolated(_ values: UnsafeBufferPointer<Double>, from start: Int, at x: Double) -> Double {
        interpolated(
            Logarithms(
                values: (
                    values[start], values[start + 1], values[start + 2], values[start + 3], values[start + 4],
                    values[start + 5]
                ), shift: 0), x)
    }

    /// The integral over the first s steps of a cell: four Gauss-Legendre nodes.
    private func within(_ logarithms: Logarithms, to s: Double) -> Double {
        let half = 0.5 * s
        let (outer, inner) = (0.861136311594052575, 0.339981043584856265)
        let (outerWeight, innerWeight) = (0.347854845137453857, 0.652145154862546143)
        func density(_ place: Double) -> Double { exp(Self.interpolated(logarithms, half * place)) }
        var sum = 0.0
        sum += outerWeight * density(1 - outer)
        sum += outerWeight * density(1 + outer)
        sum += innerWeight * density(1 - inner)
        sum += innerWeight * density(1 + inner)
        return sum * half * step
    }
}
