import Foundation
internal import Statistics

/// What papers print of a group whose outcome is skewed: its median, and quartiles, smallest and largest value or both.
public struct QuantileSummary: Hashable, Sendable {
    public var minimum: Double?
    public var lowerQuartile: Double?
    public var median: Double
    public var upperQuartile: Double?
    public var maximum: Double?
    public var n: Double

    public init(
        minimum: Double? = nil, lowerQuartile: Double? = nil, median: Double, upperQuartile: Double? = nil,
        maximum: Double? = nil, n: Double
    ) {
        self.minimum = minimum
        self.lowerQuartile = lowerQuartile
        self.median = median
        self.upperQuartile = upperQuartile
        self.maximum = maximum
        self.n = n
    }

    var quartiles: (Double, Double)? { lowerQuartile.flatMap { low in upperQuartile.map { (low, $0) } } }
    var range: (Double, Double)? { minimum.flatMap { low in maximum.map { (low, $0) } } }

    /// From the smallest to the largest, those that are told.
    var told: [Double] { [minimum, lowerQuartile, median, upperQuartile, maximum].compactMap { $0 } }

    /// Whether they stand in their order, with some distance between the outer ones.
    public var isOrdered: Bool {
        let told = told
        return zip(told, told.dropFirst()).allSatisfy { $0 <= $1 } && (told.last ?? 0) > (told.first ?? 0)
    }

    /// Mean by Luo et al. (2018, doi:10.1177/0962280216669183), SD by Wan et al. (2014,
    /// doi:10.1186/1471-2288-14-135); nil without quartiles and range. Both for a normal
    /// distribution.
    public var luoWan: (mean: Double, sd: Double)? {
        Self.rangeFactor(n).flatMap { outer in Self.quartileFactor(n).flatMap { inner in moments(outer, inner) } }
    }

    private func moments(_ outer: Double, _ inner: Double) -> (mean: Double, sd: Double)? {
        switch (range, quartiles) {
        case ((let a, let b)?, nil):
            let w = 4 / (4 + pow(n, 0.75))
            return (w * (a + b) / 2 + (1 - w) * median, (b - a) / outer)
        case (nil, (let q1, let q3)?):
            let w = 0.7 + 0.39 / n
            return (w * (q1 + q3) / 2 + (1 - w) * median, (q3 - q1) / inner)
        case ((let a, let b)?, (let q1, let q3)?):
            let w1 = 2.2 / (2.2 + pow(n, 0.75))
            let w2 = 0.7 - 0.72 / pow(n, 0.55)
            let mean = w1 * (a + b) / 2 + w2 * (q1 + q3) / 2 + (1 - w1 - w2) * median
            return (mean, (b - a) / (2 * outer) + (q3 - q1) / (2 * inner))
        case (nil, nil): return nil
        }
    }

    /// SDs that the range of n normal values spans; nil for fewer than two.
    static func rangeFactor(_ n: Double) -> Double? {
        n >= 2 ? 2 * Normal.quantile((n - 0.375) / (n + 0.25)) : nil
    }

    /// SDs that the quartiles of n normal values span; nil for fewer than two.
    public static func quartileFactor(_ n: Double) -> Double? {
        n >= 2 ? 2 * Normal.quantile((0.75 * n - 0.125) / (n + 0.25)) : nil
    }
}
