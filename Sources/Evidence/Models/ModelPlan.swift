/// One analysis of the plan: which experiments, explained by what, tested how.
public struct ModelPlan: Sendable {
    /// Folder name of the model's results.
    public var name: String
    public var question: String
    /// Which experiments enter; nil for all.
    public var filter: FilterExpression?
    /// Takes only experiments of this measure; nil when the plan does not say, and then all must be of ``EffectMeasure/change``.
    public var measure: EffectMeasure?
    /// Besides the intercept, in the order of the design's columns.
    public var covariates: [Covariate]
    public var hypothesis: Hypothesis
    public var predictions: [Prediction]
    /// Model-level settings as written, applied on top of the project's.
    public var overrides: [SettingAssignment]
    public var source: SourceLocation?

    public init(
        name: String, question: String = "", filter: FilterExpression? = nil, measure: EffectMeasure? = nil,
        covariates: [Covariate] = [], hypothesis: Hypothesis = .mean, predictions: [Prediction] = [],
        overrides: [SettingAssignment] = [], source: SourceLocation? = nil
    ) {
        self.name = name
        self.question = question
        self.filter = filter
        self.measure = measure
        self.covariates = covariates
        self.hypothesis = hypothesis
        self.predictions = predictions
        self.overrides = overrides
        self.source = source
    }

    /// The model of an input without a plan: the mean of all experiments.
    public static let mean = ModelPlan(name: "mean")

    /// Whether the model is nothing but the mean of its experiments.
    public var isMeanOnly: Bool { covariates.isEmpty && predictions.isEmpty && hypothesis.kind == .mean }
}
