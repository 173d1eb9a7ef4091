public import Inference

/// What a model's clusters rest on: every experiment's effects at their peaks, and the jackknife.
public struct ClusterEvidence: Sendable {
    /// At the peak of each cluster.
    public var peaks: [PlaceEffects]
    /// Nil for models with covariates.
    public var jackknife: Jackknife?

    public init(peaks: [PlaceEffects], jackknife: Jackknife?) {
        self.peaks = peaks
        self.jackknife = jackknife
    }
}

extension MeanAnalysis {
    /// Effects at the peaks, and the jackknife, of clusters of a result of this analysis.
    ///
    /// - Parameter clusters: such as ``ModelResult/exploratoryClusters()`` or ``ModelResult/correctedClusters()``, each
    ///   with at least one peak; both parts are in their order.
    /// - Throws: as ``run(_:experiments:keepBounds:permutation:)``.
    public func evidence(for clusters: [Cluster], of result: ModelResult) async throws -> ClusterEvidence {
        let clusters = clusters.filter { !$0.peaks.isEmpty }
        guard !clusters.isEmpty else { return ClusterEvidence(peaks: [], jackknife: nil) }
        var clock = StageClock()
        let ready = try await prepared(
            result.plan, experiments: result.experiments, design: result.design, clock: &clock)
        let places = clusters.enumerated().map { number, cluster in
            Place(voxel: cluster.peak.position, in: space.mask, name: "cluster \(number + 1)")
        }
        return ClusterEvidence(
            peaks: try await effects(ready, at: places),
            jackknife: result.design == nil
                ? try await jackknife(ready, clusters: clusters, familyWise: result.familyWise) : nil)
    }
}
