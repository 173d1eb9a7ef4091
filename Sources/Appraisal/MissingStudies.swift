public import Statistics

/// Studies that may be missing at a place: how many trim and fill sees missing, and how many without effect would undo the finding.
///
/// Both are sensitivity lines that reviewers ask for; with few studies they say next to nothing. They work on the studies' means over
/// imputations with Rubin's variances, as influence measures do. See Docs/bias-tests.md and Docs/trust.md.
public struct MissingStudies: Sendable {
    /// Where studies are missing, if any are.
    public let side: TrimAndFill.Side
    /// By L₀.
    public let missing: Int
    /// The mean of the studies' means.
    public let mean: Estimate
    /// The same with as many mirror images as studies are missing.
    public let filled: Estimate
    public let failSafe: FailSafeNumber

    /// nil of models with covariates, whose funnel is not one, and where the side cannot be told: fewer than three studies, or all of
    /// the same error.
    init?(_ studies: [StudySummary], design: PlaceDesign, estimator: HeterogeneityEstimator) {
        guard design.isInterceptOnly, studies.count > 2 else { return nil }
        let effects = studies.map(\.estimate.value)
        let variances = studies.map { $0.estimate.standardError * $0.estimate.standardError }
        guard let fill = try? TrimAndFill(effects: effects, variances: variances, estimator: estimator),
            let plain = try? MetaRegression(effects: effects, variances: variances, estimator: estimator)
        else { return nil }
        side = fill.side
        missing = fill.missing
        mean = plain.coefficient(0)
        filled = fill.adjusted.coefficient(0)
        failSafe = FailSafeNumber(effects: effects, variances: variances)
    }
}
