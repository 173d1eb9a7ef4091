/// The posterior of a model's mean effect: what its maps, places and jackknife are read from.
public struct PosteriorResult: Sendable {
    public let posterior: EffectPosterior
    public let maps: PosteriorMaps
    /// Posterior maps under a prior learnt from the map itself: how large, at our best guess (Docs/posterior.md).
    public var shrunken: ShrunkenMaps?
}
