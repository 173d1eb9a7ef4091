/// A voxel-to-world transform: `world = linear · voxel + origin`, in millimetres.
///
/// Voxels are zero-based array indices and name voxel *centres*. World axes are RAS+: x grows to the subject's
/// right, y to the front, z up (the convention of NIfTI, MNI space and nibabel).
public struct Affine: Hashable, Sendable {
    /// Column of the linear part: the step in millimetres when the first, second, third voxel index grows by one.
    public var i: SIMD3<Double>
    public var j: SIMD3<Double>
    public var k: SIMD3<Double>
    /// World position of voxel (0, 0, 0).
    public var origin: SIMD3<Double>

    public init(i: SIMD3<Double>, j: SIMD3<Double>, k: SIMD3<Double>, origin: SIMD3<Double>) {
        self.i = i
        self.j = j
        self.k = k
        self.origin = origin
    }

    /// Scaling along the axes: voxel sizes in mm, negative where an axis is flipped.
    public init(scale: SIMD3<Double>, origin: SIMD3<Double>) {
        self.init(i: [scale.x, 0, 0], j: [0, scale.y, 0], k: [0, 0, scale.z], origin: origin)
    }

    /// World position (mm) of a voxel position.
    public func callAsFunction(_ voxel: SIMD3<Double>) -> SIMD3<Double> {
        i * voxel.x + j * voxel.y + k * voxel.z + origin
    }

    /// Volume of a voxel in mm³, negative for left-handed storage.
    public var determinant: Double {
        i.x * (j.y * k.z - j.z * k.y) - j.x * (i.y * k.z - i.z * k.y) + k.x * (i.y * j.z - i.z * j.y)
    }

    /// The world-to-voxel transform; nil when the linear part is singular or not finite.
    public var inverse: Affine? {
        let d = determinant
        guard d.isFinite, d != 0 else { return nil }
        let a = SIMD3(j.y * k.z - j.z * k.y, i.z * k.y - i.y * k.z, i.y * j.z - i.z * j.y) / d
        let b = SIMD3(j.z * k.x - j.x * k.z, i.x * k.z - i.z * k.x, i.z * j.x - i.x * j.z) / d
        let c = SIMD3(j.x * k.y - j.y * k.x, i.y * k.x - i.x * k.y, i.x * j.y - i.y * j.x) / d
        var result = Affine(i: a, j: b, k: c, origin: .zero)
        result.origin = -result(origin)
        return result
    }

    /// `self` after `other`.
    public func after(_ other: Affine) -> Affine {
        func turn(_ v: SIMD3<Double>) -> SIMD3<Double> { self(v) - origin }
        return Affine(i: turn(other.i), j: turn(other.j), k: turn(other.k), origin: self(other.origin))
    }

    /// Edge lengths of a voxel in mm.
    public var voxelSize: SIMD3<Double> {
        func length(_ v: SIMD3<Double>) -> Double { (v * v).sum().squareRoot() }
        return [length(i), length(j), length(k)]
    }
}
