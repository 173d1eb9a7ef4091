public import Appraisal
public import Inference

/// What a model's clusters rest on: every experiment's effects at their peaks, and the jackknife.
public struct ClusterEvidence: Sendable {
    /// At the peak of each cluster.
    public var peaks: [PlaceEffects]
    /// Nil where there is no cluster.
    public var jackknife: Jackknife?

    public init(peaks: [PlaceEffects], jackknife: Jackknife?) {
        self.peaks = peaks
        self.jackknife = jackknife
    }
}

extension MeanAnalysis {
    /// Effects at the peaks, and the jackknife, of clusters of a result of this analysis.
    ///
    /// - Parameters:
    ///   - clusters: such as ``ModelResult/exploratoryClusters()`` or ``ModelResult/correctedClusters()``, each with at
    ///     least one peak; both parts are in their order.
    ///   - model: what the result was made from, so that it need not be made again.
    /// - Throws: as ``run(_:experiments:design:keepBounds:permutation:)``.
    @_optimize(none)
    public func evidence(
        for clusters: [Cluster], of result: ModelResult, from model: PreparedModel? = nil
    ) async throws -> ClusterEvidence {
        let clusters = clusters.filter { !$0.peaks.isEmpty }
        guard !clusters.isEmpty else { return ClusterEvidence(peaks: [], jackknife: nil) }
        let prepared =
            if let model {
                model
            } else {
                try await prepare(result.plan, experiments: result.experiments, design: result.design)
            }
        let places = clusters.enumerated().map { number, cluster in
            Place(voxel: cluster.peak.position, in: space.mask, name: "cluster \(number + 1)")
        }
        return ClusterEvidence(
            peaks: try await effects(of: prepared, at: places),
            jackknife: try await jackknife(of: prepared, clusters: clusters, familyWise: result.familyWise))
    }
}
