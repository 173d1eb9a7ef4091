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
    private let counts: ExceedanceCounts.Arrays
    private let maximum: MaximumStatistics
    private let alike: AlikeRearrangements
    private let room: RoundingRoom

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
        counts = (tally.notBelow, tally.notAbove, tally.notInside)
        let table = NeighbourTable(mask, prepared.test.options.connectivity)
        maximum = MaximumStatistics(
            tfce: ThresholdFreeClusterEnhancement(table: table, form: prepared.test.options.tfceForm),
            clusterTable: table, clusterForming: prepared.clusterForming ?? 1e30)
        alike = AlikeRearrangements(prepared.engine, varianceGroups: prepared.test.design.varianceGroups)
        room = prepared.room
    }

    /// The smallest corrected p that can come out (``PreparedStudyTest/smallestP(_:)``).
    public func smallestP(_ side: Side) -> Double { alike.smallestP(side, of: rearrangements.count) }

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
    public func correction(_ statistic: NullDistribution.Statistic, _ side: Side) -> RearrangementP {
        RearrangementP(sorted: sorted(statistic, side), statistic, room: room)
    }

    private func sorted(_ statistic: NullDistribution.Statistic, _ side: Side) -> [Float] {
        null.sorted(statistic, side == .negative ? .negative : .positive, isTwoTailed: side == .both)
    }

    /// Corrected p with the tail of the null beyond its permutations (generalised Pareto): finer than 1 in the number of
    /// permutations. nil where all rearrangements were made (nothing to extrapolate), or no tail fits.
    public func paretoTail(_ statistic: NullDistribution.Statistic, _ side: Side) -> ParetoTail? {
        guard !rearrangements.isExhaustive else { return nil }
        return ParetoTail(sorted(statistic, side).map { Double($0) })
    }

    /// p of each voxel on its own, by counting; nil unless it was asked for. Both sides: by size, whatever
    /// the sign, as the corrected p.
    public func uncorrectedP(_ side: Side) -> [Float]? {
        guard !counts.notBelow.isEmpty else { return nil }
        let total = Float(null.maxima.count)
        return statistic.indices.map { voxel in
            if statistic[voxel].isNaN { return .nan }
            switch side {
            case .positive: return Float(counts.notBelow[voxel]) / total
            case .negative: return Float(counts.notAbove[voxel]) / total
            case .both: return Float(counts.notInside[voxel]) / total
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
