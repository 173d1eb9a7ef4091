public import Inference

/// The study without each of its people: who carries a cluster, and where the others alone point.
///
/// Fitted by least squares anew; not the whole permutation test.
public struct LeaveOneSubjectOut: Sendable {
    /// What is left of one cluster without one person.
    public struct Reading: Hashable, Sendable {
        public let subject: String
        /// t (F) at the cluster's peak; NaN where the rest cannot be tested.
        public let statistic: Double
        /// t (F) that voxels of a cluster had to pass without this person; NaN likewise.
        public let needed: Double
        /// The share of the cluster's voxels that pass it; NaN likewise.
        public let share: Double
        /// Voxels that the others alone point to (``CrossValidatedCluster``).
        public let place: [Int32]

        /// Whether some voxel of the cluster passes still.
        public var isKept: Bool { share > 0 }
    }

    /// In the order of their first maps.
    public let subjects: [String]
    private let runs: [Run]

    /// Only what is read from it, since there are as many as people.
    private struct Run: Sendable {
        /// nil where the rest cannot be tested.
        var statistic: [Float]?
        var needed: Double
        /// Clusters of each sign, the largest first.
        var up: [Cluster] = []
        var down: [Cluster] = []
    }

    /// - Parameters:
    ///   - clusterP: one-sided p of the cluster-forming threshold (of F: the p), with the degrees of freedom that are left.
    @_optimize(none)
    public init(_ test: StudyTest, clusterP: Double, workers: Workers) async throws {
        var seen: Set<String> = []
        let people = test.images.subjects.filter { seen.insert($0).inserted }
        let finder = ClusterFinder(mask: test.images.mask, connectivity: test.options.connectivity)
        let slots = Slots<Run>(count: people.count)
        try await workers.forEach(people.count) { index in
            slots[index] = Self.run(test, without: people[index], finder, clusterP)
        }
        subjects = people
        runs = slots.all
    }

    private static func run(
        _ test: StudyTest, without subject: String, _ finder: ClusterFinder, _ clusterP: Double
    ) -> Run {
        let rows = test.images.subjects.indices
        let kept = rows.filter { test.images.subjects[$0] != subject }
        // Without this person the rest may be too few for the design.
        guard let place = test.design.contrasts.firstIndex(of: test.contrast),
            let design = try? test.design.selectingRows(kept), design.contrasts.indices.contains(place),
            let fit = try? StudyFit(
                kept.map { test.images.rows[$0] }, design: design, contrast: design.contrasts[place],
                minimum: max(2, test.minimumMaps - (rows.count - kept.count)))
        else { return Run(statistic: nil, needed: .nan) }
        let needed = CriticalValue.of(
            clusterP, combinations: test.contrast.rows.count, degreesOfFreedom: design.rows - design.columns.count)
        func clusters(_ sign: Int) -> [Cluster] {
            finder.clusters(in: fit.statistic, above: needed, sign: sign).sorted {
                ($1.voxels.count, $0.peak.position) < ($0.voxels.count, $1.peak.position)
            }
        }
        return Run(
            statistic: fit.statistic, needed: needed, up: clusters(1),
            down: test.contrast.isJoint ? [] : clusters(-1))
    }

    /// One reading per person.
    ///
    /// - Parameter rank: of the cluster among those of its sign, from 0, the largest first.
    public func readings(of cluster: Cluster, rank: Int) -> [Reading] {
        let sign = cluster.sign < 0 ? -1.0 : 1.0
        return zip(subjects, runs).map { subject, run in
            guard let statistic = run.statistic else {
                return Reading(subject: subject, statistic: .nan, needed: .nan, share: .nan, place: [])
            }
            let passing = cluster.voxels.count { sign * Double(statistic[Int($0)]) > run.needed }
            return Reading(
                subject: subject, statistic: Double(statistic[cluster.peak.position]), needed: run.needed,
                share: Double(passing) / Double(max(1, cluster.voxels.count)),
                place: CrossValidatedCluster.place(
                    ofRank: rank, sign: cluster.sign, among: sign > 0 ? run.up : run.down, of: statistic))
        }
    }
}
