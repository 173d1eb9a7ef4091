import Inference

/// Corrected p of a statistic: the share of rearrangements, the data among them, whose largest value is at least as large, with room for
/// rounding.
public struct RearrangementP: Sendable {
    private let sorted: [Float]
    private let statistic: NullDistribution.Statistic
    private let room: RoundingRoom

    /// - Parameter sorted: the largest values, ascending.
    init(sorted: [Float], _ statistic: NullDistribution.Statistic, room: RoundingRoom) {
        self.sorted = sorted
        self.statistic = statistic
        self.room = room
    }

    /// NaN for NaN.
    public func callAsFunction(_ value: Float) -> Float {
        guard !value.isNaN else { return .nan }
        return Float(sorted.count - first(from: room(value, statistic))) / Float(max(sorted.count, 1))
    }

    /// The value that has to be reached for a corrected p at or below `level`; nil when none of the rearrangements' largest is enough.
    public func threshold(level: Double) -> Float? {
        let exceed = Int(level * Double(sorted.count) + 1e-9)
        guard exceed >= 1, exceed <= sorted.count else { return nil }
        // At most `exceed` rearrangements may be at or above it.
        let index = sorted.count - exceed
        guard index > 0 else { return sorted[index] }
        return sorted[index...].first { room($0, statistic) > sorted[index - 1] }
    }

    /// The first that is not below a value.
    private func first(from value: Float) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
