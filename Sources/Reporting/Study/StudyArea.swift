/// Where a study looked, said so that a small volume is never taken for the whole brain.
public struct StudyArea: Hashable, Sendable, Codable {
    public enum Kind: String, Hashable, Sendable, Codable {
        case wholeBrain, greyMatter, mask, smallVolume, regionValues
    }

    public var kind: Kind
    /// Of the mask's file, or of the regions.
    public var names: [String]
    public var voxels: Int
    /// mm³.
    public var volume: Double

    public init(kind: Kind, names: [String] = [], voxels: Int, volume: Double) {
        self.kind = kind
        self.names = names
        self.voxels = voxels
        self.volume = volume
    }

    /// `the whole brain`, `a small volume (left amygdala)`.
    public var words: String {
        switch kind {
        case .wholeBrain: "the whole brain"
        case .greyMatter: "the brain's grey matter"
        case .mask: "a mask (\(names.joined(separator: ", ")))"
        case .smallVolume: "a small volume (\(names.joined(separator: ", ")))"
        case .regionValues: "\(names.count) region\(names.count == 1 ? "" : "s") (\(names.joined(separator: ", ")))"
        }
    }

    public var isWholeBrain: Bool { kind == .wholeBrain || kind == .greyMatter }

    /// What a reader must not miss; nil of the whole brain.
    public var caution: String? {
        switch kind {
        case .wholeBrain, .greyMatter: nil
        case .mask:
            "Corrected for the voxels of this mask only. It is a whole-brain result only if the mask is the whole brain."
        case .smallVolume:
            "SVC only, not whole-brain: p values are corrected for this small volume (\(volume > 0 ? "\(Int((volume / 1000).rounded(.up))) cm³" : "")), which had to be chosen before the data were seen. Outside it nothing was looked at."
        case .regionValues:
            "Corrected for these regions only, which had to be chosen before the data were seen."
        }
    }
}
