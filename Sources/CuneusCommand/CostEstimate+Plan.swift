import Cuneus

extension CostEstimate {
    /// About what a model of a plan takes by its settings' method of effect sizes.
    ///
    /// - Parameters:
    ///   - experiments, coefficients: of the model's design, and how many columns that has.
    ///   - hasKernels: whether an earlier model of the run has made the kernels of relocated peaks.
    init(
        _ plan: ModelPlan, experiments: [Experiment], coefficients: Int, settings: Settings, space: AnalysisSpace,
        workers: Workers, permutation: PermutationOptions, hasKernels: Bool = false
    ) {
        self.init(
            experiments: experiments, settings: settings, space: space, workers: workers, memory: permutation.memory,
            instructions: permutation.instructions, coefficients: coefficients,
            testsAgreement: settings.testsAgreement(of: plan), testsCovariates: settings.testsCovariates(of: plan),
            hasKernels: hasKernels)
    }
}
