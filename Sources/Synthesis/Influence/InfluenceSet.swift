public import Statistics

/// What leaving each study out of a fit changes: metafor's `influence` and `leave1out` in one table.
///
/// Viechtbauer & Cheung 2010 (doi:10.1002/jrsm.11). A wrapper of ``MetaRegression/influence()``.
public struct InfluenceSet: Sendable {
    public struct Row: Sendable {
        /// Number of the study.
        public var study: Int
        /// The model without it.
        public var without: MetaRegression
        /// Externally standardised residual: beyond ±1.96 an outlier.
        public var studentizedResidual: Double
        public var dffits: Double
        public var cooksDistance: Double
        public var covarianceRatio: Double
        /// τ² without it.
        public var tau2: Double
        /// QE without it.
        public var residualHeterogeneity: Double
        public var hatValue: Double
        /// Its share of the weight; shares sum to 1.
        public var weight: Double
        public var dfbetas: [Double]
        /// By the rule of ``MetaRegression/Influence/isInfluential``.
        public var isInfluential: Bool

        /// The first coefficient without the study: of a model of the mean alone, the mean.
        public var estimate: Estimate { without.coefficient(0) }
        public var i2: Double { without.i2 }
    }

    public let model: MetaRegression
    /// One per study; nil where the model cannot be fitted without it.
    public let rows: [Row?]

    public init(_ model: MetaRegression) {
        self.model = model
        let weights = model.weightShares
        rows = model.influence().enumerated().map { i, found in
            found.map {
                Row(
                    study: i, without: $0.without, studentizedResidual: $0.studentizedResidual, dffits: $0.dffits,
                    cooksDistance: $0.cooksDistance, covarianceRatio: $0.covarianceRatio, tau2: $0.without.tau2,
                    residualHeterogeneity: $0.without.residualHeterogeneity.statistic, hatValue: $0.hatValue,
                    weight: weights[i], dfbetas: $0.dfbetas, isInfluential: $0.isInfluential)
            }
        }
    }

    /// The mean alone.
    public init(
        effects: [Double], variances: [Double], estimator: HeterogeneityEstimator = .reml,
        test: MetaRegression.Test = .wald
    ) throws(MetaRegressionError) {
        self.init(try MetaRegression(effects: effects, variances: variances, estimator: estimator, test: test))
    }

    /// Studies that the rule calls influential.
    public var influential: [Int] { rows.compactMap { $0.flatMap { $0.isInfluential ? $0.study : nil } } }

    /// The least and the largest estimate with one study left out.
    public var range: Interval? {
        let values = rows.compactMap { $0?.estimate.value }
        guard let low = values.min(), let high = values.max() else { return nil }
        return Interval(lower: low, upper: high)
    }

    /// Studies without which the verdict is another: significant at `alpha` with all and not without, or the other way round.
    public func decisive(alpha: Double = 0.05) -> [Int] {
        let isSignificant = model.coefficient(0).pValue < alpha
        return rows.compactMap { row in
            guard let row, (row.estimate.pValue < alpha) != isSignificant else { return nil }
            return row.study
        }
    }
}
