/// A proper rotation as its three columns, and as the vector part of a unit quaternion (NIfTI qform).
///
/// Quaternion a + b i + c j + d k with a ≥ 0, acting on column vectors.
struct Rotation {
    var i: SIMD3<Double>
    var j: SIMD3<Double>
    var k: SIMD3<Double>

    /// - Parameter vector: b, c, d; made unit length with a = 0 when it is too long.
    init(vectorPart vector: SIMD3<Double>) {
        var v = vector
        let length = (v * v).sum()
        var a = 0.0
        if 1 - length < 1e-7 {
            v /= length.squareRoot()
        } else {
            a = (1 - length).squareRoot()
        }
        let (b, c, d) = (v.x, v.y, v.z)
        i = [a * a + b * b - c * c - d * d, 2 * (b * c + a * d), 2 * (b * d - a * c)]
        j = [2 * (b * c - a * d), a * a + c * c - b * b - d * d, 2 * (c * d + a * b)]
        k = [2 * (b * d + a * c), 2 * (c * d - a * b), a * a + d * d - b * b - c * c]
    }

    /// The rotation and voxel sizes of an affine, with `qfac` −1 where it is left-handed.
    ///
    /// - Returns: nil when its axes are not at right angles (to 1e-5), which a quaternion cannot say.
    static func decompose(_ affine: Affine) -> (rotation: Rotation, qfac: Double)? {
        let size = affine.voxelSize
        guard size.min() > 0 else { return nil }
        let qfac: Double = affine.determinant < 0 ? -1 : 1
        let (i, j, k) = (affine.i / size.x, affine.j / size.y, affine.k / size.z * qfac)
        let skew = max(abs((i * j).sum()), abs((i * k).sum()), abs((j * k).sum()))
        return skew < 1e-5 ? (Rotation(i: i, j: j, k: k), qfac) : nil
    }

    private init(i: SIMD3<Double>, j: SIMD3<Double>, k: SIMD3<Double>) {
        self.i = i
        self.j = j
        self.k = k
    }

    /// b, c, d of the unit quaternion with a ≥ 0, found through its largest component.
    var vectorPart: SIMD3<Double> {
        let squares = [
            1 + i.x + j.y + k.z,  // 4a²
            1 + i.x - j.y - k.z,  // 4b²
            1 - i.x + j.y - k.z,  // 4c²
            1 - i.x - j.y + k.z,  // 4d²
        ]
        let largest = squares.indices.max { squares[$0] < squares[$1] } ?? 0
        let twice = squares[largest].squareRoot()
        let (ab, ac, ad) = (j.z - k.y, k.x - i.z, i.y - j.x)
        let (bc, bd, cd) = (i.y + j.x, k.x + i.z, j.z + k.y)
        let (a, vector): (Double, SIMD3<Double>) =
            switch largest {
            case 0: (twice / 2, SIMD3(ab, ac, ad) / (2 * twice))
            case 1: (ab / (2 * twice), SIMD3(twice * twice, bc, bd) / (2 * twice))
            case 2: (ac / (2 * twice), SIMD3(bc, twice * twice, cd) / (2 * twice))
            default: (ad / (2 * twice), SIMD3(bd, cd, twice * twice) / (2 * twice))
            }
        return a < 0 ? -vector : vector
    }
}

extension Affine {
    var isFinite: Bool {
        [i, j, k, origin].allSatisfy { $0.x.isFinite && $0.y.isFinite && $0.z.isFinite }
    }
}
