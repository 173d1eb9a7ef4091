import Statistics

/// The image-based methods by name, with their usual settings.
public enum ImageEstimator: String, Hashable, Sendable, CaseIterable {
    case fishers
    case stouffers
    case weightedLeastSquares = "wls"
    case fixedEffectsHedges = "fixed-effects-hedges"
    case dersimonianLaird = "dersimonian-laird"
    case hedges
    case pauleMandel = "paule-mandel"
    case maximumLikelihood = "ml"
    case reml
    case sampleSizeLikelihood = "sample-size-likelihood"
    case permutedOLS = "permuted-ols"

    public var method: any ImageMethod {
        switch self {
        case .fishers: FishersTest()
        case .stouffers: StouffersTest()
        case .weightedLeastSquares: PooledImages(.fixed)
        case .fixedEffectsHedges: FixedEffectsHedges()
        case .dersimonianLaird: PooledImages(.dersimonianLaird)
        case .hedges: PooledImages(.hedges)
        case .pauleMandel: PooledImages(.pauleMandel)
        case .maximumLikelihood: PooledImages(.maximumLikelihood)
        case .reml: PooledImages(.reml)
        case .sampleSizeLikelihood: SampleSizeLikelihood()
        case .permutedOLS: PermutedOLS()
        }
    }

    /// Whether covariates can be given (``PooledImages/design``, ``PermutedOLS/design``).
    public var takesCovariates: Bool {
        switch self {
        case .fishers, .stouffers, .fixedEffectsHedges, .sampleSizeLikelihood: false
        default: true
        }
    }
}
