import Formats
import Foundation
import Imaging
import Inference
import PrimaryStudy

/// Where a study's places are: those that survive the correction, and those that come nearest.
struct StudyPlaces {
    let analysis: StudyAnalysis
    let test: StudyTest
    let inference: StudyInference
    let fit: StudyFit
    private let side: StudyInference.Side
    private let p: [StudyChoices.Correction: [Float]]
    private let finder: ClusterFinder

    init(_ analysis: StudyAnalysis, test: StudyTest, inference: StudyInference, fit: StudyFit) {
        self.analysis = analysis
        self.test = test
        self.inference = inference
        self.fit = fit
        side = inference.contrast.isJoint ? .positive : .both
        finder = ClusterFinder(mask: inference.mask, connectivity: inference.connectivity)
        var p: [StudyChoices.Correction: [Float]] = [:]
        for correction in StudyChoices.Correction.allCases {
            guard inference.statistics.contains(correction.statistic) else { continue }
            p[correction] = inference.correctedP(correction.statistic, side)
        }
        self.p = p
    }

    /// Corrected ones, then further clusters; where there is neither, the strongest place of each sign.
    func findings() -> [StudyFinding] {
        let corrected = corrected()
        let taken = Set(corrected.flatMap { $0.cluster.voxels.map { $0 } })
        var others = inference.clusters(side).map(\.cluster)
            .filter { $0.voxels.allSatisfy { !taken.contains($0) } }
            .map { finding($0, isCorrected: false) }
        if !analysis.regions.isEmpty {
            // Every region is told of, whatever it shows.
            let shown = taken.union(others.flatMap { $0.cluster.voxels.map { $0 } })
            others += inference.mask.voxels.indices.filter { !shown.contains(Int32($0)) }.compactMap { voxel in
                let value = Double(inference.statistic[voxel])
                guard value.isFinite else { return nil }
                return finding(single(voxel, value), isCorrected: false)
            }
        } else if corrected.isEmpty, others.isEmpty {
            others = strongest()
        }
        return corrected.sorted(by: Self.comesFirst) + others.sorted(by: Self.comesFirst)
    }

    private static func comesFirst(_ a: StudyFinding, _ b: StudyFinding) -> Bool {
        if a.correctedP != b.correctedP { return a.correctedP < b.correctedP }
        if a.cluster.voxels.count != b.cluster.voxels.count { return a.cluster.voxels.count > b.cluster.voxels.count }
        return a.cluster.peak.position < b.cluster.peak.position
    }

    /// Connected voxels whose corrected p is at most the level, each sign by itself.
    private func corrected() -> [StudyFinding] {
        guard let p = p[analysis.choices.correction] else { return [] }
        let level = Float(analysis.choices.level) * (1 + 1e-6)
        let signs = inference.contrast.isJoint ? [1] : [1, -1]
        return signs.flatMap { sign -> [Cluster] in
            let kept = inference.statistic.indices.map { voxel -> Float in
                let value = inference.statistic[voxel]
                return p[voxel] <= level && value * Float(sign) > 0 ? value : 0
            }
            return finder.clusters(in: kept, above: 0, sign: sign)
        }.map { finding($0, isCorrected: true) }
    }

    private func strongest() -> [StudyFinding] {
        var found: [StudyFinding] = []
        for sign in inference.contrast.isJoint ? [Float(1)] : [Float(1), -1] {
            var best: Int?
            for voxel in inference.statistic.indices where sign * inference.statistic[voxel] > 0 {
                if best.map({ sign * inference.statistic[voxel] > sign * inference.statistic[$0] }) ?? true {
                    best = voxel
                }
            }
            if let best { found.append(finding(single(best, Double(inference.statistic[best])), isCorrected: false)) }
        }
        return found
    }

    private func single(_ voxel: Int, _ value: Double) -> Cluster {
        Cluster(
            sign: value < 0 ? -1 : 1, voxels: [Int32(voxel)],
            peaks: [
                ClusterPeak(position: voxel, coordinate: inference.mask.world(at: voxel), value: value)
            ])
    }

    private func finding(_ cluster: Cluster, isCorrected: Bool) -> StudyFinding {
        var least: [StudyChoices.Correction: Double] = [:]
        for (correction, values) in p {
            let smallest = cluster.voxels.map { values[Int($0)] }.filter { !$0.isNaN }.min()
            if let smallest { least[correction] = Double(smallest) }
        }
        return StudyFinding(
            name: analysis.placeName(cluster), cluster: cluster,
            peak: Double(fit.statistic[cluster.peak.position]),
            correctedP: least[analysis.choices.correction] ?? 1, byStatistic: least, isCorrected: isCorrected,
            volume: analysis.regions.isEmpty
                ? Double(cluster.voxels.count) * inference.mask.grid.voxelVolume : 0,
            values: [], trajectories: [], people: [], effect: nil, validated: nil, without: [])
    }
}

extension StudyChoices.Correction {
    var statistic: NullDistribution.Statistic {
        switch self {
        case .voxel: .voxel
        case .size: .size
        case .mass: .mass
        case .tfce: .tfce
        }
    }
}
