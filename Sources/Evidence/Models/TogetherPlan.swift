/// Outcomes that a plan wants pooled in one model, beside each by itself.
///
///     outcomes:
///       amygdala: {measure: SMD}
///       hippocampus: {measure: SMD}
///       volumes: {together: [amygdala, hippocampus], correlation: 0.5, structure: UN}
public struct TogetherPlan: Hashable, Sendable {
    /// Name and question of the model, and how it is pooled: ``OutcomePlan/options`` that concern it, and those of outcomes that
    /// have no entry of their own.
    public var entry: OutcomePlan
    /// In the order given; nil for all of the plan, or of the table where the plan describes none.
    public var outcomes: [String]?
    /// metafor's name of the form of the true effects' covariance; checked where it is used.
    public var structure: OutcomePlan.Option?

    public init(_ entry: OutcomePlan, outcomes: [String]? = nil, structure: OutcomePlan.Option? = nil) {
        self.entry = entry
        self.outcomes = outcomes
        self.structure = structure
    }

    /// Options that say how outcomes are pooled together, and not how each is by itself.
    public static let ownKeys = ["correlation", "estimator", "level"]
}
