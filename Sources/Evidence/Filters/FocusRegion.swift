/// A region of an atlas in which a filter asks for a focus: `focus_in("Amygdala_L")`.
public struct FocusRegion: Hashable, Sendable {
    /// Of the plan, or a standard one.
    public var atlas: String
    /// The region's name, as in `peaks.tsv`, or the atlas's own code.
    public var label: String
    /// The foci of the project that lie in it, MNI mm; nil until the atlas has been asked.
    package var foci: Set<SIMD3<Double>>?

    /// The atlas that is meant where none is named.
    static let defaultAtlas = "AAL"

    public init(atlas: String? = nil, label: String) {
        self.atlas = atlas ?? Self.defaultAtlas
        self.label = label
    }

    /// As in a filter, with one spelling for all that mean the same.
    var text: String {
        let names = atlas == Self.defaultAtlas ? [label] : [atlas, label]
        return "focus_in(" + names.map(\.inCanonicalQuotes).joined(separator: ", ") + ")"
    }
}
