import Foundation

/// Tests that combine the z or p values of several studies when effects and variances are not known.
///
/// They ask whether *any* study has an effect (Fisher), or whether the average z is above zero (Stouffer); neither says
/// how large it is.
public enum CombinationTests {
    /// Fisher 1932: −2Σ ln p is χ² on 2k degrees of freedom.
    ///
    /// - Parameter pValues: one-sided, all for the same direction; above 0.
    public static func fisher(pValues: [Double]) -> JointTest {
        JointTest(
            statistic: -2 * pValues.reduce(0) { $0 + log($1) }, degreesOfFreedom: 2 * Double(pValues.count))
    }

    /// Fisher's test for effects above zero, from z; no z is too large.
    public static func fisher(z: [Double]) -> JointTest {
        JointTest(
            statistic: -2 * z.reduce(0) { $0 + Normal.logCDF(-$1) }, degreesOfFreedom: 2 * Double(z.count))
    }

    /// Stouffer 1949: Σwz/√(w'Rw) is normal.
    ///
    /// - Parameters:
    ///   - z: of k studies.
    ///   - weights: such as √n (Lipták); 1 where nil.
    ///   - correlation: R, k × k, of the z values under the null; independent where nil.
    /// - Returns: z, to be tested on one side or both.
    public static func stouffer(z: [Double], weights: [Double]? = nil, correlation: Matrix? = nil) -> Double {
        let w = weights ?? Array(repeating: 1, count: z.count)
        let variance = correlation?.quadraticForm(w) ?? dot(w, w)
        return dot(w, z) / variance.squareRoot()
    }

    /// Two-sided p of a one-sided test made in both directions, for studies that should agree in sign ("concordant"):
    /// twice the smaller, at most 1.
    public static func concordantP(above: Double, below: Double) -> Double { min(1, 2 * min(above, below)) }
}
