import Foundation

/// Whose arithmetic a focus's Gaussian follows: programs differ in its width, its reach and where its centre lies.
public enum KernelConvention: Hashable, Sendable {
    /// The published width in double precision around the nearest voxel, int(4σ + 0.5) voxels either way (scipy's reach).
    case exact
    /// The same, but for the width: NiMARE 0.22.1 divides it by √8 mm³ᐟ² in single precision.
    case nimare
    /// Foci stay where they are between the voxels, in single precision, and the Gaussian is a density times the volume of
    /// a voxel (GingerALE).
    case gingerale
    /// SPM's reach (JALE): ⌈3.5σ⌉ voxels either way.
    case spm

    /// Whether foci keep their place between the voxels.
    var isContinuous: Bool { self == .gingerale }

    /// Voxels either way.
    func halfWidth(sigma: Double) -> Int {
        switch self {
        case .exact, .nimare, .gingerale: Int(4 * sigma + 0.5)
        case .spm: Int((3.5 * sigma).rounded(.up))
        }
    }

    /// Standard deviation in voxels of this edge.
    ///
    /// - Parameters:
    ///   - fwhm, edge: mm.
    ///   - isGiven: whether the width was given as such and not computed from a sample size. NiMARE then divides two
    ///     numbers of single precision.
    func sigma(fwhm: Double, edge: Double, isGiven: Bool) -> Double {
        guard self == .nimare else { return fwhm / edge / (2 * (2 * log(2.0)).squareRoot()) }
        let root = Float(8).squareRoot()
        let width = isGiven ? Double(Float(fwhm) / root) : fwhm / Double(root)
        // NiMARE's formula is right for edges of 2 mm only; at others we keep its rounding, not its width.
        return width * 2.0.squareRoot() / ((2 * log(2.0)).squareRoot() * 2) * (2 / edge)
    }
}
