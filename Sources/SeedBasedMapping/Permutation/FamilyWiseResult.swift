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
    /// Of relocations by base rates: the largest values of the same maps in units of what is usual at each voxel
    /// (``Standardisation``), tested together with ``null``.
    public let standardised: NullDistribution?
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
    public var smallestP: Double { Double(nulls.count) / Double(permutations) }

    /// The null distributions that are tested together, each at its share of the level.
    public var nulls: [NullDistribution] { [null] + (standardised.map { [$0] } ?? []) }

    /// Whether peaks were placed where publications at large print theirs.
    public var isBaseRate: Bool { standardised != nil }

    /// The level of one of the ``nulls`` for a level of them together.
    public func level(_ level: Double) -> Double { level / Double(nulls.count) }

    public func map(_ statistic: NullDistribution.Statistic, _ tail: NullDistribution.Tail) -> Map {
        maps[statistic]?[tail] ?? Map(observed: [], p: [])
    }

    /// - Parameters:
    ///   - observed: z map of the unpermuted data.
    ///   - null: its first row is that map's own maxima.
    ///   - standardised: the same of the standardised map. A corrected p is then min(1, 2 · min(p, p standardised)): by Bonferroni
    ///     it holds the level whatever the two have in common.
    public init(
        observed: [Float], null: NullDistribution,
        standardised: (observed: [Float], null: NullDistribution)? = nil, statistics: MaximumStatistics,
        isExhaustive: Bool, kind: Kind = .subjects, isTwoTailed: Bool, instructions: VectorInstructions
    ) {
        self.null = null
        self.standardised = standardised?.null
        self.isExhaustive = isExhaustive
        self.kind = kind
        self.isTwoTailed = isTwoTailed
        self.instructions = instructions
        clusterForming = Double(statistics.clusterForming)
        var maps: [NullDistribution.Statistic: [NullDistribution.Tail: Map]] = [:]
        var scratch = ThresholdFreeClusterEnhancement.Scratch()
        for tail in NullDistribution.Tail.allCases {
            let plain = Self.values(of: observed, tail, statistics, &scratch)
            let other = standardised.map { Self.values(of: $0.observed, tail, statistics, &scratch) }
            for (statistic, observed) in plain {
                var p = Self.p(observed, null.correctedP(statistic, tail, isTwoTailed: isTwoTailed))
                if let standardised, let values = other?[statistic] {
                    let second = Self.p(
                        values, standardised.null.correctedP(statistic, tail, isTwoTailed: isTwoTailed))
                    for voxel in p.indices { p[voxel] = min(1, 2 * min(p[voxel], second[voxel])) }
                }
                maps[statistic, default: [:]][tail] = Map(observed: observed, p: p)
            }
        }
        self.maps = maps
    }

    /// A map's values by which its voxels are compared with the largest of each permutation.
    private static func values(
        of map: [Float], _ tail: NullDistribution.Tail, _ statistics: MaximumStatistics,
        _ scratch: inout ThresholdFreeClusterEnhancement.Scratch
    ) -> [NullDistribution.Statistic: [Float]] {
        let sign = tail == .positive ? 1 : -1
        let clusters = statistics.clusterMaps(of: map, sign: sign)
        return [
            .voxel: map.map { Float(sign) * $0 },
            .tfce: statistics.tfce.scores(of: map, sign: sign, scratch: &scratch),
            .size: clusters.size, .mass: clusters.mass,
        ]
    }

    /// Nothing in this tail is nothing to correct: p = 1.
    private static func p(_ observed: [Float], _ corrected: NullDistribution.CorrectedP) -> [Float] {
        observed.map { $0.isNaN ? .nan : $0 > 0 ? corrected($0) : 1 }
    }
}
