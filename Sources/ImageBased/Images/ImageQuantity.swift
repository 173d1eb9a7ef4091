/// What a study's image holds.
public enum ImageQuantity: String, Hashable, Sendable, CaseIterable {
    /// An effect: a contrast's estimate, Hedges' g, Fisher's z.
    case effect
    /// The effect's sampling variance.
    case variance
    case t
    /// z of one-sided tails: positive where the effect is.
    case z
}
