/// The largest statistics of each permutation: what corrected p values are read from.
public struct NullDistribution: Hashable, Sendable {
    /// The statistics whose family-wise error is controlled.
    public enum Statistic: String, Hashable, Sendable, CaseIterable, Codable {
        /// z of a voxel.
        case voxel
        /// Threshold-free cluster enhancement of a voxel.
        case tfce
        /// Voxels of a cluster.
        case size
        /// Sum over a cluster of z above the cluster-forming threshold.
        case mass
    }

    /// Which direction is tested.
    public enum Tail: String, Hashable, Sendable, CaseIterable, Codable {
        case positive, negative
    }

    /// A permutation's maxima, both tails.
    public struct Maxima: Hashable, Sendable {
        public var positive: SIMD4<Float>
        public var negative: SIMD4<Float>

        public init(positive: SIMD4<Float>, negative: SIMD4<Float>) {
            self.positive = positive
            self.negative = negative
        }

        public func value(_ statistic: Statistic, _ tail: Tail) -> Float {
            let values = tail == .positive ? positive : negative
            switch statistic {
            case .voxel: return values.x
            case .tfce: return values.y
            case .size: return values.z
            case .mass: return values.w
            }
        }
    }

    /// In the order of the permutations; the first is the unpermuted data.
    public let maxima: [Maxima]

    public init(_ maxima: [Maxima]) { self.maxima = maxima }

    /// The maxima of one statistic, ascending. Two-tailed: the larger of both tails of each permutation.
    public func sorted(_ statistic: Statistic, _ tail: Tail, isTwoTailed: Bool = false) -> [Float] {
        maxima.map { row in
            isTwoTailed
                ? max(row.value(statistic, .positive), row.value(statistic, .negative)) : row.value(statistic, tail)
        }.sorted()
    }

    /// Family-wise error corrected p: the share of permutations, the identity included, whose maximum is at least as
    /// large as the value.
    public struct CorrectedP: Sendable {
        private let sorted: [Float]

        public init(sorted: [Float]) { self.sorted = sorted }

        public func callAsFunction(_ value: Float) -> Float {
            guard !value.isNaN else { return .nan }
            // First maximum that is not below the value.
            var low = 0
            var high = sorted.count
            while low < high {
                let middle = (low + high) / 2
                if sorted[middle] < value { low = middle + 1 } else { high = middle }
            }
            return Float(sorted.count - low) / Float(max(sorted.count, 1))
        }

        /// The value that has to be reached for a corrected p at or below `level`; nil when no value reaches it.
        public func threshold(level: Double) -> Float? {
            let exceed = Int(level * Double(sorted.count) + 1e-9)
            guard exceed >= 1, exceed <= sorted.count else { return nil }
            // At most `exceed` permutations may be at or above it.
            let index = sorted.count - exceed
            guard index > 0, sorted[index - 1] == sorted[index] else { return sorted[index] }
            return sorted[index...].first { $0 > sorted[index] }
        }
    }

    public func correctedP(_ statistic: Statistic, _ tail: Tail, isTwoTailed: Bool = false) -> CorrectedP {
        CorrectedP(sorted: sorted(statistic, tail, isTwoTailed: isTwoTailed))
    }
}
