import Foundation
internal import Statistics

/// The least deviance within bounds, by Newton steps with the exact curvature where that is one, else by Fisher scoring.
struct LikelihoodSearch {
    let likelihood: MarginalLikelihood
    let lower: [Double]
    let upper: [Double]
    /// Parameters kept at their start.
    var held: Set<Int> = []

    init(_ likelihood: MarginalLikelihood) {
        self.likelihood = likelihood
        lower = likelihood.shapes.flatMap(\.lowerBounds)
        upper = likelihood.shapes.flatMap(\.upperBounds)
    }

    struct Result {
        var theta: [Double]
        var evaluation: MarginalLikelihood.Evaluation
    }

    /// From one start. Stops when a step would lower the deviance by less than rounding.
    func descend(from start: [Double]) -> Result? {
        var theta = start
        guard var now = likelihood.evaluate(theta, derivatives: true) else { return nil }
        let k = theta.count
        guard k > 0, held.count < k else { return Result(theta: theta, evaluation: now) }
        for _ in 0..<200 {
            let free = (0..<k).filter { t in
                if held.contains(t) { return false }
                if theta[t] <= lower[t] && now.gradient[t] >= 0 { return false }
                if theta[t] >= upper[t] && now.gradient[t] <= 0 { return false }
                // A parameter that does nothing here, such as the correlation of effects that do not vary.
                return now.expected[t, t] > 0
            }
            guard !free.isEmpty, let step = step(free, now) else { break }
            let decrement = -free.enumerated().reduce(0) { $0 + now.gradient[$1.element] * step[$1.offset] }
            guard decrement > 1e-24 * max(1, abs(now.deviance)) else { break }
            var length = 1.0
            var accepted: Result?
            while length > 1e-12 {
                var next = theta
                for (i, t) in free.enumerated() {
                    next[t] = min(max(theta[t] + length * step[i], lower[t]), upper[t])
                }
                if let there = likelihood.evaluate(next, derivatives: true),
                    there.deviance <= now.deviance - 1e-4 * length * decrement + 1e-12 * abs(now.deviance)
                {
                    accepted = Result(theta: next, evaluation: there)
                    break
                }
                length *= 0.5
            }
            guard let accepted else { break }
            let isStill = accepted.theta == theta
            theta = accepted.theta
            now = accepted.evaluation
            if isStill || decrement < 1e-19 { break }
        }
        return Result(theta: theta, evaluation: now)
    }

    /// The step −H⁻¹g of the free parameters, downhill.
    private func step(_ free: [Int], _ now: MarginalLikelihood.Evaluation) -> [Double]? {
        let gradient = free.map { now.gradient[$0] }
        for curvature in [now.observed, now.expected] {
            let part = curvature.selectingRows(free).selectingColumns(free)
            if let factor = Cholesky(part) {
                let step = factor.solve(gradient).map { -$0 }
                if step.allSatisfy(\.isFinite) { return step }
            }
        }
        // Parameters that cannot be told apart here: a little of the diagonal more.
        var part = now.expected.selectingRows(free).selectingColumns(free)
        for i in 0..<free.count { part[i, i] *= 1.001 }
        return Cholesky(part)?.solve(gradient).map { -$0 }
    }

    /// From several starts: the likelihood of variance components can have several maxima, and one at an edge.
    func best(totalVariance total: Double) -> Result? {
        var best: Result?
        // Where everything hangs together (crossed effects), an evaluation costs the cube of the rows.
        let isLarge = likelihood.blocks.contains { $0.rows.count > 300 }
        for start in isLarge ? Array(starts(total).prefix(1)) : starts(total) {
            guard let found = descend(from: start) else { continue }
            if let known = best, found.evaluation.deviance >= known.evaluation.deviance - 1e-9 { continue }
            best = found
        }
        return best
    }

    /// Places to start from, for variances that add up to about `total`.
    func starts(_ total: Double) -> [[Double]] {
        let shapes = likelihood.shapes
        let count = shapes.count
        func start(_ shares: [Double], _ correlation: Double) -> [Double] {
            zip(shapes, shares).flatMap { $0.start(variance: $1 * total, correlation: correlation) }
        }
        var starts = [start(Array(repeating: 1 / Double(count), count: count), 0.5)]
        if count > 1 {
            for large in 0..<count {
                starts.append(start((0..<count).map { $0 == large ? 0.9 : 0.1 / Double(count - 1) }, 0.5))
            }
        }
        starts.append(start(Array(repeating: 0.02, count: count), 0.2))
        if shapes.contains(where: { $0.size > 1 }) {
            starts.append(start(Array(repeating: 1, count: count), 0))
            starts.append(start(Array(repeating: 0.5, count: count), 0.9))
            starts.append(start(Array(repeating: 1, count: count), 0.98))
            starts.append(start(Array(repeating: 0.2, count: count), 0.7))
        }
        return starts
    }
}
