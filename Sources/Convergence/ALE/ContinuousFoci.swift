import Foundation
import Imaging

/// An experiment's foci where they lie between the voxels, as GingerALE takes them.
package struct ContinuousFoci: Sendable {
    /// In voxels from the first of the grid.
    let points: [SIMD3<Double>]
    /// Standard deviation along i, j, k, voxels.
    let sigma: SIMD3<Double>
    /// The Gaussian at its centre: its density times the volume of a voxel.
    let peak: Double

    /// Standard deviations. GingerALE lets a focus reach the whole brain; beyond these it adds less than 3e-13.
    static let reach = 7.0

    /// - Parameters:
    ///   - foci: MNI mm, taken in single precision as GingerALE takes them: that rounds 45.12 mm by 1e-6, which shows in
    ///     the sixth digit on a flank of the Gaussian.
    ///   - fwhm: mm.
    init(_ foci: [SIMD3<Double>], fwhm: Double, in space: ConvergenceSpace) {
        func sigma(_ edge: Double) -> Double {
            KernelConvention.gingerale.sigma(fwhm: fwhm, edge: edge, isGiven: false)
        }
        let width = 2 * Double.pi
        self.sigma = SIMD3(sigma(space.voxelSize.x), sigma(space.voxelSize.y), sigma(space.voxelSize.z))
        peak = 1 / (width * width.squareRoot() * self.sigma.x * self.sigma.y * self.sigma.z)
        points = foci.map { space.mask.grid.voxel(at: SIMD3<Double>(SIMD3<Float>($0))) }
    }
}
