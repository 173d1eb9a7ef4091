/// Posterior probabilities of four models that are alike beforehand; they sum to 1.
public struct ModelProbabilities: Hashable, Sendable {
    /// μ and τ of their priors.
    public var effectAndHeterogeneity: Double
    /// μ of its prior, τ = 0.
    public var effect: Double
    /// μ = 0, τ of its prior.
    public var heterogeneity: Double
    /// Both 0.
    public var nothing: Double

    /// The factor by which the odds of an effect rise, whether or not there is heterogeneity.
    public var inclusionBayesFactor: Double { (effectAndHeterogeneity + effect) / (heterogeneity + nothing) }
}
