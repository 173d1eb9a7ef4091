public import Statistics

/// The mean of the studies with low risk of bias beside that of all, and whether they differ from the rest.
public struct LowRiskPooling: Sendable {
    public let all: MetaRegression
    /// nil where there are too few of them.
    public let lowOnly: MetaRegression?
    /// Mean of studies of low risk less that of all others (those of unknown risk among these), by a regression; nil where either
    /// kind is missing, or studies are too few.
    public let difference: Estimate?
    /// Numbers of the studies of low risk.
    public let low: [Int]

    /// - Parameter risks: of each study; nil where it was not judged.
    public init(
        effects: [Double], variances: [Double], risks: [RiskOfBias?], estimator: HeterogeneityEstimator = .reml,
        test: MetaRegression.Test = .wald
    ) throws(MetaRegressionError) {
        guard risks.count == effects.count else {
            throw .shape(effects: effects.count, variances: variances.count, designRows: risks.count)
        }
        all = try MetaRegression(effects: effects, variances: variances, estimator: estimator, test: test)
        let low = risks.indices.filter { risks[$0]?.isLow ?? false }
        self.low = low
        lowOnly = try? MetaRegression(
            effects: low.map { effects[$0] }, variances: low.map { variances[$0] }, estimator: estimator, test: test)
        let isLow = risks.map { $0?.isLow ?? false ? 1.0 : 0 }
        difference = try? MetaRegression(
            effects: effects, variances: variances, covariates: [isLow], estimator: estimator, test: test
        ).coefficient(1)
    }
}
