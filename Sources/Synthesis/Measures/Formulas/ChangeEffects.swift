internal import Statistics

/// Effects from before and after, after minus before.
///
/// Sources: Becker (1988, doi:10.1111/j.2044-8317.1988.tb00901.x), Gibbons, Hedeker & Davis (1993,
/// doi:10.3102/10769986018003271), Morris & DeShon (2002, doi:10.1037/1082-989X.7.1.105), Bonett (2008), Morris (2008,
/// doi:10.1177/1094428106291059). In `escalc`'s terms m1i is the mean after, m2i the one before, sd1i the SD before.
public enum ChangeEffects {
    /// The SD of the change from the SDs and the correlation of before and after.
    public static func changeSD(before: Double, after: Double, correlation r: Double) -> Double {
        (before * before + after * after - 2 * r * before * after).squareRoot()
    }

    /// The correlation of before and after from the three SDs; beyond ±1 where they do not fit together.
    public static func correlation(before: Double, after: Double, change: Double) -> Double {
        (before * before + after * after - change * change) / (2 * before * after)
    }

    /// In the outcome's units.
    public static func meanChange(_ change: Double, changeSD sd: Double, n: Double) -> EffectValue {
        EffectValue(yi: change, vi: sd * sd / n)
    }

    /// By the SD of the change: g = J(n − 1)·change/sd; var = 1/n + g²/(2n).
    public static func byChangeSD(d: Double, n: Double) -> EffectValue {
        let g = EffectScale.correction(degreesOfFreedom: n - 1) * d
        return EffectValue(yi: g, vi: 1 / n + g * g / (2 * n))
    }

    /// By the SD before: g = J(n − 1)·change/sd; var = 2(1 − r)/n + g²/(2n).
    public static func byPreSD(_ change: Double, preSD: Double, correlation r: Double, n: Double) -> EffectValue {
        let g = EffectScale.correction(degreesOfFreedom: n - 1) * change / preSD
        return EffectValue(yi: g, vi: 2 * (1 - r) / n + g * g / (2 * n))
    }

    /// By the SD before, where the one after differs.
    public static func heteroscedastic(
        _ change: Double, preSD: Double, postSD: Double, correlation r: Double, n: Double
    ) -> EffectValue {
        let correction = EffectScale.correction(degreesOfFreedom: n - 1)
        let changeSD = changeSD(before: preSD, after: postSD, correlation: r)
        let yi = correction * change / preSD
        let ratio = changeSD / preSD
        return EffectValue(yi: yi, vi: correction * correction * (ratio * ratio + yi * yi / 2) / (n - 1))
    }

    /// One group's part in ``prePostControl(_:_:)``.
    public struct Arm: Hashable, Sendable {
        public var change: Double
        public var preSD: Double
        public var correlation: Double
        public var n: Double

        public init(change: Double, preSD: Double, correlation: Double, n: Double) {
            self.change = change
            self.preSD = preSD
            self.correlation = correlation
            self.n = n
        }
    }

    /// d_ppc2 of Morris (2008): the difference of the mean changes by the pooled SD before, times J(n₁ + n₂ − 2).
    ///
    /// var = 2(1 − r₁)/n₁ + 2(1 − r₂)/n₂ + g²/(2(n₁ + n₂)): the large-sample form of his equation 25, with a correlation for
    /// each group, in line with ``byPreSD(_:preSD:correlation:n:)``.
    public static func prePostControl(_ a: Arm, _ b: Arm) -> EffectValue {
        let total = a.n + b.n
        let pooled =
            (((a.n - 1) * a.preSD * a.preSD + (b.n - 1) * b.preSD * b.preSD) / (total - 2)).squareRoot()
        let g = EffectScale.correction(degreesOfFreedom: total - 2) * (a.change - b.change) / pooled
        let vi = 2 * (1 - a.correlation) / a.n + 2 * (1 - b.correlation) / b.n + g * g / (2 * total)
        return EffectValue(yi: g, vi: vi)
    }
}
