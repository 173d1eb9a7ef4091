/// The MNI-to-Talairach affine `icbm2tal` of Lancaster et al. 2007 (Hum Brain Mapp 28:1194–1205,
/// doi:10.1002/hbm.20345), one for each way the MNI brain was fitted.
struct LancasterTransform: Sendable {
    private let forward: Affine
    private let backward: Affine

    /// Rows of the published matrices; each is invertible.
    private init(_ x: SIMD4<Double>, _ y: SIMD4<Double>, _ z: SIMD4<Double>) {
        forward = Affine(i: [x.x, y.x, z.x], j: [x.y, y.y, z.y], k: [x.z, y.z, z.z], origin: [x.w, y.w, z.w])
        backward = forward.inverse!
    }

    func mniToTalairach(_ mni: SIMD3<Double>) -> SIMD3<Double> { forward(mni) }

    func talairachToMNI(_ talairach: SIMD3<Double>) -> SIMD3<Double> { backward(talairach) }

    /// `icbm_spm`: normalised with SPM.
    static let spm = LancasterTransform(
        [0.9254, 0.0024, -0.0118, -1.0207],
        [-0.0048, 0.9316, -0.0871, -1.7667],
        [0.0152, 0.0883, 0.8924, 4.0926])

    /// `icbm_fsl`: normalised with FSL.
    static let fsl = LancasterTransform(
        [0.9464, 0.0034, -0.0026, -1.0680],
        [-0.0083, 0.9479, -0.0580, -1.0239],
        [0.0053, 0.0617, 0.9010, 3.1883])

    /// `icbm_other`: both pooled, for other or unknown software.
    static let pooled = LancasterTransform(
        [0.9357, 0.0029, -0.0072, -1.0423],
        [-0.0065, 0.9396, -0.0726, -1.3940],
        [0.0103, 0.0752, 0.8967, 3.6475])
}
