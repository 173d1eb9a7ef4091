public import Evidence
public import SeedBasedMapping

/// A model by all its methods.
public struct ModelComparison: Sendable {
    public var plan: ModelPlan
    public var settings: Settings
    public var experiments: [Experiment]
    public var sharedSamples: [SharedSample]
    /// nil for the mean of all experiments.
    public var design: DesignMatrix?
    /// Of the methods other than SDM-PSI.
    public var results: [MethodResult]
    public var skipped: [OtherMethods.Skipped]
    /// One per method, SDM-PSI first where it ran.
    public var views: [MethodView]
    /// nil with fewer than two methods.
    public var agreement: MethodAgreement?

    /// - Parameters:
    ///   - main: SDM-PSI's result; nil where it did not run.
    ///   - criterion: in words, what its clusters survived.
    ///   - failed: methods that fit the model and failed on its data.
    public init(
        _ methods: OtherMethods, results: [MethodResult], failed: [OtherMethods.Skipped] = [],
        sharedSamples: [SharedSample], main: ModelResult?,
        criterion: String
    ) {
        plan = methods.plan
        settings = methods.settings
        experiments = methods.experiments
        design = methods.plan.isMeanOnly ? nil : methods.design
        self.sharedSamples = sharedSamples
        self.results = results
        skipped = methods.scope.skipped + failed
        let own = main.map { [MethodView($0, criterion: criterion)] } ?? []
        views = own + methods.methods.compactMap { method in MethodView(results.filter { $0.method == method }) }
        agreement = MethodAgreement(views)
    }
}
