import Synchronization

/// How often rearranged maps are at least as high or as low as the data, voxel by voxel. Whole numbers: the order in which
/// workers add does not matter.
final class ExceedanceCounts: Sendable {
    private let counts: Mutex<(notBelow: [Int32], notAbove: [Int32])>

    init(_ voxels: Int) {
        let zeros = [Int32](repeating: 0, count: voxels)
        counts = Mutex((zeros, zeros))
    }

    /// - Parameter isMirrored: whether the map of opposite sign is counted too.
    func add(_ map: [Float], _ observed: [Float], isMirrored: Bool) {
        counts.withLock { counts in
            guard !counts.notBelow.isEmpty else { return }
            for voxel in map.indices {
                counts.notBelow[voxel] &+= map[voxel] >= observed[voxel] ? 1 : 0
                counts.notAbove[voxel] &+= map[voxel] <= observed[voxel] ? 1 : 0
                if isMirrored {
                    counts.notBelow[voxel] &+= -map[voxel] >= observed[voxel] ? 1 : 0
                    counts.notAbove[voxel] &+= -map[voxel] <= observed[voxel] ? 1 : 0
                }
            }
        }
    }

    var arrays: (notBelow: [Int32], notAbove: [Int32]) { counts.withLock { $0 } }
}
