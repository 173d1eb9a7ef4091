import Foundation

/// Normal scores of probabilities too small to be a number.
public enum LogProbability {
    /// e^`logP` in single precision for a map, never 0: the smallest number there is (1.4e-45) where p is smaller. A map of
    /// −log₁₀ p holds what is beyond.
    public static func p(_ logP: Double) -> Float {
        let p = Float(exp(logP))
        return p == 0 ? .leastNonzeroMagnitude : p
    }

    /// z with upper tail e^`logP`.
    ///
    /// Where p is a normal number, AS 241; below, Newton's steps on ln Φ(−z) from the asymptote.
    public static func z(upperTail logP: Double) -> Double {
        if logP >= 0 { return -.infinity }
        if logP > -700 { return -Normal.quantile(exp(logP)) }
        var z = (-2 * logP - log(-4 * Double.pi * logP)).squareRoot()
        for _ in 0..<20 {
            let value = Normal.logCDF(-z)
            // d/dz ln Φ(−z) = −φ(z)/Φ(−z)
            let slope = -exp(-0.5 * z * z - 0.918938533204672741780329 - value)
            let step = (value - logP) / slope
            z -= step
            if abs(step) < 1e-12 * z { break }
        }
        return z
    }

    /// z of a one-sided p, 0 where p exceeds one half.
    public static func oneSided(_ logP: Double) -> Double { max(0, z(upperTail: logP)) }

    /// |z| of a two-sided p.
    public static func twoSided(_ logP: Double) -> Double { max(0, z(upperTail: logP - log(2.0))) }
}

extension LogProbability {
    /// ln of the normal upper tail beyond z.
    public static func upperTail(_ z: Double) -> Double { Normal.logCDF(-z) }

    /// −log₁₀ p from ln p: the field's `logp` map.
    public static func minusLog10(_ logP: Double) -> Double { -logP / 2.302585092994045684 }
}
