import Foundation
internal import Statistics

/// The deviance as a function of one parameter of the random part, the others at their best.
struct VarianceProfile {
    let search: LikelihoodSearch
    let theta: [Double]
    let parameter: Int
    let limit: Double

    init(_ likelihood: MarginalLikelihood, theta: [Double], parameter: Int, level: Double) {
        var search = LikelihoodSearch(likelihood)
        search.held = [parameter]
        self.search = search
        self.theta = theta
        self.parameter = parameter
        let least = likelihood.evaluate(theta, derivatives: false)?.deviance ?? .nan
        limit = least + ChiSquare(degreesOfFreedom: 1).quantile(upperTail: 1 - level)
    }

    /// Positive where the value is likely enough; the others start where they were best last.
    private func room(_ value: Double, _ start: inout [Double]) -> Double {
        var from = start
        from[parameter] = value
        // A start at an edge would stay there where the likelihood is flat along it.
        for t in from.indices where t != parameter && from[t] <= search.lower[t] {
            from[t] = search.lower[t].isFinite ? search.lower[t] + 1e-3 * scale : 0
        }
        guard let found = search.descend(from: from) else { return -.infinity }
        start = found.theta
        return limit - found.evaluation.deviance
    }

    private var scale: Double { max(abs(theta[parameter]), 1e-3) }

    var interval: Interval? {
        guard limit.isFinite else { return nil }
        let best = theta[parameter]
        return Interval(
            lower: end(towards: search.lower[parameter], best), upper: end(towards: search.upper[parameter], best))
    }

    private func end(towards bound: Double, _ best: Double) -> Double {
        var start = theta
        let isDown = bound < best
        if bound == best { return best }
        var far = bound
        if !bound.isFinite {
            // Outwards by doubling until too unlikely.
            var distance = max(abs(best), 0.1 * typical)
            far = best + (isDown ? -distance : distance)
            while room(far, &start) > 0, distance < 1e100 {
                distance *= 2
                far = best + (isDown ? -distance : distance)
            }
            if distance >= 1e100 { return bound }
        } else if room(far, &start) >= 0 {
            return bound
        }
        start = theta
        let length = abs(far - best)
        let share = FallingRoot.find(0, 1, tolerance: 1e-12) { share in
            room(best + (isDown ? -1 : 1) * share * length, &start)
        }
        return best + (isDown ? -1 : 1) * share * length
    }

    /// A variance, or its root, of the size of sampling errors.
    private var typical: Double {
        let all = search.likelihood.blocks.flatMap { block in
            block.rows.indices.map { block.sampling[$0 * block.rows.count + $0] }
        }
        return all.reduce(0, +) / Double(all.count)
    }
}
