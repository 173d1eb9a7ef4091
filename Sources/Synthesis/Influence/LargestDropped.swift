public import Statistics

/// The mean without the largest studies, or without the largest effects, one more at each step: how many must go until the answer
/// is another?
public struct LargestDropped: Sendable {
    /// What goes first.
    public enum Order: String, CaseIterable, Hashable, Sendable {
        /// The study with the smallest variance: is it all one large study?
        case mostPrecise
        /// The effect furthest in the direction of the mean: is it all one large effect?
        case largestEffect
    }

    public struct Step: Sendable {
        /// Numbers of the studies that are left out, in that order.
        public var dropped: [Int]
        public var model: MetaRegression
        public var estimate: Estimate { model.coefficient(0) }
    }

    public let order: Order
    /// The first with all studies, the last with two.
    public let steps: [Step]

    public init(
        effects: [Double], variances: [Double], order: Order, estimator: HeterogeneityEstimator = .reml,
        test: MetaRegression.Test = .wald
    ) throws(MetaRegressionError) {
        let all = try MetaRegression(effects: effects, variances: variances, estimator: estimator, test: test)
        let sign = all.coefficients[0] < 0 ? -1.0 : 1
        let ranked = effects.indices.sorted { a, b in
            switch order {
            case .mostPrecise: (variances[a], a) < (variances[b], b)
            case .largestEffect: (-sign * effects[a], a) < (-sign * effects[b], b)
            }
        }
        var steps = [Step(dropped: [], model: all)]
        var isKept = Array(repeating: true, count: effects.count)
        for count in 1..<max(1, effects.count - 1) {
            isKept[ranked[count - 1]] = false
            let gone = Array(ranked.prefix(count))
            let kept = effects.indices.filter { isKept[$0] }
            steps.append(
                Step(
                    dropped: gone,
                    model: try MetaRegression(
                        effects: kept.map { effects[$0] }, variances: kept.map { variances[$0] }, estimator: estimator,
                        test: test)))
        }
        self.order = order
        self.steps = steps
    }

    /// How many studies must be dropped until the verdict at `alpha` is another, or the sign; nil where none suffices.
    public func reversal(alpha: Double = 0.05) -> Int? {
        let first = steps[0].estimate
        return steps.firstIndex {
            ($0.estimate.pValue < alpha) != (first.pValue < alpha) || ($0.estimate.value < 0) != (first.value < 0)
        }
    }
}
