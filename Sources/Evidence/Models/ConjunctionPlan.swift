/// Models of a plan that are asked for together: where does each find an effect, in the same direction?
public struct ConjunctionPlan: Hashable, Sendable {
    /// Names of models, at least two, in the plan's order.
    public var models: [String]
    public var source: SourceLocation?

    public init(models: [String], source: SourceLocation? = nil) {
        self.models = models
        self.source = source
    }

    /// `gmv and fun`.
    public var title: String { models.joined(separator: " and ") }
}
