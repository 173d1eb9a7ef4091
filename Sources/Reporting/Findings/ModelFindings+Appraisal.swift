public import Appraisal
import Evidence
import Imaging
public import Inference
public import SeedBasedMapping
public import Statistics

/// From a model's clusters to the findings of ``TrustSection``.
extension ModelFindings {
    /// The clusters whose peaks are worth a card, the strongest first: those that survive the correction, or the
    /// exploratory ones where none does or no permutation test was run.
    public var appraisedClusters: [Cluster] {
        let corrected = result.correctedClusters()
        let candidates = corrected.isEmpty ? clusters : corrected
        return Array(
            candidates.filter { !$0.peaks.isEmpty }.sorted { abs($0.peak.value) > abs($1.peak.value) }
                .prefix(TrustSection.mostFindings))
    }

    /// Number, in `clusters.tsv`, of the exploratory cluster that holds the peak of another; nil where none does.
    public func number(holdingPeakOf cluster: Cluster) -> Int? {
        clusters.firstIndex { $0.sign == cluster.sign && $0.voxels.contains(Int32(cluster.peak.position)) }
            .map { $0 + 1 }
    }

    /// The smallest corrected p in a cluster by the statistic that cuts the tables; nil without a permutation test.
    public func correctedP(of cluster: Cluster) -> Finding.CorrectedP? {
        guard let words = PermutationWords(result),
            let p = words.p(words.statistic, of: cluster)
        else { return nil }
        return Finding.CorrectedP(value: p, statistic: words.statistic.words)
    }

    /// The appraisal of a cluster's peak.
    ///
    /// - Parameters:
    ///   - effects: of the experiments at the peak.
    ///   - design: of the model, at the place; nil is the plain mean.
    public func finding(
        _ cluster: Cluster, effects: StudyEffects, design: PlaceDesign? = nil,
        jackknife: JackknifeRuns? = nil, contributions: [Contribution] = []
    ) throws(MetaRegressionError) -> Finding {
        let assessment = try PlaceAssessment(
            effects, measure: result.experiments.first?.measure ?? .change, design: design, settings: result.settings)
        return Finding(
            cluster: cluster, volume: Double(cluster.voxels.count) * result.maps.mask.grid.voxelVolume,
            corrected: correctedP(of: cluster), contributions: contributions,
            appraisal: .init(
                assessment: assessment, grade: EvidenceGrade(assessment, settings: result.settings),
                jackknife: jackknife))
    }
}
