import Foundation
public import Inference
import Statistics

/// Each cluster without each subject in turn: who carries it.
public struct LeaveOneSubjectOut: Hashable, Sendable {
    public struct Without: Hashable, Sendable {
        public let subject: String
        /// The highest |statistic| left in the cluster, with its sign; NaN where the design cannot be fitted without the subject.
        public let peak: Double
        /// The mean effect over the cluster's voxels.
        public let effect: Double
        /// The share of the cluster's voxels still beyond the threshold that belongs to the smaller sample.
        public let share: Double
    }

    /// With all subjects.
    public let peak: Double
    public let effect: Double
    /// One per subject, in the order of the images.
    public let without: [Without]

    /// The subject without whom the cluster is smallest; nil where nothing could be fitted.
    public var carrier: Without? {
        without.filter { !$0.share.isNaN }.min {
            ($0.share, abs($0.peak)) < ($1.share, abs($1.peak))
        }
    }

    /// Whether some voxel stays beyond the threshold whoever is left out.
    public var survivesAll: Bool { without.allSatisfy { $0.share > 0 } }

    /// - Parameters:
    ///   - clusterP: one-sided p of the cluster-forming threshold, applied with the degrees of freedom at hand.
    public static func all(
        _ clusters: [Cluster], images: StudyImages, design: StudyDesign, contrast: Int, clusterP: Double,
        minimum: Int = 3
    ) throws(StudyError) -> [LeaveOneSubjectOut] {
        guard design.contrasts.indices.contains(contrast) else {
            throw .setting(
                name: "contrast", value: Double(contrast), allowed: "0 to \(design.contrasts.count - 1)")
        }
        // Only voxels of clusters are fitted again.
        let voxels = Array(Set(clusters.flatMap(\.voxels))).sorted()
        var places: [Int32: Int] = [:]
        for (place, voxel) in voxels.enumerated() { places[voxel] = place }
        let rows = images.rows.map { row in voxels.map { row[Int($0)] } }
        let full = try StudyFit(rows, design: design, contrast: design.contrasts[contrast], minimum: minimum)
        var seen: Set<String> = []
        let people = images.subjects.filter { seen.insert($0).inserted }
        var fits: [StudyFit?] = []
        for person in people {
            let kept = images.subjects.indices.filter { images.subjects[$0] != person }
            do throws(StudyError) {
                let smaller = try design.selectingRows(kept)
                fits.append(
                    try StudyFit(
                        kept.map { rows[$0] }, design: smaller, contrast: smaller.contrasts[contrast],
                        minimum: minimum))
            } catch {
                fits.append(nil)
            }
        }
        return clusters.map { cluster in
            let own = cluster.voxels.compactMap { places[$0] }
            let whole = summary(full, own, cluster.sign, clusterP)
            return LeaveOneSubjectOut(
                peak: whole.peak, effect: whole.effect,
                without: zip(people, fits).map { person, fit in
                    guard let fit else {
                        return Without(subject: person, peak: .nan, effect: .nan, share: .nan)
                    }
                    let found = summary(fit, own, cluster.sign, clusterP)
                    return Without(subject: person, peak: found.peak, effect: found.effect, share: found.share)
                })
        }
    }

    private static func summary(
        _ fit: StudyFit, _ voxels: [Int], _ sign: Int, _ clusterP: Double
    ) -> (peak: Double, effect: Double, share: Double) {
        var peak = -Double.infinity
        var effect = 0.0
        var beyond = 0
        var count = 0
        var thresholds: [Int32: Double] = [:]
        let z = fit.contrast.isJoint ? fit.z : []
        for voxel in voxels where !fit.statistic[voxel].isNaN {
            let value = Double(sign) * Double(fit.statistic[voxel])
            peak = max(peak, value)
            effect += Double(fit.effect[voxel])
            count += 1
            if fit.contrast.isJoint {
                beyond += Double(z[voxel]) > -Normal.quantile(clusterP) ? 1 : 0
                continue
            }
            let df = fit.degreesOfFreedom[voxel]
            let threshold = thresholds[df] ?? StudentT(degreesOfFreedom: Int(df)).quantile(upperTail: clusterP)
            thresholds[df] = threshold
            beyond += value > threshold ? 1 : 0
        }
        guard count > 0 else { return (.nan, .nan, .nan) }
        return (Double(sign) * peak, effect / Double(count), Double(beyond) / Double(voxels.count))
    }
}
