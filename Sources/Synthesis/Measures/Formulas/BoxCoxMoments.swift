import Foundation
internal import Statistics

/// Mean and SD of a skewed, positive outcome from its quantiles: the Box–Cox method of McGrath et al. (2020,
/// doi:10.1177/0962280219889080).
///
/// The power λ is sought that makes the quantiles most symmetric about the median; mean and SD on that scale come by Luo and
/// Wan; the moments of the values themselves follow from the normal distribution there. Differences from the authors' program:
/// the values are divided by the median first, so that the criterion does not depend on the unit; the moments are integrated
/// instead of simulated; λ is held at 0 (a log-normal distribution) or above, since below that the moments do not exist.
public struct BoxCoxMoments: Hashable, Sendable {
    public let mean: Double
    public let sd: Double
    /// The power; 0 for the logarithm.
    public let lambda: Double

    private static let largestPower = 5.0

    /// nil where a value is not positive, or the summary has neither quartiles nor a range, or all values are the same.
    public init?(_ summary: QuantileSummary) {
        guard summary.isOrdered, summary.told.allSatisfy({ $0 > 0 }), summary.median > 0 else { return nil }
        let unit = summary.median
        let lambda = Self.power { Self.asymmetry(summary, unit: unit, lambda: $0) }
        func transformed(_ value: Double?) -> Double? { value.map { Self.transform($0 / unit, lambda) } }
        let symmetric = QuantileSummary(
            minimum: transformed(summary.minimum), lowerQuartile: transformed(summary.lowerQuartile),
            median: 0, upperQuartile: transformed(summary.upperQuartile), maximum: transformed(summary.maximum),
            n: summary.n)
        guard let normal = symmetric.luoWan, normal.sd > 0 else { return nil }
        let moments = Self.moments(mean: normal.mean, sd: normal.sd, lambda: lambda)
        mean = moments.mean * unit
        sd = moments.sd * unit
        self.lambda = lambda
    }

    static func transform(_ x: Double, _ lambda: Double) -> Double {
        abs(lambda) < 1e-9 ? log(x) : expm1(lambda * log(x)) / lambda
    }

    /// Squared difference of the distances above and below the median, of the quartiles and of the range.
    private static func asymmetry(_ summary: QuantileSummary, unit: Double, lambda: Double) -> Double {
        [summary.quartiles, summary.range].compactMap { $0 }.reduce(0) { sum, pair in
            let difference = transform(pair.0 / unit, lambda) + transform(pair.1 / unit, lambda)
            return sum + difference * difference
        }
    }

    /// The minimum between 0 and ``largestPower``: the best of a grid, then a golden section.
    private static func power(_ criterion: (Double) -> Double) -> Double {
        let steps = 100
        let width = largestPower / Double(steps)
        let best = (0...steps).min { criterion(Double($0) * width) < criterion(Double($1) * width) } ?? 0
        var low = max(0, Double(best - 1) * width)
        var high = min(largestPower, Double(best + 1) * width)
        let golden = (5.0.squareRoot() - 1) / 2
        while high - low > 1e-10 {
            let left = high - golden * (high - low)
            let right = low + golden * (high - low)
            if criterion(left) <= criterion(right) { high = right } else { low = left }
        }
        let middle = (low + high) / 2
        return middle < 1e-8 ? 0 : middle
    }

    /// Of x = (λz + 1)^(1/λ) with z normal, where λz + 1 is positive.
    static func moments(mean: Double, sd: Double, lambda: Double) -> (mean: Double, sd: Double) {
        guard lambda > 0 else {
            let first = exp(mean + sd * sd / 2)
            return (first, first * expm1(sd * sd).squareRoot())
        }
        let low = max(mean - 9 * sd, -1 / lambda)
        let high = mean + 9 * sd
        guard high > low else { return (0, 0) }
        // The power has a corner where λz + 1 is 0, which a rule of equal steps misses: the steps are taken in the double
        // exponential scale of Takahasi & Mori (1974), dense at both ends.
        let base = max(0, lambda * low + 1)
        let step = 1.0 / 64
        var (weight, first, second) = (0.0, 0.0, 0.0)
        for index in -256...256 {
            let t = Double(index) * step
            let u = .pi / 2 * sinh(t)
            let distance = (high - low) / (1 + exp(-2 * u))
            let density =
                Normal.density((low + distance - mean) / sd) * cosh(t) / (cosh(u) * cosh(u))
            guard density.isFinite else { continue }
            let x = pow(base + lambda * distance, 1 / lambda)
            weight += density
            first += density * x
            second += density * x * x
        }
        let average = first / weight
        return (average, max(0, second / weight - average * average).squareRoot())
    }
}
