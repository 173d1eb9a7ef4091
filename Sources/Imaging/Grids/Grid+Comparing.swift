extension Grid {
    /// Whether the voxels of both grids coincide: equal shape, and no corner apart by more than `tolerance` mm.
    ///
    /// Headers hold single precision, so grids of one space from different programs are seldom equal to the bit.
    public func matches(_ other: Grid, tolerance: Double = 1e-3) -> Bool {
        guard shape == other.shape else { return false }
        let last = shape &- 1
        for corner in 0..<8 {
            let voxel: SIMD3<Int> = [
                corner & 1 == 0 ? 0 : last.x, corner & 2 == 0 ? 0 : last.y, corner & 4 == 0 ? 0 : last.z,
            ]
            let apart = world(voxel) - other.world(voxel)
            guard (apart * apart).sum() <= tolerance * tolerance else { return false }
        }
        return true
    }
}
