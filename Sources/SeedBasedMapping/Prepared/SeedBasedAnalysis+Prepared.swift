public import Evidence

extension SeedBasedAnalysis {
    /// All that the parts of a model's permutation test would each compute before their first permutation.
    ///
    /// - Parameters:
    ///   - experiments, design: as of ``permute(_:experiments:design:shard:of:options:)``.
    ///   - source: of the same.
    ///   - options: its kernels may be those of other models.
    /// - Throws: as ``permute(_:experiments:design:shard:of:options:)``.
    @_optimize(none)
    public func preparedTest(
        _ plan: ModelPlan, experiments: [Experiment], design: DesignMatrix? = nil, source: PreparedSource,
        options: PermutationOptions = PermutationOptions()
    ) async throws -> PreparedFile.Content {
        let model = try await prepare(plan, experiments: experiments, design: design, onlyTests: true)
        var numbers = NumberSections()
        space.write(to: &numbers)
        model.write(to: &numbers)
        let key: String
        if settings.testsAgreement(of: plan) {
            let made = try await AgreementStep(context: context).prepared(model, options: options)
            key = made.key
            numbers.add(made.numbers)
        } else if CovariateStep(context: context).applies(to: model) {
            let made = try await CovariateStep(context: context).prepared(model)
            key = made.key
            numbers.add(made.numbers)
        } else {
            key = FamilyWiseStep(context: context).key(model)
        }
        return PreparedFile.Content(name: plan.name, source: source.digest, key: key, numbers: numbers)
    }
}
