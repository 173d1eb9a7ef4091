public import Evidence
import Synchronization

/// The spaces of a run: models that share voxel size and mask share one. At 2 mm a space takes over half a second to make, most of it
/// smoothing, and about 15 MB; there is one for every pair of voxel size and mask that the models name.
public final class SpaceStore: Sendable {
    private struct Key: Hashable {
        var voxelSize: Double
        var mask: Settings.MaskChoice
    }

    private let spaces = Mutex<[Key: AnalysisSpace]>([:])

    public init() {}

    /// The space of the settings, made when it is first asked for.
    /// - Throws: as ``AnalysisSpace/init(settings:)``.
    public func space(_ settings: Settings) throws -> AnalysisSpace {
        let key = Key(voxelSize: settings.voxelSize, mask: settings.mask)
        if let known = spaces.withLock({ $0[key] }) { return known }
        let space = try AnalysisSpace(settings: settings)
        spaces.withLock { $0[key] = space }
        return space
    }
}
