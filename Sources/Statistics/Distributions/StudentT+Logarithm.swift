import Foundation

/// Tails too thin for a number: by their logarithms.
extension StudentT {
    /// ln P(T > t), for any t.
    public func logUpperTail(_ t: Double) -> Double {
        let v = degreesOfFreedom
        guard v > 0, t > 0, t * t >= v else { return log(upperTail(t)) }
        if v.isInfinite { return Normal.logCDF(-t) }
        if t.isInfinite { return -.infinity }
        // The first term of the series in v/t², which t² as a number has no room for: the next is smaller by 1e-200.
        if t > 1e100 {
            let logBeta =
                SpecialFunctions.logGamma(v / 2) + SpecialFunctions.logGamma(0.5)
                - SpecialFunctions.logGamma((v + 1) / 2)
            return 0.5 * v * (log(v) - 2 * log(t)) - log(v / 2) - logBeta - 0.693147180559945309417
        }
        return SpecialFunctions.logIncompleteBeta(1 / (1 + t / v * t), v / 2, 0.5) - 0.693147180559945309417
    }

    /// The t exceeded with probability e^`logP`.
    ///
    /// Newton on ln p, which is nearly straight in ln t in the tail; about 1e-12 relative. The largest number where t is
    /// beyond all numbers.
    public func quantile(logUpperTail logP: Double) -> Double {
        if logP > -600 { return quantile(upperTail: exp(logP)) }
        guard logP > -.infinity else { return logP.isNaN ? .nan : .infinity }
        let largest = Double.greatestFiniteMagnitude
        if logUpperTail(largest) >= logP { return largest }
        var logT = log(quantile(upperTail: exp(-600)))
        for _ in 0..<100 {
            let t = exp(logT)
            let value = logUpperTail(t)
            // d ln p/d ln t = −t·f(t)/p
            let slope = -exp(logT + logDensity(t) - value)
            let step = (value - logP) / slope
            logT = min(logT - step, log(largest))
            if abs(step) <= 1e-15 * max(1, abs(logT)) { break }
        }
        return exp(logT)
    }

    private func logDensity(_ t: Double) -> Double {
        let v = degreesOfFreedom
        let logNorm =
            SpecialFunctions.logGamma((v + 1) / 2) - SpecialFunctions.logGamma(v / 2) - 0.5 * log(v * Double.pi)
        // 2 ln|t| where t² overflows.
        let logSquare = abs(t) < 1e150 ? log1p(t * t / v) : 2 * log(abs(t)) - log(v)
        return logNorm - 0.5 * (v + 1) * logSquare
    }
}
