import Foundation
public import Imaging
public import Inference
public import Statistics

/// What a permutation test of a study found.
public struct StudyInference: Sendable {
    /// Which direction is tested: each tail on its own, or the larger of both (two-sided).
    public enum Side: String, Hashable, Sendable, CaseIterable, Codable {
        case positive, negative, both
    }

    public let contrast: StudyContrast
    /// In the order of the rearrangements; the first are the data.
    public let null: NullDistribution
    public let rearrangements: Rearrangements
    /// The data's statistic, one per voxel; NaN where nothing is tested.
    public let statistic: [Float]
    /// Whether the statistic is z, because degrees of freedom vary over voxels.
    public let isScore: Bool
    /// Of every voxel; nil where they vary.
    public let degreesOfFreedom: Int?
    public let clusterForming: Double?
    public let includesTFCE: Bool
    public let connectivity: Connectivity
    public let mask: Mask
    private let counts: (notBelow: [Int32], notAbove: [Int32])
    private let maximum: MaximumStatistics
    private let smallestShare: Double

    init(_ prepared: PreparedStudyTest, _ tally: StudyTally) {
        contrast = prepared.test.contrast
        null = NullDistribution(tally.maxima)
        rearrangements = prepared.rearrangements
        statistic = prepared.observed
        isScore = prepared.isScore
        degreesOfFreedom = prepared.degreesOfFreedom
        clusterForming = prepared.clusterForming
        includesTFCE = prepared.test.options.includesTFCE
        connectivity = prepared.test.options.connectivity
        mask = prepared.test.images.mask
        counts = (tally.notBelow, tally.notAbove)
        let table = NeighbourTable(mask, prepared.test.options.connectivity)
        maximum = MaximumStatistics(
            tfce: ThresholdFreeClusterEnhancement(table: table, form: prepared.test.options.tfceForm),
            clusterTable: table, clusterForming: prepared.clusterForming ?? 1e30)
        smallestShare = 1 / Double(max(1, tally.maxima.count))
    }

    /// The smallest corrected p that can come out. Two-sided, data whose signs are all flipped are the same: of all sign flips
    /// the least is 2/2ⁿ.
    public func smallestP(_ side: Side) -> Double {
        side == .both && rearrangements.mirror(of: 0) != nil ? 2 * smallestShare : smallestShare
    }

    /// The statistics there is a null distribution of.
    public var statistics: [NullDistribution.Statistic] {
        [.voxel] + (includesTFCE ? [.tfce] : []) + (clusterForming == nil ? [] : [.size, .mass])
    }

    /// The values compared: of the direction tested, at least 0; of both sides the larger; NaN where nothing is tested.
    public func values(_ statistic: NullDistribution.Statistic, _ side: Side) -> [Float] {
        if side == .both {
            return zip(values(statistic, .positive), values(statistic, .negative)).map { max($0, $1) }
        }
        let sign: Float = side == .positive ? 1 : -1
        var found: [Float]
        switch statistic {
        case .voxel: found = self.statistic.map { max(0, sign * $0) }
        case .tfce:
            var scratch = ThresholdFreeClusterEnhancement.Scratch()
            found = maximum.tfce.scores(of: self.statistic, sign: Int(sign), scratch: &scratch)
        case .size: found = maximum.clusterMaps(of: self.statistic, sign: Int(sign)).size
        case .mass: found = maximum.clusterMaps(of: self.statistic, sign: Int(sign)).mass
        }
        if contrast.isJoint, side == .negative { found = found.map { _ in 0 } }
        for voxel in found.indices where self.statistic[voxel].isNaN { found[voxel] = .nan }
        return found
    }

    /// Family-wise error corrected p: the share of rearrangements, the data among them, whose largest value is at least as large.
    /// Voxels outside clusters have 1.
    public func correctedP(_ statistic: NullDistribution.Statistic, _ side: Side) -> [Float] {
        let p = correction(statistic, side)
        return values(statistic, side).map { p($0) }
    }

    /// The corrected p of a value.
    public func correction(_ statistic: NullDistribution.Statistic, _ side: Side) -> NullDistribution.CorrectedP {
        null.correctedP(statistic, side == .negative ? .negative : .positive, isTwoTailed: side == .both)
    }

    /// Corrected p with the tail of the null beyond its permutations (generalised Pareto): finer than 1 in the number of
    /// permutations. nil where all rearrangements were made (nothing to extrapolate), or no tail fits.
    public func paretoTail(_ statistic: NullDistribution.Statistic, _ side: Side) -> ParetoTail? {
        guard !rearrangements.isExhaustive else { return nil }
        return ParetoTail(
            null.sorted(statistic, side == .negative ? .negative : .positive, isTwoTailed: side == .both).map {
                Double($0)
            })
    }

    /// p of each voxel on its own, by counting; nil unless it was asked for. Both sides: twice the smaller, at most 1.
    public func uncorrectedP(_ side: Side) -> [Float]? {
        guard !counts.notBelow.isEmpty else { return nil }
        let total = Float(null.maxima.count)
        return statistic.indices.map { voxel in
            if statistic[voxel].isNaN { return .nan }
            let (up, down) = (Float(counts.notBelow[voxel]) / total, Float(counts.notAbove[voxel]) / total)
            switch side {
            case .positive: return up
            case .negative: return down
            case .both: return contrast.isJoint ? up : min(1, 2 * min(up, down))
            }
        }
    }

    /// False discovery rate: q of each voxel, from the counted p.
    public func falseDiscoveryRate(_ side: Side, _ method: MultipleTesting = .benjaminiHochberg) -> [Float]? {
        guard let p = uncorrectedP(side) else { return nil }
        let tested = p.indices.filter { !p[$0].isNaN }
        var q = [Float](repeating: .nan, count: p.count)
        for (voxel, value) in zip(tested, method.corrected(logP: tested.map { log(Double(p[$0])) })) {
            q[voxel] = Float(exp(value))
        }
        return q
    }

    /// Clusters above the cluster-forming threshold, those of each sign, with corrected p of size and mass.
    public func clusters(_ side: Side, minimumExtent: Int = 1) -> [StudyCluster] {
        guard let clusterForming else { return [] }
        let finder = ClusterFinder(mask: mask, connectivity: connectivity)
        let size = correction(.size, side)
        let mass = correction(.mass, side)
        let voxel = correction(.voxel, side)
        let signs = side == .both ? (contrast.isJoint ? [1] : [1, -1]) : side == .positive ? [1] : [-1]
        return signs.flatMap { sign in
            let masses = maximum.clusterMaps(of: statistic, sign: sign).mass
            return finder.clusters(
                in: statistic, above: Double(Float(clusterForming)), sign: sign, minimumExtent: minimumExtent
            ).map { cluster in
                let own = masses[Int(cluster.voxels[0])]
                return StudyCluster(
                    cluster: cluster, mass: Double(own), sizeP: Double(size(Float(cluster.voxels.count))),
                    massP: Double(mass(own)), peakP: Double(voxel(Float(abs(cluster.peak.value)))))
            }
        }.sorted {
            ($1.cluster.voxels.count, $0.cluster.peak.position) < ($0.cluster.voxels.count, $1.cluster.peak.position)
        }
    }
}
