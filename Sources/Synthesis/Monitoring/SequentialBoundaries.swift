import Foundation
import Statistics

/// Critical values of z for looking again and again, such that the error over all looks is α: symmetric, by a spending function.
///
/// The distribution of z at a look, given that no boundary was crossed before, is integrated from look to look (Armitage, McPherson
/// & Rowe 1969, doi:10.2307/2343787; Jennison & Turnbull 1999, chapter 19), by Gauss–Legendre panels of ten points, no wider than twice
/// the narrowest feature: right to about 1e-10.
public struct SequentialBoundaries: Hashable, Sendable {
    /// Shares of the required information.
    public let fractions: [Double]
    /// |z| at or beyond which each look stops; infinite where next to nothing may be spent.
    public let critical: [Double]
    /// Two-sided error spent up to each look.
    public let spent: [Double]
    /// Two-sided, over all looks.
    public let alpha: Double
    public let spending: SpendingFunction

    /// - Parameters:
    ///   - fractions: rising, above 0, each by at least one part in ten thousand (looks closer than that are one look, and would
    ///     take long); the first at or above 1 is the last look.
    ///   - alpha: two-sided.
    public init(
        fractions: [Double], alpha: Double = 0.05, spending: SpendingFunction = .obrienFleming
    ) throws(MonitoringError) {
        guard alpha > 0, alpha < 1 else { throw .badTarget }
        var last = 0.0
        for t in fractions {
            guard t.isFinite, t > 1.0001 * last, last < 1 else { throw .badFractions(fractions) }
            last = t
        }
        self.fractions = fractions
        self.alpha = alpha
        self.spending = spending
        let oneSided = fractions.map { spending.spent($0, alpha: alpha / 2) }
        spent = oneSided.map { 2 * $0 }

        var critical: [Double] = []
        // Of z at the look before, where no boundary was crossed: places, weights times density.
        var before: [(node: Double, mass: Double)] = []
        for (k, t) in fractions.enumerated() {
            let increment = oneSided[k] - (k > 0 ? oneSided[k - 1] : 0)
            let previous = k > 0 ? fractions[k - 1] : 0
            let gain = (t - previous).squareRoot()
            /// P(z ≥ c at this look, none crossed before).
            func crossing(_ c: Double) -> Double {
                if k == 0 { return Normal.upperTail(c) }
                let bar = c * t.squareRoot()
                let mean = previous.squareRoot()
                // Places sure to cross, or sure not to, need no tail.
                return before.reduce(0) { sum, place in
                    let distance = (bar - place.node * mean) / gain
                    if distance > Self.kernelReach { return sum }
                    return sum + place.mass * (distance < -Self.kernelReach ? 1 : Normal.upperTail(distance))
                }
            }
            var c = Double.infinity
            if increment > 1e-14 {
                c = ZeroCrossing.find(from: -1, to: 12, tolerance: 1e-13) { crossing($0) - increment } ?? .infinity
            }
            critical.append(c)
            guard k + 1 < fractions.count else { break }
            let reach = min(c, 8.5)
            let own = k == 0 ? 1 : gain / t.squareRoot()
            let next = (fractions[k + 1] - t).squareRoot() / t.squareRoot()
            let rule = GaussLegendre.rule(from: -reach, to: reach, width: 2 * min(1, own, next))
            if k == 0 {
                before = rule.map { ($0.node, $0.weight * Normal.density($0.node)) }
            } else {
                before = Self.carried(before, to: rule, from: previous, by: t)
            }
        }
        self.critical = critical
    }

    /// Standard deviations beyond which a normal density is nothing beside the sum it stands in.
    private static let kernelReach = 9.0

    /// Densities at the places of the next look, each from the places before that are within reach.
    private static func carried(
        _ before: [(node: Double, mass: Double)], to rule: [(node: Double, weight: Double)], from previous: Double,
        by t: Double
    ) -> [(node: Double, mass: Double)] {
        let gain = (t - previous).squareRoot()
        let (root, mean) = (t.squareRoot(), previous.squareRoot())
        // Both lists rise, so what is within reach moves upwards.
        var start = 0
        return rule.map { place in
            let target = place.node * root
            while start < before.count, target - before[start].node * mean > kernelReach * gain { start += 1 }
            var density = 0.0
            for n in start..<before.count {
                let distance = (target - before[n].node * mean) / gain
                if distance < -kernelReach { break }
                density += before[n].mass * Normal.density(distance)
            }
            return (place.node, place.weight * density * root / gain)
        }
    }

    /// Two-sided p that stops each look.
    public var nominalP: [Double] { critical.map { 2 * Normal.upperTail($0) } }
}
