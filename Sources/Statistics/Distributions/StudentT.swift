import Foundation

/// Student's t distribution.
public struct StudentT: Sendable {
    public let degreesOfFreedom: Double

    /// - Parameter degreesOfFreedom: above 0; need not be whole.
    public init(degreesOfFreedom: Double) { self.degreesOfFreedom = degreesOfFreedom }

    public init(degreesOfFreedom: Int) { self.init(degreesOfFreedom: Double(degreesOfFreedom)) }

    /// P(T > t), without cancellation in the upper tail.
    public func upperTail(_ t: Double) -> Double {
        guard degreesOfFreedom > 0, !t.isNaN else { return .nan }
        if t.isInfinite { return t > 0 ? 0 : 1 }
        // Of x and 1 − x, pass the one that is not rounded against 1.
        let v = degreesOfFreedom
        let tail =
            t * t < v
            ? 0.5 * SpecialFunctions.incompleteBeta(t * t / (v + t * t), 0.5, v / 2, complement: true)
            : 0.5 * SpecialFunctions.incompleteBeta(v / (v + t * t), v / 2, 0.5)
        return t >= 0 ? tail : 1 - tail
    }

    public func cdf(_ t: Double) -> Double { upperTail(-t) }

    public func density(_ t: Double) -> Double {
        let v = degreesOfFreedom
        let logNorm =
            SpecialFunctions.logGamma((v + 1) / 2) - SpecialFunctions.logGamma(v / 2) - 0.5 * log(v * Double.pi)
        return exp(logNorm - 0.5 * (v + 1) * log1p(t * t / v))
    }

    /// The t exceeded with probability `p`.
    ///
    /// Bisection on ln p to a bracket, then Newton; accurate to about 1e-12 relative.
    public func quantile(upperTail p: Double) -> Double {
        guard degreesOfFreedom > 0, p >= 0, p <= 1 else { return .nan }
        if p == 0.5 { return 0 }
        if p > 0.5 { return -quantile(upperTail: 1 - p) }
        if p == 0 { return .infinity }
        var low = 0.0
        var high = 2.0
        while upperTail(high) > p, high < 1e300 {
            low = high
            high *= 2
        }
        var t = 0.5 * (low + high)
        for _ in 0..<200 {
            let tail = upperTail(t)
            if tail > p { low = t } else { high = t }
            // Newton on ln(tail), which is nearly straight in the tail; bisect when it leaves the bracket.
            let next = t + tail * log(tail / p) / density(t)
            let previous = t
            t = next > low && next < high ? next : 0.5 * (low + high)
            if abs(t - previous) <= 1e-14 * abs(t) { break }
        }
        return t
    }

    /// The t with the same upper-tail probability as a normal z (and the other way round by ``z(fromT:)``).
    ///
    /// Works on the tail away from zero; where the tail is too thin for a number, on its logarithm. So |t| grows with |z| as
    /// far as numbers go, then stays at the largest one: it is infinite only for an infinite z, and never comes back to 0.
    public func t(fromZ z: Double) -> Double {
        let logTail = Normal.logCDF(-abs(z))
        let t =
            logTail > -600 ? quantile(upperTail: Normal.upperTail(abs(z))) : quantile(logUpperTail: logTail)
        return z < 0 ? -t : t
    }

    public func z(fromT t: Double) -> Double {
        let tail = upperTail(abs(t))
        let isPlain = tail > 1e-260 || t.isInfinite
        let z = isPlain ? -Normal.quantile(tail) : LogProbability.z(upperTail: logUpperTail(abs(t)))
        return t < 0 ? -z : z
    }
}
