public import Inference

/// A cluster's values read without circularity: each subject's from a place found in the others (leave-one-subject-out:
/// Esterman et al. 2010, doi:10.1016/j.neuroimage.2009.10.092; why: Kriegeskorte et al. 2009, doi:10.1038/nn.2303).
///
/// Values read from the cluster that selected them are too large by construction; show these beside them. For subject i the
/// study is fitted without i, and i's mean is read in the others' cluster of the same rank (the largest for the largest, of one
/// sign): a place chosen by the others alone, hence without bias. Taking the others' cluster that overlaps this one would let
/// i's data back in through the choice, and on noise keeps most of the bias. ``shareFound`` says how often the others' cluster
/// overlaps; where that is rare, the value is of clusters of this rank, not of this place. Where the others have no cluster of the
/// rank, their highest voxel outside their clusters is read.
public struct CrossValidatedCluster: Sendable {
    /// Mean over the cluster itself (circular), one per map.
    public let circular: [Double]
    /// Mean over what the others chose, one per map; NaN where they cannot be tested.
    public let crossValidated: [Double]
    /// The cluster without each person; empty where nobody was left out.
    public let without: [LeaveOneSubjectOut.Reading]
    /// Share of subjects without whom the others' cluster of the rank overlaps this one.
    public let shareFound: Double

    /// Mean over maps.
    public var circularMean: Double { Self.mean(circular) }
    public var crossValidatedMean: Double { Self.mean(crossValidated) }

    /// - Parameters:
    ///   - rank: among the clusters of its sign (``ranks(_:)``).
    ///   - leftOut: nil leaves the cross-validated values out.
    public init(_ cluster: Cluster, rank: Int, of images: StudyImages, leaving leftOut: LeaveOneSubjectOut?) {
        circular = images.rows.map { PlaceMean.of($0, cluster.voxels) }
        without = leftOut?.readings(of: cluster, rank: rank) ?? []
        var own: [String: [Int32]] = [:]
        let inside = Set(cluster.voxels)
        var found = 0
        for reading in without {
            own[reading.subject] = reading.place
            found += reading.place.contains { inside.contains($0) } ? 1 : 0
        }
        crossValidated = zip(images.subjects, images.rows).map { PlaceMean.of($1, own[$0] ?? []) }
        shareFound = without.isEmpty ? .nan : Double(found) / Double(without.count)
    }

    private static func mean(_ values: [Double]) -> Double {
        let present = values.filter { !$0.isNaN }
        return present.isEmpty ? .nan : present.reduce(0, +) / Double(present.count)
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
