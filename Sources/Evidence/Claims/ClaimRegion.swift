/// A part of the brain that a claim is about.
public struct ClaimRegion: Hashable, Sendable {
    public var name: String
    /// Its voxels; nil where only its name is known, as of a network: then only outcomes reported under that name bear on it.
    public var extent: RegionHypothesis.Extent?
    /// Where it differs from the claim's.
    public var direction: RegionHypothesis.Direction?
    public var source: SourceLocation?

    public init(
        name: String, extent: RegionHypothesis.Extent? = nil, direction: RegionHypothesis.Direction? = nil,
        source: SourceLocation? = nil
    ) {
        self.name = name
        self.extent = extent
        self.direction = direction
        self.source = source
    }

    /// As a hypothesis of the plan, so that it is located in the same way.
    public func hypothesis(
        _ direction: RegionHypothesis.Direction = .either, priorScale: Double = RegionHypothesis.defaultPriorScale
    ) -> RegionHypothesis? {
        extent.map {
            RegionHypothesis(name: name, extent: $0, direction: direction, priorScale: priorScale, source: source)
        }
    }
}
