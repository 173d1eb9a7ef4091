import Foundation

/// Effects from counts of people with and without an event.
///
/// A half is added to every count of a table that has a zero, as `escalc` does by default (Gart & Zweifel 1967,
/// doi:10.1093/biomet/54.1-2.181).
public enum CountEffects {
    /// Counts of two groups: first with and without, second with and without.
    public struct Cells: Hashable, Sendable {
        public var a: Double
        public var b: Double
        public var c: Double
        public var d: Double

        public init(a: Double, b: Double, c: Double, d: Double) {
            self.a = a
            self.b = b
            self.c = c
            self.d = d
        }

        public var hasZero: Bool { a == 0 || b == 0 || c == 0 || d == 0 }

        /// With a half more in each where one is zero.
        var corrected: Cells { hasZero ? Cells(a: a + 0.5, b: b + 0.5, c: c + 0.5, d: d + 0.5) : self }
    }

    /// ln(ad/(bc)); var = 1/a + 1/b + 1/c + 1/d.
    public static func oddsRatio(_ cells: Cells) -> EffectValue {
        let x = cells.corrected
        return EffectValue(
            yi: log(x.a / x.b) - log(x.c / x.d), vi: 1 / x.a + 1 / x.b + 1 / x.c + 1 / x.d,
            arms: ArmVariances(first: 1 / x.a + 1 / x.b, second: 1 / x.c + 1 / x.d))
    }

    /// ln of the ratio of the risks; var = 1/a − 1/n₁ + 1/c − 1/n₂.
    public static func riskRatio(_ cells: Cells) -> EffectValue {
        let x = cells.corrected
        let (n1, n2) = (x.a + x.b, x.c + x.d)
        return EffectValue(
            yi: log(x.a / n1) - log(x.c / n2), vi: 1 / x.a - 1 / n1 + 1 / x.c - 1 / n2,
            arms: ArmVariances(first: 1 / x.a - 1 / n1, second: 1 / x.c - 1 / n2))
    }

    /// Difference of the risks.
    public static func riskDifference(_ cells: Cells) -> EffectValue {
        let x = cells.corrected
        let (n1, n2) = (x.a + x.b, x.c + x.d)
        let (p1, p2) = (x.a / n1, x.c / n2)
        let (v1, v2) = (p1 * (1 - p1) / n1, p2 * (1 - p2) / n2)
        return EffectValue(yi: p1 - p2, vi: v1 + v2, arms: ArmVariances(first: v1, second: v2))
    }

    /// ln(x/(n − x)); a half is added to both counts where one is zero.
    public static func logitProportion(events: Double, of n: Double) -> EffectValue {
        let (x, y) = halves(events, n - events)
        return EffectValue(yi: log(x / y), vi: 1 / x + 1 / y)
    }

    /// x/n.
    public static func proportion(events: Double, of n: Double) -> EffectValue {
        let (x, y) = halves(events, n - events)
        let p = x / (x + y)
        return EffectValue(yi: p, vi: p * (1 - p) / (x + y))
    }

    private static func halves(_ x: Double, _ y: Double) -> (Double, Double) {
        x == 0 || y == 0 ? (x + 0.5, y + 0.5) : (x, y)
    }
}
