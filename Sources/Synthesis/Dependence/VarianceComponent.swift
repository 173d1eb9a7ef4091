/// One number of the random part of a model.
public struct VarianceComponent: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case variance
        case correlation
    }

    /// The random effect's name.
    public var effect: String
    /// What it is of: the effect's name, an outcome, or two outcomes joined by " ~ ".
    public var name: String
    public var kind: Kind
    /// σ², τ² or ρ.
    public var value: Double
    /// Groups of the random effect.
    public var groups: Int
    /// Whether ``MultilevelModel/interval(of:level:)`` can give its interval.
    public var hasInterval: Bool
}
