import Foundation
internal import Statistics

/// Effects from the means and SDs of two independent groups, first minus second, as metafor's `escalc` has them.
///
/// Sources: Hedges (1981, doi:10.3102/10769986006002107), Hedges (1982, doi:10.1037/0033-2909.92.2.490), Bonett (2008,
/// doi:10.1037/a0012868, 2009 doi:10.1037/a0014961), Hedges, Gurevitch & Curtis (1999, doi:10.2307/177062), Nakagawa et al.
/// (2015, doi:10.1111/2041-210X.12309), Soper (1914, doi:10.1093/biomet/10.2-3.384).
public enum GroupEffects {
    /// In the outcome's units; var = sd₁²/n₁ + sd₂²/n₂.
    public static func meanDifference(_ a: GroupSummary, _ b: GroupSummary) -> EffectValue {
        EffectValue(
            yi: a.mean - b.mean, vi: a.sd * a.sd / a.n + b.sd * b.sd / b.n,
            arms: ArmVariances(first: a.sd * a.sd / a.n, second: b.sd * b.sd / b.n))
    }

    /// J(n₁ + n₂ − 2).
    static func correction(n1: Double, n2: Double) -> Double {
        EffectScale.correction(degreesOfFreedom: n1 + n2 - 2)
    }

    /// The pooled SD within groups.
    public static func pooledSD(_ a: GroupSummary, _ b: GroupSummary) -> Double {
        (((a.n - 1) * a.sd * a.sd + (b.n - 1) * b.sd * b.sd) / (a.n + b.n - 2)).squareRoot()
    }

    /// Hedges' g = J(n₁ + n₂ − 2)·d; var = 1/n₁ + 1/n₂ + g²/(2(n₁ + n₂)).
    public static func standardizedDifference(_ a: GroupSummary, _ b: GroupSummary) -> EffectValue {
        standardizedDifference(d: (a.mean - b.mean) / pooledSD(a, b), n1: a.n, n2: b.n)
    }

    /// The same from an uncorrected d.
    public static func standardizedDifference(d: Double, n1: Double, n2: Double) -> EffectValue {
        standardizedDifference(g: EffectScale.correction(degreesOfFreedom: n1 + n2 - 2) * d, n1: n1, n2: n2)
    }

    /// The variance for a corrected g.
    public static func standardizedDifference(g: Double, n1: Double, n2: Double) -> EffectValue {
        EffectValue(yi: g, vi: 1 / n1 + 1 / n2 + g * g / (2 * (n1 + n2)))
    }

    /// By the root of the mean of the two variances; the variance of Bonett (2008), corrected as `escalc` does.
    public static func heteroscedasticDifference(_ a: GroupSummary, _ b: GroupSummary) -> EffectValue {
        let correction = EffectScale.correction(degreesOfFreedom: a.n + b.n - 2)
        let (va, vb) = (a.sd * a.sd, b.sd * b.sd)
        let sum = va + vb
        let yi = correction * (a.mean - b.mean) / (sum / 2).squareRoot()
        let ofSDs = yi * yi * (va * va / (a.n - 1) + vb * vb / (b.n - 1)) / (2 * sum * sum)
        let ofMeans = (va / (a.n - 1) + vb / (b.n - 1)) / (sum / 2)
        return EffectValue(yi: yi, vi: correction * correction * (ofSDs + ofMeans))
    }

    /// ln(m₁/m₂), for means of one sign.
    public static func ratioOfMeans(_ a: GroupSummary, _ b: GroupSummary) -> EffectValue {
        let (ca, cb) = (a.variation, b.variation)
        return EffectValue(
            yi: log(a.mean / b.mean), vi: ca * ca / a.n + cb * cb / b.n,
            arms: ArmVariances(first: ca * ca / a.n, second: cb * cb / b.n))
    }

    /// ln of the ratio of the coefficients of variation, bias-corrected, for positive means.
    public static func variationRatio(_ a: GroupSummary, _ b: GroupSummary) -> EffectValue {
        let (ca, cb) = (a.variation, b.variation)
        let (ba, bb) = (1 / (2 * (a.n - 1)), 1 / (2 * (b.n - 1)))
        return EffectValue(
            yi: log(ca) + ba - log(cb) - bb, vi: ba + ca * ca / a.n + bb + cb * cb / b.n,
            arms: ArmVariances(first: ba + ca * ca / a.n, second: bb + cb * cb / b.n))
    }

    /// ln of the ratio of the SDs, bias-corrected.
    public static func variabilityRatio(_ a: GroupSummary, _ b: GroupSummary) -> EffectValue {
        let (ba, bb) = (1 / (2 * (a.n - 1)), 1 / (2 * (b.n - 1)))
        return EffectValue(
            yi: log(a.sd / b.sd) + ba - bb, vi: ba + bb, arms: ArmVariances(first: ba, second: bb))
    }

    /// r = d/√(d² + h) with h = (N − 2)/n₁ + (N − 2)/n₂; Soper's variance where the sizes of the groups are fixed.
    public static func pointBiserial(_ a: GroupSummary, _ b: GroupSummary) -> EffectValue {
        pointBiserial(d: (a.mean - b.mean) / pooledSD(a, b), n1: a.n, n2: b.n)
    }

    public static func pointBiserial(d: Double, n1: Double, n2: Double) -> EffectValue {
        let m = n1 + n2 - 2
        let h = m / n1 + m / n2
        let base = h + d * d
        let vi = h * h / (base * base * base) * (1 / n1 + 1 / n2 + d * d / (2 * (n1 + n2)))
        return EffectValue(yi: d / base.squareRoot(), vi: vi)
    }

    /// d of a two-sample t.
    public static func d(fromT t: Double, n1: Double, n2: Double) -> Double { t * (1 / n1 + 1 / n2).squareRoot() }

    /// d of a point-biserial correlation.
    public static func d(fromR r: Double, n1: Double, n2: Double) -> Double {
        let m = n1 + n2 - 2
        return r * ((m / n1 + m / n2) / (1 - r * r)).squareRoot()
    }
}
