import Evidence
public import Inference
public import Mapping
import Statistics

extension ModelFindings {
    /// Judges the peaks of the strongest clusters, from what every experiment says there.
    ///
    /// A peak whose experiments do not determine the model is passed over.
    /// - Parameter evidence: of ``appraisedClusters``, in their order.
    public mutating func appraise(_ evidence: ClusterEvidence, places: PlaceNamer) {
        let clusters = appraisedClusters
        jackknife = evidence.jackknife
        trust = clusters.indices.compactMap { index in
            guard evidence.peaks.indices.contains(index) else { return nil }
            let effects = evidence.peaks[index]
            let design = result.design.flatMap { design in
                design.test.count == 1 ? design.test.first : design.adjustedMeans.first
            }.flatMap { judged in
                result.design.flatMap { PlaceDesign($0, judging: judged, at: effects) }
            }
            if result.design != nil, design == nil { return nil }
            return try? finding(
                clusters[index], effects: effects, design: design, places: places,
                jackknife: evidence.jackknife.flatMap { JackknifeRuns($0, cluster: index) })
        }
    }
}

extension JackknifeRuns {
    /// The first peak of a cluster, without each experiment; nil where the jackknife does not have it.
    init?(_ jackknife: Jackknife, cluster: Int) {
        guard jackknife.clusters.indices.contains(cluster), let peak = jackknife.clusters[cluster].peaks.first else {
            return nil
        }
        let runs = zip(jackknife.omissions, peak.without).filter { $0.0.kind == .experiment }
        self.init(
            runs: runs.map { .init(leftOut: $0.name, g: $1.g, z: $1.z, isSignificant: $1.isSignificant) },
            threshold: jackknife.threshold, z: peak.all.z)
    }
}
