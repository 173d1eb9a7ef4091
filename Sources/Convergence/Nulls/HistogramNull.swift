import Foundation

/// The distribution of a voxel's statistic when foci fall anywhere in the mask, on equally spaced bins.
public struct HistogramNull: Sendable {
    /// Distance of the bins' centres; the first is 0.
    public let step: Double
    /// Probability of each bin (or counts, from Monte Carlo).
    public let weights: [Double]
    /// Probability of a bin or a higher one.
    public let tail: [Double]
    /// The smallest probability that is not 0: p is never below it.
    public let smallestP: Double
    private let inverseStep: Double

    public init(step: Double, weights: [Double]) {
        self.step = step
        self.weights = weights
        // As 1 / (second centre − first) is computed elsewhere: not quite 1e5 for 1e-5.
        inverseStep = 1 / step
        let sum = weights.reduce(0, +)
        var tail = weights
        var running = 0.0
        for bin in weights.indices.reversed() {
            running += weights[bin] / sum
            tail[bin] = running
        }
        let whole = tail.first ?? 1
        for bin in tail.indices { tail[bin] /= whole }
        self.tail = tail
        smallestP = tail.last { $0 > 0 } ?? 1
    }

    public func centre(_ bin: Int) -> Double {
        step == 1e-5 ? Double(bin) / 1e5 : Double(bin) * step
    }

    /// The bin nearest to a value, halves up; the last bin for anything higher.
    @inline(__always)
    package func bin(_ value: Double) -> Int {
        min(HistogramNull.nearest(value * inverseStep), tail.count - 1)
    }

    @inline(__always)
    static func nearest(_ x: Double) -> Int {
        let floor = x.rounded(.down)
        return Int(floor) + (x - floor >= 0.5 ? 1 : 0)
    }

    /// Upper-tail p of a statistic; 1 for 0 and below.
    public func p(_ statistic: Float) -> Double {
        statistic > 0 ? min(1, max(smallestP, tail[bin(Double(statistic))])) : 1
    }

    /// The statistic a voxel must exceed to form clusters: the centre of the bin before the first whose upper tail is
    /// at most `p` (NiMARE 0.22). When no bin is, the last.
    public func threshold(p: Double) -> Double {
        let first = tail.firstIndex { $0 <= p } ?? tail.count
        return centre(max(0, first - 1))
    }
}

extension HistogramNull {
    /// ln p of every value.
    package func logP(_ statistic: [Double]) -> [Double] {
        let table = tail.map { log(min(1, max(smallestP, $0))) }
        return statistic.map { $0 > 0 ? table[bin($0)] : 0 }
    }
}
