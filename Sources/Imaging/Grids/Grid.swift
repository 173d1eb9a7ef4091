/// A regular lattice of voxels in world space: how many along each axis, and where they are.
///
/// Values on a grid are stored with the first index fastest, as in NIfTI: `index = i + nx·(j + ny·k)`.
public struct Grid: Hashable, Sendable {
    /// Number of voxels along i, j, k.
    public let shape: SIMD3<Int>
    /// Voxel to world (mm, RAS+).
    public let affine: Affine
    /// World to voxel.
    public let inverse: Affine

    /// - Returns: nil when an axis is empty or the affine cannot be inverted.
    public init?(shape: SIMD3<Int>, affine: Affine) {
        guard shape.x > 0, shape.y > 0, shape.z > 0, let inverse = affine.inverse else { return nil }
        self.shape = shape
        self.affine = affine
        self.inverse = inverse
    }

    /// The 2 mm MNI grid of FSL, SPM and SDM: 91 × 109 × 91, x stored right to left, origin (90, −126, −72).
    public static let mni2mm = Grid(
        shape: [91, 109, 91], affine: Affine(scale: [-2, 2, 2], origin: [90, -126, -72]))!

    /// The MNI bounding box of ``mni2mm`` at another isotropic voxel size (mm); the 2 mm grid itself for 2.
    public static func mni(voxelSize mm: Double) -> Grid? {
        guard mm.isFinite, mm >= 0.5, mm <= 20 else { return nil }
        func count(_ extent: Double) -> Int { Int((extent / mm).rounded(.down)) + 1 }
        return Grid(
            shape: [count(180), count(216), count(180)],
            affine: Affine(scale: [-mm, mm, mm], origin: [90, -126, -72]))
    }

    /// Number of voxels.
    public var count: Int { shape.x * shape.y * shape.z }

    /// Volume of one voxel in mm³.
    public var voxelVolume: Double { abs(affine.determinant) }

    public func index(_ i: Int, _ j: Int, _ k: Int) -> Int { i + shape.x * (j + shape.y * k) }

    public func index(_ voxel: SIMD3<Int>) -> Int { index(voxel.x, voxel.y, voxel.z) }

    public func voxel(atIndex index: Int) -> SIMD3<Int> {
        [index % shape.x, index / shape.x % shape.y, index / (shape.x * shape.y)]
    }

    public func contains(_ voxel: SIMD3<Int>) -> Bool {
        voxel.x >= 0 && voxel.y >= 0 && voxel.z >= 0 && voxel.x < shape.x && voxel.y < shape.y && voxel.z < shape.z
    }

    /// World position (mm) of a voxel centre.
    public func world(_ voxel: SIMD3<Int>) -> SIMD3<Double> { affine(SIMD3<Double>(voxel)) }

    /// World position (mm) of the voxel with this linear index.
    public func world(atIndex index: Int) -> SIMD3<Double> { world(voxel(atIndex: index)) }

    /// Fractional voxel position of a world point (mm).
    public func voxel(at world: SIMD3<Double>) -> SIMD3<Double> { inverse(world) }

    /// The voxel whose centre is nearest to a world point; nil outside the grid or for a point that is not finite.
    public func nearestVoxel(to world: SIMD3<Double>) -> SIMD3<Int>? {
        let p = inverse(world)
        guard p.x.isFinite, p.y.isFinite, p.z.isFinite, p.min() > -1, p.max() < 1e6 else { return nil }
        let voxel = SIMD3<Int>(
            Int(p.x.rounded()), Int(p.y.rounded()), Int(p.z.rounded()))
        return contains(voxel) ? voxel : nil
    }
}
