import Synchronization

/// How often rearranged maps are at least as high or as low as the data, voxel by voxel, with room for rounding. Whole numbers: the
/// order in which workers add does not matter.
final class ExceedanceCounts: Sendable {
    typealias Arrays = (notBelow: [Int32], notAbove: [Int32], notInside: [Int32])

    private let counts: Mutex<Arrays>
    /// From where on a value is not below, up to where it is not above, and from which size on it is not inside, the data's.
    private let lowest: [Float]
    private let highest: [Float]
    private let sizes: [Float]

    /// - Parameter observed: the data's map; empty where nothing is counted.
    init(_ observed: [Float], room: RoundingRoom) {
        let zeros = [Int32](repeating: 0, count: observed.count)
        counts = Mutex((zeros, zeros, zeros))
        let sizes = observed.map { room.height(abs($0)) }
        // Room is told of sizes: on the other side of 0 it lies beyond the size.
        lowest = zip(observed, sizes).map { $0 > 0 ? $1 : 2 * $0 + $1 }
        highest = zip(observed, sizes).map { $0 < 0 ? -$1 : 2 * $0 - $1 }
        self.sizes = sizes
    }

    /// - Parameter isMirrored: whether the map of opposite sign is counted too.
    func add(_ map: [Float], isMirrored: Bool) {
        guard !lowest.isEmpty else { return }
        counts.withLock { counts in
            for voxel in map.indices {
                counts.notBelow[voxel] &+= map[voxel] >= lowest[voxel] ? 1 : 0
                counts.notAbove[voxel] &+= map[voxel] <= highest[voxel] ? 1 : 0
                counts.notInside[voxel] &+= (abs(map[voxel]) >= sizes[voxel] ? 1 : 0) * (isMirrored ? 2 : 1)
                if isMirrored {
                    counts.notBelow[voxel] &+= -map[voxel] >= lowest[voxel] ? 1 : 0
                    counts.notAbove[voxel] &+= -map[voxel] <= highest[voxel] ? 1 : 0
                }
            }
        }
    }

    var arrays: Arrays { counts.withLock { $0 } }
}
