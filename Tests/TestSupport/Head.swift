public import Imaging

/// A brain-sized ellipsoid of 8 mm voxels.
public enum Head {
    public static let grid = Grid.mni(voxelSize: 8)!
    public static let mask = Mask(grid: grid) { index in
        let p = grid.world(atIndex: index)
        return (p.x * p.x) / 4900 + (p.y + 16) * (p.y + 16) / 8100 + (p.z - 10) * (p.z - 10) / 4225 < 1
    }

    /// Mask positions of the voxels nearest to some places.
    public static func positions(near places: [SIMD3<Double>]) -> [Int] {
        places.compactMap { grid.nearestVoxel(to: $0) }.map { Int(mask.position[grid.index($0)]) }
    }
}
