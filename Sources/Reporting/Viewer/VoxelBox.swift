public import Imaging

/// The smallest box of a grid that holds some masks: what of the grid goes into the page.
public struct VoxelBox: Hashable, Sendable {
    public let grid: Grid
    /// First and last voxel inside, per axis.
    public let low: SIMD3<Int>
    public let high: SIMD3<Int>

    /// - Parameter masks: on one grid.
    /// - Returns: nil when they hold no voxel.
    public init?(_ masks: [Mask]) {
        guard let grid = masks.first?.grid, masks.allSatisfy({ $0.grid == grid }) else { return nil }
        var low = grid.shape
        var high = SIMD3<Int>(repeating: -1)
        for mask in masks {
            for index in mask.voxels {
                let voxel = grid.voxel(atIndex: Int(index))
                for axis in 0..<3 {
                    low[axis] = min(low[axis], voxel[axis])
                    high[axis] = max(high[axis], voxel[axis])
                }
            }
        }
        guard high.x >= 0 else { return nil }
        self.grid = grid
        self.low = low
        self.high = high
    }

    public var shape: SIMD3<Int> { high &- low &+ SIMD3(repeating: 1) }

    /// Rows of the box's voxel-to-world matrix (mm): the grid's, with the box's first voxel as origin.
    public var affine: [[Double]] {
        let origin = grid.world(low)
        let a = grid.affine
        return (0..<3).map { [a.i[$0], a.j[$0], a.k[$0], origin[$0]] }
    }

    /// Lengths of runs of the box's voxels outside and inside a mask in turn, x fastest, the first outside (maybe 0).
    public func runs(of mask: Mask) -> [UInt32] {
        var runs: [UInt32] = []
        var isInside = false
        var length: UInt32 = 0
        for k in low.z...high.z {
            for j in low.y...high.y {
                for i in low.x...high.x {
                    if (mask.position[grid.index(i, j, k)] >= 0) != isInside {
                        runs.append(length)
                        length = 0
                        isInside.toggle()
                    }
                    length += 1
                }
            }
        }
        return runs + [length]
    }
}
