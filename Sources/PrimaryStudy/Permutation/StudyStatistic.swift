/// What is computed at a voxel.
public enum StudyStatistic: Hashable, Sendable {
    /// t, or F of several combinations, by ordinary least squares; z of them where degrees of freedom vary over voxels.
    case classical
    /// Each variance group keeps its own variance: Welch's t of two groups, Aspin–Welch v in general, G of several
    /// combinations (Winkler et al. 2014, doi:10.1016/j.neuroimage.2014.01.060, eq. 4).
    case unequalVariances
    /// The variance is smoothed over voxels before the effect is divided by its root (pseudo-t: Nichols & Holmes 2002,
    /// doi:10.1002/hbm.1058). Full width at half maximum in mm. For few subjects, and one combination.
    case smoothedVariance(fwhm: Double)
}
