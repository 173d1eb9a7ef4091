/// One analysis of the plan: which experiments, tested how.
public struct ModelPlan: Sendable {
    /// Folder name of the model's results.
    public var name: String
    public var question: String
    /// Which experiments enter; nil for all.
    public var filter: FilterExpression?
    /// Model-level settings as written, applied on top of the project's.
    public var overrides: [SettingAssignment]
    public var source: SourceLocation?

    public init(
        name: String, question: String = "", filter: FilterExpression? = nil, overrides: [SettingAssignment] = [],
        source: SourceLocation? = nil
    ) {
        self.name = name
        self.question = question
        self.filter = filter
        self.overrides = overrides
        self.source = source
    }

    /// The model of an input without a plan: the mean of all experiments.
    public static let mean = ModelPlan(name: "mean")
}
