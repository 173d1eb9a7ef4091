/// A region of the brain and which way its effect should go (`regions:` in the plan).
///
/// Stated before the data are seen: that is what makes a one-sided test and a Bayes factor of it mean something.
public struct RegionHypothesis: Hashable, Sendable {
    public enum Direction: String, CaseIterable, Hashable, Sendable {
        case increase, decrease, either
    }

    /// A label of an atlas, and where the plan names it.
    public struct Label: Hashable, Sendable {
        public var text: String
        public var source: SourceLocation?

        public init(_ text: String, source: SourceLocation? = nil) {
            self.text = text
            self.source = source
        }
    }

    /// Which voxels belong to the region.
    public enum Extent: Hashable, Sendable {
        /// The labels of an atlas together.
        case atlas(name: String, labels: [Label])
        /// The spheres around some centres (MNI mm) together; radius in mm.
        case spheres(centres: [SIMD3<Double>], radius: Double)
        /// A NIfTI image, above 0.
        case mask(path: String)

        /// The same place, wherever it is written: labels without their lines.
        public var withoutSources: Extent {
            guard case .atlas(let name, let labels) = self else { return self }
            return .atlas(name: name, labels: labels.map { Label($0.text) })
        }
    }

    public var name: String
    public var extent: Extent
    public var direction: Direction
    /// Regions of one group are also judged together; nil for none.
    public var group: String?
    /// σ of the Bayes factor's prior, in units of Hedges' g.
    public var priorScale: Double
    public var source: SourceLocation?

    /// σ where the plan does not say: an effect of medium size is likely, if there is one.
    public static let defaultPriorScale = 0.5

    public init(
        name: String, extent: Extent, direction: Direction, group: String? = nil,
        priorScale: Double = Self.defaultPriorScale, source: SourceLocation? = nil
    ) {
        self.name = name
        self.extent = extent
        self.direction = direction
        self.group = group
        self.priorScale = priorScale
        self.source = source
    }
}

extension RegionHypothesis {
    /// One line of the canonical plan.
    var canonicalText: String {
        let place =
            switch extent {
            case .atlas(let atlas, let labels):
                "atlas=\(atlas.inCanonicalQuotes) labels="
                    + labels.map(\.text.inCanonicalQuotes).sorted().joined(separator: ",")
            case .spheres(let centres, let radius):
                "spheres="
                    + centres.map { "(\(NumberText.text($0.x)),\(NumberText.text($0.y)),\(NumberText.text($0.z)))" }
                    .sorted().joined() + " radius=\(NumberText.text(radius))"
            case .mask(let path): "mask=\(Path.name(path).inCanonicalQuotes)"
            }
        let groupText = group.map { " group=\($0.inCanonicalQuotes)" } ?? ""
        return "region \(name.inCanonicalQuotes) \(direction.rawValue)\(groupText) "
            + "prior_scale=\(NumberText.text(priorScale)) \(place)\n"
    }
}
