public import Appraisal
import Evidence
import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Statistics

/// What every study of a model says at the peaks of its clusters and all over the brain on a coarse grid: the forest plots of the
/// viewer.
///
/// At peaks the effects are those of the report's own forest plots; on the grid they come from fewer imputations
/// (``gridImputations``), which moves what was not reported a little and nothing else.
public struct StudyForest: Sendable {
    /// Between places of the grid, mm.
    public static let spacing = 12.0
    /// On the grid: one batch of the sampler's lanes.
    public static let gridImputations = 16

    public struct Study: Hashable, Sendable {
        /// Of the experiments that are combined into it, mostly one.
        public var experiments: [String]
        public var source: StudyEffects.Source
        /// Hedges' g, or Fisher's z of correlations: mean over imputations, and standard error by Rubin's rules.
        public var effect: Double
        public var standardError: Double

        public init(experiments: [String], source: StudyEffects.Source, effect: Double, standardError: Double) {
            self.experiments = experiments
            self.source = source
            self.effect = effect
            self.standardError = standardError
        }
    }

    public struct Place: Hashable, Sendable {
        /// MNI mm.
        public var coordinate: SIMD3<Double>
        /// Position in the model's mask.
        public var voxel: Int
        /// `2`, or `corrected 1`; nil on the grid.
        public var cluster: String?
        public var studies: [Study]

        public init(coordinate: SIMD3<Double>, voxel: Int, cluster: String?, studies: [Study]) {
            self.coordinate = coordinate
            self.voxel = voxel
            self.cluster = cluster
            self.studies = studies
        }
    }

    public var places: [Place]

    public init(places: [Place]) { self.places = places }

    /// Where peaks are, and what their clusters are called.
    public struct Peak: Hashable, Sendable {
        public var cluster: String
        public var voxel: Int

        public init(cluster: String, voxel: Int) {
            self.cluster = cluster
            self.voxel = voxel
        }
    }

    /// The first peak of every cluster of a model, corrected ones first; one name for two clusters with one peak.
    public static func peaks(_ findings: ModelFindings) -> [Peak] {
        let corrected = findings.corrected.clusters
        let named =
            corrected.enumerated().map { ("corrected \($0.offset + 1)", $0.element) }
            + findings.clusters.enumerated().map { ("\($0.offset + 1)", $0.element) }
        var seen: Set<Int> = []
        return named.compactMap { name, cluster in
            guard let peak = cluster.peaks.first, seen.insert(peak.position).inserted else { return nil }
            return Peak(cluster: name, voxel: peak.position)
        }
    }

    /// - Parameters:
    ///   - effects: of ``peaks(_:)``, in their order.
    ///   - grid: of the grid's places.
    ///   - gridVoxels: where they are in the mask.
    public init(peaks: [Peak], effects: [StudyEffects], grid: [StudyEffects], gridVoxels: [Int]) {
        let taken = Set(peaks.map(\.voxel))
        places =
            zip(peaks, effects).map { peak, effects in
                Place(effects, voxel: peak.voxel, cluster: peak.cluster)
            }
            + zip(gridVoxels, grid).filter { !taken.contains($0.0) }.map { Place($1, voxel: $0, cluster: nil) }
    }
}

extension StudyForest.Place {
    init(_ effects: StudyEffects, voxel: Int, cluster: String?) {
        self.init(
            coordinate: effects.coordinate, voxel: voxel, cluster: cluster,
            studies: effects.studies.map { study in
                let summary = StudySummary(study, weight: 0)
                return StudyForest.Study(
                    experiments: study.experiments, source: study.source, effect: summary.estimate.value,
                    standardError: summary.estimate.standardError)
            })
    }
}
