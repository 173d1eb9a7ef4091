import Foundation
public import Imaging
public import Inference
import Statistics

/// A cluster's values read without circularity: each subject's from a place found in the others (leave-one-subject-out:
/// Esterman et al. 2010, doi:10.1016/j.neuroimage.2009.10.092; why: Kriegeskorte et al. 2009, doi:10.1038/nn.2303).
///
/// Values read from the cluster that selected them are too large by construction; show these beside them. For subject i the
/// study is fitted without i, and i's mean is read in the others' cluster of the same rank (the largest for the largest, of one
/// sign): a place chosen by the others alone, hence without bias. Taking the others' cluster that overlaps this one would let
/// i's data back in through the choice, and on noise keeps most of the bias. ``Reading/found`` says whether the others' cluster
/// overlaps; where that is rare, the value is of clusters of this rank, not of this place. Where the others have no cluster of the
/// rank, their highest voxel outside their clusters is read.
public struct CrossValidatedCluster: Hashable, Sendable {
    public struct Reading: Hashable, Sendable {
        public let subject: String
        /// One per map of the subject: mean over the cluster itself (circular), and over what the others chose.
        public let circular: [Double]
        public let crossValidated: [Double]
        /// Whether the others' cluster overlaps this one.
        public let found: Bool
    }

    public let readings: [Reading]

    /// Mean over subjects' maps, circular and cross-validated, in the order of the images' rows.
    public var circularMean: Double { Self.mean(readings.flatMap(\.circular)) }
    public var crossValidatedMean: Double { Self.mean(readings.flatMap(\.crossValidated)) }

    /// Share of subjects without whom the others still had the cluster.
    public var shareFound: Double {
        readings.isEmpty ? .nan : Double(readings.count { $0.found }) / Double(readings.count)
    }

    /// The words that go with any plot or correlation read from the cluster that selected it.
    public static let warning =
        "Read from the voxels that these same data selected, so the effect is too large by construction. "
        + "The cross-validated value, each subject's read where the others show the effect, stands beside it."

    private static func mean(_ values: [Double]) -> Double {
        let present = values.filter { !$0.isNaN }
        return present.isEmpty ? .nan : present.reduce(0, +) / Double(present.count)
    }

    /// - Parameters:
    ///   - clusterP: one-sided p of the cluster-forming threshold.
    @_optimize(none)
    public static func all(
        _ clusters: [Cluster], images: StudyImages, design: StudyDesign, contrast: Int, clusterP: Double,
        connectivity: Connectivity = .faces, minimum: Int = 3, workers: Workers
    ) async throws -> [CrossValidatedCluster] {
        guard design.contrasts.indices.contains(contrast) else {
            throw StudyError.setting(
                name: "contrast", value: Double(contrast), allowed: "0 to \(design.contrasts.count - 1)")
        }
        var seen: Set<String> = []
        let people = images.subjects.filter { seen.insert($0).inserted }
        let finder = ClusterFinder(mask: images.mask, connectivity: connectivity)
        let readings = Slots<[Reading]>(count: people.count)
        try await workers.forEach(people.count) { index in
            readings[index] = try read(
                people[index], clusters, images, design, contrast, clusterP, minimum, finder)
        }
        let all = readings.all
        return clusters.indices.map { cluster in CrossValidatedCluster(readings: all.map { $0[cluster] }) }
    }

    private static func read(
        _ person: String, _ clusters: [Cluster], _ images: StudyImages, _ design: StudyDesign, _ contrast: Int,
        _ clusterP: Double, _ minimum: Int, _ finder: ClusterFinder
    ) throws(StudyError) -> [Reading] {
        let own = images.subjects.indices.filter { images.subjects[$0] == person }
        let kept = images.subjects.indices.filter { images.subjects[$0] != person }
        let smaller = try design.selectingRows(kept)
        let fit = try StudyFit(
            kept.map { images.rows[$0] }, design: smaller, contrast: smaller.contrasts[contrast], minimum: minimum)
        let scores = fit.z
        let threshold = -Normal.quantile(clusterP)
        let candidates = [1, -1].map { sign in finder.clusters(in: scores, above: threshold, sign: sign) }
        let ranks = Self.ranks(clusters)
        return clusters.indices.map { index in
            let cluster = clusters[index]
            let others = candidates[cluster.sign > 0 ? 0 : 1]
            let place = place(ofRank: ranks[index], sign: cluster.sign, among: others, of: scores)
            let inside = Set(cluster.voxels)
            let isFound = place.contains { inside.contains($0) }
            func mean(_ row: Int, _ voxels: [Int32]) -> Double {
                Self.mean(voxels.map { Double(images.rows[row][Int($0)]) })
            }
            return Reading(
                subject: person, circular: own.map { mean($0, cluster.voxels) },
                crossValidated: own.map { mean($0, place) }, found: isFound)
        }
    }

    /// What the others chose for a cluster of this rank: their own of the same rank, else their highest voxel outside their
    /// clusters.
    ///
    /// - Parameters:
    ///   - rank: from 0, the largest (``ranks(_:)``).
    ///   - others: clusters of this sign without the subject, the largest first.
    ///   - scores: without the subject; NaN where nothing is tested.
    public static func place(ofRank rank: Int, sign: Int, among others: [Cluster], of scores: [Float]) -> [Int32] {
        if others.indices.contains(rank) { return others[rank].voxels }
        let taken = Set(others.flatMap(\.voxels))
        let direction: Float = sign < 0 ? -1 : 1
        let highest = scores.indices.filter { !scores[$0].isNaN && !taken.contains(Int32($0)) }.max {
            direction * scores[$0] < direction * scores[$1]
        }
        return highest.map { [Int32($0)] } ?? []
    }

    /// Place of every cluster among those of its sign, from 0, the largest first.
    public static func ranks(_ clusters: [Cluster]) -> [Int] {
        clusters.indices.map { index in
            clusters.indices.count { other in
                guard clusters[other].sign == clusters[index].sign, other != index else { return false }
                let (a, b) = (clusters[other].voxels.count, clusters[index].voxels.count)
                return a > b || a == b && other < index
            }
        }
    }
}
