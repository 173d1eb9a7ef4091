import Imaging

/// Where to look: mask positions by what is true there.
public struct TruthRegions: Sendable {
    /// The voxel of the largest true effect.
    public let centre: [Int]
    /// True effect at least half the largest.
    public let blob: [Int]
    /// True effect 0, but within reach of a kernel whose peak lies in the blob.
    public let near: [Int]
    /// True effect 0 and out of reach.
    public let null: [Int]

    /// - Parameter kernelReach: mm.
    public init(_ studies: SimulatedStudies, kernelReach: Double) {
        let middle = studies.mask.world(at: studies.centre)
        let limit = 1.25 * studies.design.blobFWHM + kernelReach
        var blob: [Int] = []
        var near: [Int] = []
        var null: [Int] = []
        for voxel in 0..<studies.mask.count {
            let truth = studies.truth[voxel]
            if truth != 0, abs(truth) >= Float(abs(studies.design.effect) / 2) { blob.append(voxel) }
            guard truth == 0 else { continue }
            let step = studies.mask.world(at: voxel) - middle
            if (step * step).sum() > limit * limit { null.append(voxel) } else { near.append(voxel) }
        }
        centre = [studies.centre]
        self.blob = blob
        self.near = near
        self.null = null
    }
}
