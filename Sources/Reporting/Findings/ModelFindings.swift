public import Appraisal
public import Evidence
import Foundation
public import Inference
public import SeedBasedMapping

/// A model's pooled maps with the clusters found in them: what tables, figures and the report are made from.
public struct ModelFindings: Sendable {
    public var result: ModelResult
    /// Effects above zero first, then below; larger clusters first within a sign.
    public let clusters: [Cluster]
    /// What is known of the reliability of the strongest findings; at most ``TrustSection/mostFindings``.
    public var trust: [FindingCard] = []
    /// What the effects at peaks rest on, by position in the mask; of the peaks that were looked at.
    public var bases: [Int: EffectBasis] = [:]
    /// Of the same clusters; nil where there are none.
    public var jackknife: Jackknife?
    /// What every study says at places all over the brain; nil where it was not asked for.
    public var forest: StudyForest?
    /// What the model says about the plan's hypotheses on regions, in the order of the plan.
    public var regions: [RegionFinding] = []
    /// All regions of the plan, those without a finding too.
    public var askedRegions: [RegionHypothesis] = []

    public init(result: ModelResult, clusters: [Cluster]) {
        self.result = result
        self.clusters = clusters.sorted(by: Self.comesFirst)
    }

    /// The same model with the clusters that survive its correction; none without one.
    var corrected: ModelFindings { ModelFindings(result: result, clusters: result.correctedClusters()) }

    private static func comesFirst(_ a: Cluster, _ b: Cluster) -> Bool {
        if a.sign != b.sign { return a.sign > b.sign }
        if a.voxels.count != b.voxels.count { return a.voxels.count > b.voxels.count }
        return (a.voxels.first ?? 0) < (b.voxels.first ?? 0)
    }

    /// Who was pooled; people of a sample that several experiments share count once.
    public var people: People { People(result.experiments) }

    public var participants: Int { people.count }

    /// Peaks in the mask and too far from it; those listed beside a whole-brain map do not enter, and are not counted.
    public var placement: PeakPlacement { PeakPlacement(result.experiments, mask: result.maps.mask) }

    /// Median I² (percent) over all voxels of all clusters; nil when there is none.
    public var medianI2InClusters: Double? {
        let values = clusters.flatMap { $0.voxels }
            .compactMap { Int($0) < result.maps.i2.count ? Double(result.maps.i2[Int($0)]) : nil }
            .filter(\.isFinite).sorted()
        guard !values.isEmpty else { return nil }
        let middle = values.count / 2
        return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
    }

    /// Folder for a model's results: its name, with what a file system might dislike replaced by `_`.
    public static func folderName(_ name: String) -> String {
        let safe = String(
            name.unicodeScalars.map { scalar in
                let isSafe =
                    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                    || scalar == "_" || scalar == "-" || scalar == "."
                return isSafe ? Character(scalar) : "_"
            })
        // No hidden folders, no `..`, no empty name.
        let visible = safe.first == "." ? "_" + safe.dropFirst() : safe
        return visible.isEmpty ? "_" : visible
    }

    /// One folder per model, distinct even where two names are alike on a file system that ignores case.
    public static func folderNames(_ names: [String]) -> [String] {
        // Files of a run stand beside the folders.
        var taken = Set(ResultFolder.reserved)
        return names.map { name in
            let base = folderName(name)
            var candidate = base
            var number = 2
            while !taken.insert(candidate.lowercased()).inserted {
                candidate = "\(base)-\(number)"
                number += 1
            }
            return candidate
        }
    }
}
