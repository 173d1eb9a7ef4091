import Foundation
import Imaging
import SeedBasedMapping
import Statistics

/// One replicate's maps against the truth.
public struct ReplicateScore: Sendable {
    /// Means over the voxels of a region.
    public struct Region: Sendable {
        public var g = 0.0
        public var bias = 0.0
        public var squaredError = 0.0
        public var standardError = 0.0
        /// Share of voxels whose g ± 1.96 se holds the truth.
        public var coverage = 0.0
        /// Share of voxels with z beyond the critical value: increases, decreases.
        public var positive = 0.0
        public var negative = 0.0
    }

    public var centre: Region
    public var blob: Region
    public var near: Region
    public var null: Region
    /// From the largest |z| of the map to the blob's centre, mm.
    public var displacement: Double
    /// Whether that largest |z| has the true effect's sign.
    public var signIsRight: Bool

    /// One-tailed p < .005, uncorrected.
    static let criticalZ = -Normal.quantile(0.005)

    init(_ maps: PooledMaps, studies: SimulatedStudies, regions: TruthRegions) {
        func score(_ voxels: [Int]) -> Region {
            var sum = Region()
            for voxel in voxels {
                let g = Double(maps.g[voxel])
                let error = g - Double(studies.truth[voxel])
                let se = Double(maps.se[voxel])
                let z = Double(maps.z[voxel])
                sum.g += g
                sum.bias += error
                sum.squaredError += error * error
                sum.standardError += se
                if abs(error) <= 1.959964 * se { sum.coverage += 1 }
                if z > Self.criticalZ { sum.positive += 1 }
                if z < -Self.criticalZ { sum.negative += 1 }
            }
            return sum.divided(by: Double(voxels.count))
        }
        centre = score(regions.centre)
        blob = score(regions.blob)
        near = score(regions.near)
        null = score(regions.null)
        let highest = maps.z.indices.max { abs(maps.z[$0]) < abs(maps.z[$1]) } ?? 0
        let step = maps.mask.world(at: highest) - maps.mask.world(at: studies.centre)
        displacement = (step * step).sum().squareRoot()
        signIsRight = (maps.z[highest] > 0) == (studies.design.effect > 0)
    }
}

extension ReplicateScore.Region {
    func divided(by count: Double) -> Self {
        Self(
            g: g / count, bias: bias / count, squaredError: squaredError / count, standardError: standardError / count,
            coverage: coverage / count, positive: positive / count, negative: negative / count)
    }
}
