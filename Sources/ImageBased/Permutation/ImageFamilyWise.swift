import Foundation
import Imaging
public import Inference
import Statistics

/// What permutations of images say of the whole brain: the largest statistics of each, two-sided.
public struct ImageFamilyWise: Sendable {
    /// In the order of the permutations; the first are the data.
    public let null: NullDistribution
    public let permutations: ImagePermutations
    /// z that voxels of a cluster exceed; nil where clusters were not looked at.
    public let clusterForming: Double?
    public let includesTFCE: Bool
    /// z of the data, as the permutations' is computed.
    public let z: [Float]
    let table: NeighbourTable?
    let mask: Mask

    /// The smallest corrected p that can come out.
    public var smallestP: Double { permutations.smallestP }

    /// p, z and −log₁₀ p: of voxels, and where asked for of clusters by size and mass and of TFCE scores.
    public func maps() -> ImageMaps {
        var maps = ImageMaps(mask: mask)
        set(&maps, .voxel, z.map { abs($0) }, label: nil, level: .voxel)
        guard let table, let clusterForming else { return maps }
        let tfce = ThresholdFreeClusterEnhancement(table: table)
        let maximum = MaximumStatistics(tfce: tfce, clusterTable: table, clusterForming: clusterForming)
        var sizes = [Float](repeating: 0, count: z.count)
        var masses = sizes
        var scores = sizes
        var scratch = ThresholdFreeClusterEnhancement.Scratch()
        let present = z.map { $0.isNaN ? 0 : $0 }
        for sign in [1, -1] {
            let clusters = maximum.clusterMaps(of: present, sign: sign)
            for voxel in z.indices {
                sizes[voxel] = max(sizes[voxel], clusters.size[voxel])
                masses[voxel] = max(masses[voxel], clusters.mass[voxel])
            }
            guard includesTFCE else { continue }
            for (voxel, score) in tfce.scores(of: present, sign: sign, scratch: &scratch).enumerated() {
                scores[voxel] = max(scores[voxel], score)
            }
        }
        set(&maps, .size, sizes, label: "size", level: .cluster)
        set(&maps, .mass, masses, label: "mass", level: .cluster)
        if includesTFCE { set(&maps, .tfce, scores, label: "tfce", level: .voxel) }
        return maps
    }

    private func set(
        _ maps: inout ImageMaps, _ statistic: NullDistribution.Statistic, _ values: [Float], label: String?,
        level: MapName.Level
    ) {
        let corrected = null.correctedP(statistic, .positive, isTwoTailed: true)
        // A p is a whole number of permutations.
        let count = null.maxima.count
        let rows = (0...count).map { number -> (p: Float, z: Float, logp: Float) in
            let logP = log(Double(number) / Double(count))
            return (
                Float(Double(number) / Double(count)), Float(LogProbability.twoSided(logP)),
                Float(LogProbability.minusLog10(logP))
            )
        }
        var p = [Float](repeating: .nan, count: z.count)
        var score = p
        var logp = p
        for voxel in z.indices where !z[voxel].isNaN {
            let row = rows[Int((corrected(values[voxel]) * Float(count)).rounded())]
            p[voxel] = row.p
            score[voxel] = z[voxel] < 0 ? -row.z : row.z
            logp[voxel] = row.logp
        }
        for (value, map) in [(MapName.Value.p, p), (.z, score), (.logp, logp)] {
            maps[MapName(value, label: label, level: level, correction: .fwe, method: "montecarlo")] = map
        }
    }
}
