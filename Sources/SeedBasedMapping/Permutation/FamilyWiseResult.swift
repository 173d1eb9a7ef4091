public import Inference

/// What the permutation test of a model gave: the null distribution, and the observed statistics with their corrected p.
public struct FamilyWiseResult: Sendable {
    /// A statistic's observed values and their family-wise error corrected p, one per mask voxel.
    public struct Map: Sendable {
        /// z, TFCE score, or the size or mass of the voxel's cluster; 0 where there is none.
        public var observed: [Float]
        public var p: [Float]
    }

    public let null: NullDistribution
    /// Whether all distinct permutations were used.
    public let isExhaustive: Bool
    /// What is exchanged under the null hypothesis.
    public enum Kind: String, Hashable, Sendable {
        /// Subject images are flipped or relabelled: no study has an effect anywhere.
        case subjects
        /// Studies change places (a hypothesis on covariates).
        case studies
        /// Peaks are placed at random: their places are unrelated between samples.
        case relocations
    }

    public let kind: Kind
    /// Whether p values count the larger tail of each permutation.
    public let isTwoTailed: Bool
    /// z a voxel had to exceed to be part of a cluster.
    public let clusterForming: Double
    /// What the kernels ran with; results do not depend on it.
    public let instructions: VectorInstructions
    private let maps: [NullDistribution.Statistic: [NullDistribution.Tail: Map]]

    /// Permutations in the test, the identity included.
    public var permutations: Int { null.maxima.count }
    public var smallestP: Double { 1 / Double(permutations) }

    public func map(_ statistic: NullDistribution.Statistic, _ tail: NullDistribution.Tail) -> Map {
        maps[statistic]?[tail] ?? Map(observed: [], p: [])
    }

    /// - Parameters:
    ///   - observed: z map of the unpermuted data.
    ///   - null: its first row is that map's own maxima.
    public init(
        observed: [Float], null: NullDistribution, statistics: MaximumStatistics, isExhaustive: Bool,
        kind: Kind = .subjects, isTwoTailed: Bool, instructions: VectorInstructions
    ) {
        self.null = null
        self.isExhaustive = isExhaustive
        self.kind = kind
        self.isTwoTailed = isTwoTailed
        self.instructions = instructions
        clusterForming = Double(statistics.clusterForming)
        var maps: [NullDistribution.Statistic: [NullDistribution.Tail: Map]] = [:]
        var scratch = ThresholdFreeClusterEnhancement.Scratch()
        for tail in NullDistribution.Tail.allCases {
            let sign = tail == .positive ? 1 : -1
            let clusters = statistics.clusterMaps(of: observed, sign: sign)
            let values: [NullDistribution.Statistic: [Float]] = [
                .voxel: observed.map { Float(sign) * $0 },
                .tfce: statistics.tfce.scores(of: observed, sign: sign, scratch: &scratch),
                .size: clusters.size, .mass: clusters.mass,
            ]
            for (statistic, observed) in values {
                let corrected = null.correctedP(statistic, tail, isTwoTailed: isTwoTailed)
                // Nothing in this tail is nothing to correct: p = 1.
                maps[statistic, default: [:]][tail] = Map(
                    observed: observed, p: observed.map { $0.isNaN ? .nan : $0 > 0 ? corrected($0) : 1 })
            }
        }
        self.maps = maps
    }
}
