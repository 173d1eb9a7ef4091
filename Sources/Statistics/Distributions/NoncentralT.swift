import Foundation

/// The noncentral t distribution: of (Z + δ)/√(χ²/ν). For the power of t tests.
///
/// P(T ≤ t) is the mean of Φ(t·s − δ) over s = √(χ²/ν). The integral is taken in x = ln s, where the trapezoidal rule
/// converges faster than any power of its step. All terms are positive, so both tails keep about 1e-12 relative
/// accuracy; the series of Lenth (AS 243), which R uses, loses the upper tail.
public struct NoncentralT: Sendable {
    public let degreesOfFreedom: Double
    public let noncentrality: Double

    /// - Parameters:
    ///   - degreesOfFreedom: ν, above 0; need not be whole.
    ///   - noncentrality: δ, such as effect over standard error.
    public init(degreesOfFreedom: Double, noncentrality: Double) {
        self.degreesOfFreedom = degreesOfFreedom
        self.noncentrality = noncentrality
    }

    /// P(T ≤ t).
    public func cdf(_ t: Double) -> Double {
        guard degreesOfFreedom > 0, noncentrality.isFinite, !t.isNaN else { return .nan }
        if t.isInfinite { return t > 0 ? 1 : 0 }
        if degreesOfFreedom > 1e12 { return Normal.cdf(t - noncentrality) }
        let v = degreesOfFreedom
        let delta = noncentrality
        let logNorm = log(2) + 0.5 * v * log(0.5 * v) - SpecialFunctions.logGamma(0.5 * v)
        /// ln of density of x times Φ. With s² = e^(2x): ν ln s − ν s²/2.
        func logTerm(_ x: Double) -> Double {
            let s = exp(x)
            return logNorm + v * (x - 0.5 * s * s) + Normal.logCDF(t * s - delta)
        }

        // The peak, to a fraction of the step, by golden section.
        var low = -700 / max(v, 1) - 2
        var high = 4.0
        let golden = 0.6180339887498949
        for _ in 0..<80 {
            let a = high - golden * (high - low)
            let b = low + golden * (high - low)
            if logTerm(a) < logTerm(b) { low = a } else { high = b }
        }
        let peak = 0.5 * (low + high)
        let top = logTerm(peak)
        guard top > -745 else { return 0 }

        // Narrowest feature: the density of x, or the step of Φ where it bends.
        let step = 0.3 / (2 * v + 1 + (abs(delta) + 1) * (abs(delta) + 1)).squareRoot()
        var sum = 1.0
        for direction in [-step, step] {
            var x = peak
            while true {
                x += direction
                let term = exp(logTerm(x) - top)
                sum += term
                if term < 1e-18 * sum { break }
            }
        }
        return min(1, exp(top) * step * sum)
    }

    /// P(T > t), without cancellation.
    public func upperTail(_ t: Double) -> Double {
        NoncentralT(degreesOfFreedom: degreesOfFreedom, noncentrality: -noncentrality).cdf(-t)
    }
}
