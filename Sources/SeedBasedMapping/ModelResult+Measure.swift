public import Evidence

extension ModelResult {
    /// What its effects are: Hedges' g of changes, Fisher's z of correlations.
    public var measure: EffectMeasure { experiments.first?.measure ?? plan.measure ?? .change }
}
