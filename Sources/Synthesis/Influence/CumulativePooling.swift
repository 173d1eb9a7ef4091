public import Statistics

/// The mean as the evidence came in (Lau et al. 1992, doi:10.1056/NEJM199207233270406): metafor's `cumul`.
///
/// Each step is a model of its own; looking again and again is not corrected for (``SequentialMonitoring`` does that).
public struct CumulativePooling: Sendable {
    public struct Step: Sendable {
        /// Number of the study that came in.
        public var study: Int
        /// What it was sorted by, such as its year.
        public var key: Double
        /// The mean of the studies so far; of the first alone, with τ² = 0.
        public var model: MetaRegression

        public var estimate: Estimate { model.coefficient(0) }
        public var tau2: Double { model.tau2 }
        public var i2: Double { model.i2 }
    }

    public let steps: [Step]

    /// - Parameters:
    ///   - effects, variances, keys: S each; studies come in by rising key, those of one key in the order given.
    public init(
        effects: [Double], variances: [Double], keys: [Double], estimator: HeterogeneityEstimator = .reml,
        test: MetaRegression.Test = .wald
    ) throws(MetaRegressionError) {
        guard effects.count == variances.count, effects.count == keys.count else {
            throw .shape(effects: effects.count, variances: variances.count, designRows: keys.count)
        }
        if let bad = keys.firstIndex(where: { !$0.isFinite }) { throw .badValue(row: bad) }
        let order = keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
        var steps: [Step] = []
        for count in order.indices.map({ $0 + 1 }) {
            let kept = order.prefix(count)
            // One study has neither a τ² nor a Knapp–Hartung factor.
            let model = try MetaRegression(
                effects: kept.map { effects[$0] }, variances: kept.map { variances[$0] },
                estimator: count == 1 ? .fixed : estimator, test: count == 1 ? .wald : test)
            steps.append(Step(study: order[count - 1], key: keys[order[count - 1]], model: model))
        }
        self.steps = steps
    }
}
