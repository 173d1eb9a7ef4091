import Foundation

/// The standard normal distribution, accurate in both tails.
public enum Normal {
    /// φ(x).
    public static func density(_ x: Double) -> Double {
        0.398942280401432677939946 * exp(-0.5 * x * x)
    }

    /// Φ(x); keeps relative accuracy down to x ≈ −37.
    public static func cdf(_ x: Double) -> Double { 0.5 * erfc(-x * 0.707106781186547524400844) }

    /// 1 − Φ(x), without cancellation.
    public static func upperTail(_ x: Double) -> Double { cdf(-x) }

    /// ln Φ(x) for any x: below −35 the asymptotic series of the Mills ratio takes over.
    public static func logCDF(_ x: Double) -> Double {
        if x > -35 { return log(cdf(x)) }
        let r = 1 / (x * x)
        let series = 1 - r * (1 - 3 * r * (1 - 5 * r * (1 - 7 * r)))
        return -0.5 * x * x - 0.918938533204672741780329 - log(-x) + log(series)
    }

    /// Φ⁻¹(p): Wichura's AS 241 (PPND16, Applied Statistics 37:477, 1988), relative error about 1e-16.
    ///
    /// For p near 1 pass the complement and change the sign.
    @inlinable
    public static func quantile(_ p: Double) -> Double {
        let q = p - 0.5
        if abs(q) <= 0.425 {
            let r = 0.180625 - q * q
            var a = 2509.0809287301226727 * r + 33430.575583588128105
            a = a * r + 67265.770927008700853
            a = a * r + 45921.953931549871457
            a = a * r + 13731.693765509461125
            a = a * r + 1971.5909503065514427
            a = a * r + 133.14166789178437745
            a = a * r + 3.387132872796366608
            var b = 5226.495278852545925 * r + 28729.085735721942674
            b = b * r + 39307.89580009271061
            b = b * r + 21213.794301586595867
            b = b * r + 5394.1960214247511077
            b = b * r + 687.1870074920579083
            b = b * r + 42.313330701600911252
            b = b * r + 1
            return q * a / b
        }
        return tailQuantile(p)
    }

    @usableFromInline
    static func tailQuantile(_ p: Double) -> Double {
        let lower = p < 0.5
        let tail = lower ? p : 1 - p
        guard tail > 0 else { return tail == 0 ? (lower ? -.infinity : .infinity) : .nan }
        var r = (-log(tail)).squareRoot()
        var a: Double
        var b: Double
        if r <= 5 {
            r -= 1.6
            a = 7.7454501427834140764e-4 * r + 0.0227238449892691845833
            a = a * r + 0.24178072517745061177
            a = a * r + 1.27045825245236838258
            a = a * r + 3.64784832476320460504
            a = a * r + 5.7694972214606914055
            a = a * r + 4.6303378461565452959
            a = a * r + 1.42343711074968357734
            b = 1.05075007164441684324e-9 * r + 5.475938084995344946e-4
            b = b * r + 0.0151986665636164571966
            b = b * r + 0.14810397642748007459
            b = b * r + 0.68976733498510000455
            b = b * r + 1.6763848301838038494
            b = b * r + 2.05319162663775882187
            b = b * r + 1
        } else {
            r -= 5
            a = 2.01033439929228813265e-7 * r + 2.71155556874348757815e-5
            a = a * r + 0.0012426609473880784386
            a = a * r + 0.026532189526576123093
            a = a * r + 0.29656057182850489123
            a = a * r + 1.7848265399172913358
            a = a * r + 5.4637849111641143699
            a = a * r + 6.6579046435011037772
            b = 2.04426310338993978564e-15 * r + 1.4215117583164458887e-7
            b = b * r + 1.8463183175100546818e-5
            b = b * r + 7.868691311456132591e-4
            b = b * r + 0.0148753612908506148525
            b = b * r + 0.13692988092273580531
            b = b * r + 0.59983220655588793769
            b = b * r + 1
        }
        let magnitude = a / b
        return lower ? -magnitude : magnitude
    }
}
