import Foundation

/// What a focus spreads to its surroundings.
public enum ActivationKernel: Hashable, Sendable {
    /// A Gaussian whose width follows the sample size (Eickhoff 2009, 2012, doi:10.1016/j.neuroimage.2011.09.017).
    case sampleSize
    /// The same Gaussian for all, of this sample size.
    case fixedSampleSize(Double)
    /// The same Gaussian for all, of this full width at half maximum, mm.
    case fwhm(Double)
    /// 1 within this distance of a focus, mm.
    case sphere(radius: Double)

    /// Full width at half maximum (mm) for n participants: √(Ut² + Us²), the uncertainties of template (5.7 mm mean
    /// distance) and of subjects (11.6 mm, over √n) as Gaussians.
    public static func fwhm(sampleSize n: Double) -> Double {
        let scale = (8 * log(2.0)).squareRoot() / (2 * (2 / Double.pi).squareRoot())
        let template = 5.7 * scale
        let subjects = 11.6 * scale / n.squareRoot()
        return (template * template + subjects * subjects).squareRoot()
    }
}
