import Foundation
import Statistics

/// A bootstrap interval, bias-corrected and accelerated (BCa: Efron 1987, doi:10.1080/01621459.1987.10478410), over whole
/// subjects: all of a subject's values are drawn together.
public struct BootstrapInterval: Hashable, Sendable {
    public let estimate: Double
    public let lower: Double
    public let upper: Double
    public let level: Double
    /// z₀ and a.
    public let bias: Double
    public let acceleration: Double
    /// Draws that gave a number; where a resample has no spread, a standardised effect has none.
    public let draws: Int

    /// nil for fewer than 3 subjects, where the statistic is not a number, or fewer than half of the resamples give one.
    ///
    /// - Parameters:
    ///   - subjects: how many.
    ///   - level: between 0 and 1.
    ///   - draws: resamples, at least 100.
    ///   - statistic: of a list of subjects' numbers, in which some come several times.
    public init?(
        subjects: Int, level: Double = 0.95, draws: Int = 5000, seed: UInt64 = 1, statistic: ([Int]) -> Double
    ) {
        guard subjects >= 3, level > 0, level < 1, draws >= 100 else { return nil }
        let all = Array(0..<subjects)
        let estimate = statistic(all)
        guard estimate.isFinite else { return nil }
        let stream = Philox(seed: seed, name: "bootstrap", purpose: 8)
        var values: [Double] = []
        values.reserveCapacity(draws)
        for draw in 0..<draws {
            var picked: [Int] = []
            for block in 0..<(subjects + 3) / 4 {
                let words = stream([UInt32(truncatingIfNeeded: draw), UInt32(block), 0, 0])
                for lane in 0..<4 where picked.count < subjects {
                    picked.append(Int((UInt64(words[lane]) * UInt64(subjects)) >> 32))
                }
            }
            let value = statistic(picked)
            if value.isFinite { values.append(value) }
        }
        guard values.count * 2 > draws else { return nil }
        values.sort()
        // Ties count half: with few subjects many resamples give the estimate itself.
        let below = values.reduce(0) { $0 + ($1 < estimate ? 1 : $1 == estimate ? 0.5 : 0) }
        let share = min(max(below / Double(values.count), 0.5 / Double(values.count)), 1 - 0.5 / Double(values.count))
        let z0 = Normal.quantile(share)
        let left = all.map { out in statistic(all.filter { $0 != out }) }
        let mean = left.reduce(0, +) / Double(subjects)
        let square = left.reduce(0) { $0 + (mean - $1) * (mean - $1) }
        let cube = left.reduce(0) { $0 + (mean - $1) * (mean - $1) * (mean - $1) }
        let a = square > 0 ? cube / (6 * pow(square, 1.5)) : 0
        func end(_ p: Double) -> Double {
            let z = z0 + Normal.quantile(p)
            let adjusted = Normal.cdf(z0 + z / (1 - a * z))
            let place = adjusted * Double(values.count - 1)
            let low = min(max(0, Int(place.isFinite ? place : 0)), values.count - 1)
            let high = min(low + 1, values.count - 1)
            return values[low] + (place - Double(low)) * (values[high] - values[low])
        }
        self.estimate = estimate
        lower = end((1 - level) / 2)
        upper = end((1 + level) / 2)
        self.level = level
        bias = z0
        acceleration = a
        self.draws = values.count
    }
}
