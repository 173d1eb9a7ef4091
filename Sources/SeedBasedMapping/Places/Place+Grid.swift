public import Imaging

extension Place {
    /// Single voxels all over a mask: those nearest to the points whose MNI coordinates are multiples of `spacing` (mm).
    ///
    /// - Parameter spacing: at least a voxel's edge; every voxel is a place at most once.
    /// - Returns: in the order of the mask's voxels.
    public static func grid(spacing: Double, in mask: Mask) -> [Place] {
        precondition(spacing > 0, "a grid has a spacing")
        let grid = mask.grid
        var found: Set<Int32> = []
        let corners = (0..<8).map { corner in
            grid.world([
                corner & 1 == 0 ? 0 : grid.shape.x - 1, corner & 2 == 0 ? 0 : grid.shape.y - 1,
                corner & 4 == 0 ? 0 : grid.shape.z - 1,
            ])
        }
        func steps(_ axis: Int) -> ClosedRange<Int> {
            let ends = corners.map { $0[axis] / spacing }
            let low = Int((ends.min() ?? 0).rounded(.down))
            return low...max(low, Int((ends.max() ?? 0).rounded(.up)))
        }
        for k in steps(2) {
            for j in steps(1) {
                for i in steps(0) {
                    let point = SIMD3(Double(i), Double(j), Double(k)) * spacing
                    guard let voxel = grid.nearestVoxel(to: point) else { continue }
                    let position = mask.position[grid.index(voxel)]
                    if position >= 0 { found.insert(position) }
                }
            }
        }
        return found.sorted().map { Place(voxel: Int($0), in: mask) }
    }
}
