/// The lowest and highest effect each voxel of an experiment can have, given what was reported.
///
/// Hedges' g (Fisher's z of a correlation), one value per mask voxel. Equal bounds mean the effect is known; NaN that the experiment's image has
/// no value there.
public struct EffectBounds: Sendable {
    public var lower: [Float]
    public var upper: [Float]

    public init(lower: [Float], upper: [Float]) {
        self.lower = lower
        self.upper = upper
    }

    /// Takes the values from voxels that nobody looked at.
    /// - Parameter searched: by mask voxel; nil for all.
    mutating func limit(to searched: [Bool]?) {
        guard let searched else { return }
        for voxel in searched.indices where !searched[voxel] {
            lower[voxel] = .nan
            upper[voxel] = .nan
        }
    }
}
