/// The stereotaxic space a coordinate was reported in.
public enum CoordinateSpace: String, Hashable, Sendable, CaseIterable, Codable {
    /// Montreal Neurological Institute space: used as it is.
    case mni
    /// Talairach & Tournoux space, software not known (pooled Lancaster transform).
    case talairach
    /// Talairach coordinates from data normalised by SPM (Lancaster's SPM transform).
    case talairachSPM = "talairach_spm"
    /// Talairach coordinates from data normalised by FSL (Lancaster's FSL transform).
    case talairachFSL = "talairach_fsl"
    /// MNI coordinates turned into "Talairach" by Brett's `mni2tal`.
    case brett
}

extension CoordinateSpace {
    /// MNI coordinate (mm) of a coordinate in this space.
    public func toMNI(_ coordinate: SIMD3<Double>) -> SIMD3<Double> {
        switch self {
        case .mni: coordinate
        case .talairach: LancasterTransform.pooled.talairachToMNI(coordinate)
        case .talairachSPM: LancasterTransform.spm.talairachToMNI(coordinate)
        case .talairachFSL: LancasterTransform.fsl.talairachToMNI(coordinate)
        case .brett: BrettTransform.talairachToMNI(coordinate)
        }
    }

    /// Coordinate in this space of an MNI coordinate (mm): the inverse of ``toMNI(_:)``.
    public func fromMNI(_ coordinate: SIMD3<Double>) -> SIMD3<Double> {
        switch self {
        case .mni: coordinate
        case .talairach: LancasterTransform.pooled.mniToTalairach(coordinate)
        case .talairachSPM: LancasterTransform.spm.mniToTalairach(coordinate)
        case .talairachFSL: LancasterTransform.fsl.mniToTalairach(coordinate)
        case .brett: BrettTransform.mniToTalairach(coordinate)
        }
    }
}
