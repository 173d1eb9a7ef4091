import Statistics

/// The image-based methods by name, with their usual settings. Names that begin with `ibma-` are those of a plan's `method:`.
///
/// A new estimator is a type that is an ``ImageMethod`` and a case here (Docs/architecture.md has the walk-through).
public enum ImageEstimator: String, Hashable, Sendable, CaseIterable {
    case fishers = "ibma-fisher"
    case stouffers = "ibma-stouffer"
    case weightedStouffers = "ibma-stouffer-n"
    case weightedLeastSquares = "ibma-fixed"
    case dersimonianLaird = "ibma-dl"
    case hedges = "ibma-hedges"
    case pauleMandel = "ibma-pm"
    case maximumLikelihood = "ibma-ml"
    case reml = "ibma-reml"
    case sampleSizeLikelihood = "ibma-samplesize"
    case permutedOLS = "ibma-permuted-ols"
    /// NiMARE's; no method of a plan.
    case fixedEffectsHedges = "fixed-effects-hedges"

    public var method: any ImageMethod { method() }

    /// - Parameters:
    ///   - design: of a model with covariates, for those that take them (``takesCovariates``); nil is the mean.
    ///   - includesHeterogeneity: Q, I² and H² beside τ², where τ² is estimated.
    public func method(design: ImageDesign? = nil, includesHeterogeneity: Bool = false) -> any ImageMethod {
        func pooled(_ estimator: HeterogeneityEstimator) -> PooledImages {
            PooledImages(
                estimator, design: design, includesHeterogeneity: includesHeterogeneity && estimator != .fixed)
        }
        return switch self {
        case .fishers: FishersTest()
        case .stouffers: StouffersTest()
        case .weightedStouffers: StouffersTest(weighting: .sampleSize)
        case .weightedLeastSquares: pooled(.fixed)
        case .dersimonianLaird: pooled(.dersimonianLaird)
        case .hedges: pooled(.hedges)
        case .pauleMandel: pooled(.pauleMandel)
        case .maximumLikelihood: pooled(.maximumLikelihood)
        case .reml: pooled(.reml)
        case .sampleSizeLikelihood: SampleSizeLikelihood()
        case .permutedOLS: PermutedOLS(design: design)
        case .fixedEffectsHedges: FixedEffectsHedges()
        }
    }

    /// Whether covariates can be given (``PooledImages/design``, ``PermutedOLS/design``).
    public var takesCovariates: Bool {
        switch self {
        case .fishers, .stouffers, .weightedStouffers, .fixedEffectsHedges, .sampleSizeLikelihood: false
        default: true
        }
    }
}
