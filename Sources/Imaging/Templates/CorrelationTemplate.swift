import Foundation

/// How alike neighbouring voxels are: the anisotropy behind the kernels of seed-based d mapping.
///
/// The published program reads correlations between neighbouring voxels from a closed template. Ours is an analytic
/// model on the ICBM152 tissue maps, calibrated on published bound maps: one *slowness* per voxel (virtual mm per mm
/// at 20 mm FWHM); the correlation of two neighbours is a Gaussian of the virtual length of the step between them,
///
///     c(u, v) = |u − v| · (n(u) + n(v)) / 2        r(u, v) = 2^(−4 (c / 20 mm)²)
///
/// Tissue borders and sparse grey matter make a voxel slow, so kernels stop there. Model, calibration and validation
/// are in `Docs/correlation-template.md`.
public struct CorrelationTemplate: Sendable {
    /// The FWHM (mm) at which slowness is expressed.
    public static let referenceFWHM = 20.0

    /// Voxels through which kernels may spread: wherever there is tissue, more than the analysis mask.
    public let domain: Mask
    /// Virtual mm per mm at ``referenceFWHM``, one value per domain voxel, positive.
    public let slowness: [Float]

    public init(domain: Mask, slowness: [Float]) {
        precondition(slowness.count == domain.count, "one slowness per domain voxel")
        self.domain = domain
        self.slowness = slowness
    }

    /// A template of constant slowness, for tests and for isotropic kernels along paths.
    public init(domain: Mask, constant slowness: Float) {
        self.init(domain: domain, slowness: Array(repeating: slowness, count: domain.count))
    }

    /// The model's constants (design note `correlation-template.md`, §4).
    private enum Model {
        static let logMeanSlowness = -0.11
        static let clip = 0.6
        /// Weight and centre of each feature.
        static let laplacianGM = (weight: 0.22, centre: -0.77868)
        static let gradientCSF = (weight: 0.58, centre: 0.06608)
        static let gradientWM = (weight: 0.90, centre: 0.36673)
        static let gradientGM = (weight: 0.71, centre: 0.31266)
        static let densityCSF = (weight: 4.57, centre: 0.07025)
        static let densityWM = (weight: -0.86, centre: 0.25751)
    }

    /// The model on grey- and white-matter probability maps (0…1) of one grid.
    ///
    /// Takes half a second at 2 mm. The 2 mm maps give the slowness of the 1 mm originals to 1.6 % at most (r = .9998).
    public init(greyMatter: Volume, whiteMatter: Volume) {
        let grid = greyMatter.grid
        precondition(whiteMatter.grid == grid, "tissue maps must share a grid")
        let total = Volume(
            grid: grid, values: zip(greyMatter.values, whiteMatter.values).map { min(max($0 + $1, 0), 1) })
        let near = total.smoothed(fwhm: 4)
        let csf = Volume(
            grid: grid, values: zip(near.values, total.values).map { min(max(($0 > 0.3 ? 1 : 0) - $1, 0), 1) })

        func smooth(_ volume: Volume, _ fwhm: Double) -> Volume { volume.smoothed(fwhm: fwhm) }
        var linear = [Double](repeating: 0, count: grid.count)
        func add(_ feature: [Float], _ term: (weight: Double, centre: Double)) {
            for i in 0..<linear.count { linear[i] += term.weight * (Double(feature[i]) - term.centre) }
        }
        add(SpatialDerivatives.scaledLaplacian(smooth(greyMatter, 28), scale: 28), Model.laplacianGM)
        add(SpatialDerivatives.scaledGradient(smooth(csf, 24), scale: 24), Model.gradientCSF)
        add(SpatialDerivatives.scaledGradient(smooth(whiteMatter, 28), scale: 28), Model.gradientWM)
        add(SpatialDerivatives.scaledGradient(smooth(greyMatter, 16), scale: 16), Model.gradientGM)
        add(smooth(csf, 40).values, Model.densityCSF)
        add(smooth(whiteMatter, 40).values, Model.densityWM)

        let domain = Mask(smooth(total, 8), above: 0.1)
        self.init(
            domain: domain,
            slowness: domain.voxels.map {
                let value = min(max(linear[Int($0)], -Model.clip), Model.clip)
                return Float(exp(Model.logMeanSlowness + value))
            })
    }

    /// The grey-matter analysis mask that goes with the model: grey matter at 12 mm FWHM above 0.32.
    public static func greyMatterMask(_ greyMatter: Volume) -> Mask {
        Mask(greyMatter.smoothed(fwhm: 12), above: 0.32)
    }

    /// The white-matter analysis mask: white matter at 8 mm FWHM, as images of its volume are usually smoothed, above 0.25.
    ///
    /// No published mask has been matched. With these numbers the thin tracts are in, and the mask is one piece. The model of
    /// slowness was fitted in grey matter only, so that it has nothing to say here.
    public static func whiteMatterMask(_ whiteMatter: Volume) -> Mask {
        Mask(whiteMatter.smoothed(fwhm: 8), above: 0.25)
    }

    /// Correlation of two neighbouring domain voxels `distance` mm apart.
    public func correlation(_ u: Int, _ v: Int, distance: Double) -> Double {
        let length = distance * 0.5 * Double(slowness[u] + slowness[v]) / Self.referenceFWHM
        return exp2(-4 * length * length)
    }

    /// Slowness at the voxels of a mask on the same grid; the domain's mean where the mask leaves the domain.
    public func slowness(on mask: Mask) -> [Float] {
        precondition(mask.grid == domain.grid, "mask and template must share a grid")
        let mean = slowness.reduce(0, +) / Float(max(slowness.count, 1))
        return mask.voxels.map { voxel in
            let position = domain.position[Int(voxel)]
            return position < 0 ? mean : slowness[Int(position)]
        }
    }
}
