import Foundation
internal import Statistics

/// The deviance as a function of one parameter of the random part, the others at their best.
struct VarianceProfile {
    let search: LikelihoodSearch
    let theta: [Double]
    let parameter: Int
    /// χ² that the deviance may rise by.
    let limit: Double
    private let least: Double
    private let otherStarts: [[Double]]

    init(_ likelihood: MarginalLikelihood, theta: [Double], parameter: Int, level: Double) {
        var search = LikelihoodSearch(likelihood)
        search.held = [parameter]
        self.search = search
        self.theta = theta
        self.parameter = parameter
        least = likelihood.evaluate(theta, derivatives: false)?.deviance ?? .nan
        let isCorrelated = likelihood.shapes.contains { $0.size > 1 }
        otherStarts = isCorrelated ? search.starts(Self.typical(likelihood)) : []
        limit = ChiSquare(degreesOfFreedom: 1).quantile(upperTail: 1 - level)
    }

    /// The profile at one value.
    private struct Point {
        /// Deviance above the least, and its slope there (that of the whole likelihood, as the others are at their best).
        var rise: Double
        var slope: Double
    }

    /// The others start where they were best last.
    private func point(_ value: Double, _ start: inout [Double]) -> Point {
        var from = start
        from[parameter] = value
        // A start at an edge would stay there where the likelihood is flat along it.
        for t in from.indices where t != parameter && from[t] <= search.lower[t] {
            from[t] = search.lower[t].isFinite ? search.lower[t] + 1e-3 * max(abs(theta[parameter]), 1e-3) : 0
        }
        var found = search.descend(from: from)
        // With correlations the others can have several best places, such as one variance at 0.
        for other in otherStarts {
            var from = other
            from[parameter] = value
            guard let there = search.descend(from: from) else { continue }
            if let known = found, there.evaluation.deviance >= known.evaluation.deviance - 1e-9 { continue }
            found = there
        }
        guard let found else { return Point(rise: .infinity, slope: .nan) }
        start = found.theta
        return Point(rise: found.evaluation.deviance - least, slope: found.evaluation.gradient[parameter])
    }

    var interval: Interval? {
        guard least.isFinite else { return nil }
        let best = theta[parameter]
        return Interval(
            lower: end(towards: search.lower[parameter], best), upper: end(towards: search.upper[parameter], best))
    }

    /// Newton on the root of the rise, which is nearly straight, kept between what is likely enough and what is not.
    private func end(towards bound: Double, _ best: Double) -> Double {
        guard bound != best else { return best }
        let sign = bound < best ? -1.0 : 1.0
        let target = limit.squareRoot()
        var start = theta
        var inner = 0.0
        var outer = Double.infinity
        if bound.isFinite {
            outer = abs(bound - best)
            if point(bound, &start).rise <= limit { return bound }
            start = theta
        }
        var distance = min(max(0.7 * abs(best), 0.1 * Self.typical(search.likelihood)), 0.5 * outer)
        for _ in 0..<100 {
            let here = point(best + sign * distance, &start)
            if here.rise <= limit { inner = distance } else { outer = distance }
            if outer.isFinite, outer - inner <= 1e-11 * max(outer, abs(best)) { break }
            let root = max(here.rise, 0).squareRoot()
            let step = root > 0 ? (target - root) * 2 * root / (sign * here.slope) : .nan
            let previous = distance
            let next = distance + step
            if next.isFinite, next > inner, next < outer {
                distance = next
            } else {
                distance = outer.isFinite ? 0.5 * (inner + outer) : 2 * distance
            }
            if distance > 1e100 { return sign < 0 ? -.infinity : .infinity }
            if abs(distance - previous) <= 1e-10 * distance { break }
        }
        return best + sign * distance
    }

    /// A variance of the size of sampling errors.
    private static func typical(_ likelihood: MarginalLikelihood) -> Double {
        let all = likelihood.blocks.flatMap { block in
            block.rows.indices.map { block.sampling[$0 * block.rows.count + $0] }
        }
        return all.reduce(0, +) / Double(all.count)
    }
}
