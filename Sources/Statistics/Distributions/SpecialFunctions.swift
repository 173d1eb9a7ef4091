import Foundation

/// Gamma and beta functions behind the distributions of this module.
///
/// All are accurate to about 1e-14 relative where the result is not itself within rounding of zero, except as noted.
public enum SpecialFunctions {
    /// ln Γ(x) for x > 0.
    ///
    /// Stirling's series above 10, reached by the recurrence Γ(x+1) = xΓ(x). (Not `lgamma`, which writes a global.)
    public static func logGamma(_ x: Double) -> Double {
        guard x > 0 else { return .nan }
        var x = x
        var shift = 1.0
        while x < 10 {
            shift *= x
            x += 1
        }
        let r = 1 / (x * x)
        // Bernoulli numbers B2n / (2n(2n−1)).
        var series = -3617.0 / 122400
        series = series * r + 1.0 / 156
        series = series * r - 691.0 / 360360
        series = series * r + 1.0 / 1188
        series = series * r - 1.0 / 1680
        series = series * r + 1.0 / 1260
        series = series * r - 1.0 / 360
        series = series * r + 1.0 / 12
        return (x - 0.5) * log(x) - x + 0.5 * log(2 * Double.pi) + series / x - log(shift)
    }

    /// Regularised incomplete beta function I_x(a, b).
    ///
    /// Continued fraction by the modified Lentz method (Press et al., *Numerical Recipes*, §6.4), on the side where it
    /// converges fast. `complement` returns 1 − I_x(a, b) without cancellation.
    public static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double, complement: Bool = false) -> Double {
        guard x >= 0, x <= 1, a > 0, b > 0 else { return .nan }
        if x == 0 { return complement ? 1 : 0 }
        if x == 1 { return complement ? 0 : 1 }
        let logFront = logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log1p(-x)
        if x < (a + 1) / (a + b + 2) {
            let lower = exp(logFront) * betaFraction(x, a, b) / a
            return complement ? 1 - lower : lower
        }
        let upper = exp(logFront) * betaFraction(1 - x, b, a) / b
        return complement ? upper : 1 - upper
    }

    /// ln I_x(a, b), also where I_x itself is too small to be a number.
    public static func logIncompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard x > 0, x < (a + 1) / (a + b + 2) else { return log(incompleteBeta(x, a, b)) }
        let logFront = logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log1p(-x)
        return logFront + log(betaFraction(x, a, b) / a)
    }

    private static func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        func guarded(_ v: Double) -> Double { abs(v) < tiny ? tiny : v }
        var c = 1.0
        var d = 1 / guarded(1 - (a + b) * x / (a + 1))
        var h = d
        for m in 1...500 {
            let m = Double(m)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / guarded(1 + even * d)
            c = guarded(1 + even / c)
            h *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / guarded(1 + odd * d)
            c = guarded(1 + odd / c)
            let step = d * c
            h *= step
            if abs(step - 1) < 1e-16 { break }
        }
        return h
    }

    /// ln Q(a, x), also where Q itself is too small to be a number.
    public static func logIncompleteGammaComplement(_ a: Double, _ x: Double) -> Double {
        guard a > 0, x > a + 1 else { return log(incompleteGamma(a, x, complement: true)) }
        return a * log(x) - x - logGamma(a) + log(gammaFraction(a, x))
    }

    /// Regularised lower incomplete gamma function P(a, x), or its complement Q(a, x) without cancellation.
    ///
    /// Series below a + 1, continued fraction above (Press et al., §6.2).
    public static func incompleteGamma(_ a: Double, _ x: Double, complement: Bool = false) -> Double {
        guard a > 0, x >= 0 else { return .nan }
        if x == 0 { return complement ? 1 : 0 }
        let logFront = a * log(x) - x - logGamma(a)
        if x < a + 1 {
            var term = 1 / a
            var sum = term
            var n = a
            for _ in 0..<2000 {
                n += 1
                term *= x / n
                sum += term
                if term < sum * 1e-17 { break }
            }
            let lower = sum * exp(logFront)
            return complement ? 1 - lower : lower
        }
        let upper = gammaFraction(a, x) * exp(logFront)
        return complement ? upper : 1 - upper
    }

    private static func gammaFraction(_ a: Double, _ x: Double) -> Double {
        let tiny = 1e-300
        var b = x + 1 - a
        var c = 1 / tiny
        var d = 1 / b
        var h = d
        for i in 1...2000 {
            let an = -Double(i) * (Double(i) - a)
            b += 2
            d = an * d + b
            if abs(d) < tiny { d = tiny }
            c = b + an / c
            if abs(c) < tiny { c = tiny }
            d = 1 / d
            let step = d * c
            h *= step
            if abs(step - 1) < 1e-16 { break }
        }
        return h
    }
}
