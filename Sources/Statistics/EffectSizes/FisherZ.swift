import Foundation

/// Correlations on Fisher's scale, where their variance hardly depends on their size.
///
/// With k variables partialled out of a correlation over n participants, z has variance 1/(n − 3 − k) and r has n − 2 − k
/// degrees of freedom.
public enum FisherZ {
    /// z = artanh r; infinite for |r| = 1.
    public static func z(fromR r: Double) -> Double { atanh(r) }

    public static func r(fromZ z: Double) -> Double { tanh(z) }

    /// r = t/√(t² + df).
    public static func r(fromT t: Double, degreesOfFreedom df: Double) -> Double {
        // Beyond this t² is no number.
        abs(t) > 1e150 ? (t > 0 ? 1 : -1) : t / (t * t + df).squareRoot()
    }

    public static func t(fromR r: Double, degreesOfFreedom df: Double) -> Double {
        r * (df / (1 - r * r)).squareRoot()
    }

    /// z = artanh r of a t, as arsinh(t/√df), which stays exact where r rounds to 1.
    public static func z(fromT t: Double, degreesOfFreedom df: Double) -> Double { asinh(t / df.squareRoot()) }

    /// t = √df·sinh z.
    public static func t(fromZ z: Double, degreesOfFreedom df: Double) -> Double { sinh(z) * df.squareRoot() }

    /// Sampling variance of z; infinite for too few participants.
    ///
    /// - Parameter partialled: variables held constant.
    public static func variance(participants n: Int, partialled: Int = 0) -> Double {
        let information = n - 3 - partialled
        return information > 0 ? 1 / Double(information) : .infinity
    }

    /// The interval of r by way of z.
    public static func interval(ofR r: Double, participants n: Int, partialled: Int = 0, level: Double = 0.95)
        -> Interval
    {
        let half = -Normal.quantile((1 - level) / 2) * variance(participants: n, partialled: partialled).squareRoot()
        return Interval(lower: tanh(atanh(r) - half), upper: tanh(atanh(r) + half))
    }

    /// The smallest |r| that is significant at the two-sided level `alpha`.
    public static func criticalR(participants n: Int, partialled: Int = 0, alpha: Double = 0.05) -> Double {
        let df = Double(n - 2 - partialled)
        guard df > 0 else { return .nan }
        return r(fromT: StudentT(degreesOfFreedom: df).quantile(upperTail: alpha / 2), degreesOfFreedom: df)
    }
}
