public import Evidence

extension MeanAnalysis {
    /// What this analysis can run: the mean of experiments of one measure.
    ///
    /// - Throws: for any other model, which must not pass for its mean.
    public static func checkScope(_ plan: ModelPlan, experiments: [Experiment]) throws(InputError) {
        let what: String?
        let source: SourceLocation?
        if let first = plan.covariates.first {
            (what, source) = ("covariates", first.source)
        } else if plan.hypothesis.kind != .mean {
            (what, source) = ("a test of something else than the mean", plan.hypothesis.source)
        } else if let first = plan.predictions.first {
            (what, source) = ("predictions", first.source)
        } else if Set(experiments.map(\.measure)).count > 1 {
            (what, source) = ("changes and correlations together", nil)
        } else {
            (what, source) = (nil, nil)
        }
        guard let what else { return }
        throw InputError(
            at: source ?? plan.source,
            "model \"\(plan.name)\" has \(what), which this version can plan but not run.",
            remedy: "cuneus plan shows its design; run the other models with --model.")
    }
}
