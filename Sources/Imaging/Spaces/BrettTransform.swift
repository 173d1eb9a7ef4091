/// Matthew Brett's `mni2tal` (MRC CBU, 1999): two affines, one above and one below the plane through the
/// anterior and posterior commissure.
enum BrettTransform {
    /// z′ = −0.0485 y + c z and y′ = 0.9688 y + b z, x′ = 0.99 x.
    private struct Half {
        var b: Double
        var c: Double
    }

    private static let above = Half(b: 0.0460, c: 0.9189)
    private static let below = Half(b: 0.0420, c: 0.8390)

    static func mniToTalairach(_ mni: SIMD3<Double>) -> SIMD3<Double> {
        let half = mni.z < 0 ? below : above
        return [0.99 * mni.x, 0.9688 * mni.y + half.b * mni.z, -0.0485 * mni.y + half.c * mni.z]
    }

    /// The exact inverse of ``mniToTalairach(_:)``.
    ///
    /// Brett's own `tal2mni` chooses the half by the sign of the *Talairach* z. Near the plane that is not the half
    /// the point came from (the transform tilts by 3°), and points are then off by up to 0.3 mm. Since both halves
    /// share the first two columns, 0.0485 y′ + 0.9688 z′ has the sign of the MNI z, which we use.
    static func talairachToMNI(_ talairach: SIMD3<Double>) -> SIMD3<Double> {
        let numerator = 0.0485 * talairach.y + 0.9688 * talairach.z
        let half = numerator < 0 ? below : above
        let determinant = 0.9688 * half.c + 0.0485 * half.b
        return [
            talairach.x / 0.99, (half.c * talairach.y - half.b * talairach.z) / determinant, numerator / determinant,
        ]
    }
}
