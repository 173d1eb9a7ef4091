/// Most likely mean and τ² at some voxels without each of several sets of experiments.
///
/// The values are those that the whole analysis would have there; only the voxels that smoothing needs are computed.
struct OmittedLikely: Sendable {
    /// Per omission, then per voxel.
    var mean: [[Float]]
    var tau2: [[Float]]
}
