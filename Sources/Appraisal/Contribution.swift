/// What one experiment (or sample) brings to a finding.
public struct Contribution: Hashable, Sendable {
    public var id: String
    /// Its share in the finding. Of effects, of Σ w·y over the cluster's voxels and all imputations: shares sum to 1, and are
    /// negative for effects against the cluster's (with covariates its share in the tested combination). Of convergence,
    /// of the cluster's statistic that goes when it is left out. Nil where the method has no jackknife.
    public var share: Double?
    /// Its mean share in the weights 1/(v + τ²); with covariates in the information about what is tested. Nil where there
    /// are no weights.
    public var weight: Double?
    /// Foci whose voxel lies in the cluster.
    public var foci: Int
    /// Whether the peak falls below the cluster-forming threshold without it; nil where the method has no jackknife.
    public var isDecisive: Bool?
    /// Shares of the cluster's voxels by what the experiment said there.
    public var sources: [StudyEffects.Source: Double]

    public init(
        id: String, share: Double? = nil, weight: Double? = nil, foci: Int = 0, isDecisive: Bool? = nil,
        sources: [StudyEffects.Source: Double] = [:]
    ) {
        self.id = id
        self.share = share
        self.weight = weight
        self.foci = foci
        self.isDecisive = isDecisive
        self.sources = sources
    }
}
