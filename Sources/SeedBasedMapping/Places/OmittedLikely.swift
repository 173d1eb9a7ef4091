/// Around what experiments are imputed at some voxels, without each of several sets of experiments: the values that the whole
/// analysis would have there.
enum OmittedLikely: Sendable {
    /// Of a mean: [omission][voxel].
    case means(mean: [[Float]], tau2: [[Float]])
    /// Of a model with covariates.
    case coefficients(OmittedCoefficients)

    @inline(__always)
    func mean(_ omission: Int, experiment: Int, at index: Int) -> Float {
        switch self {
        case .means(let mean, _): mean[omission][index]
        case .coefficients(let likely): likely.mean(omission, experiment: experiment, at: index)
        }
    }

    @inline(__always)
    func tau2(_ omission: Int, at index: Int) -> Float {
        switch self {
        case .means(_, let tau2): tau2[omission][index]
        case .coefficients(let likely): likely.tau2[omission][index]
        }
    }
}
