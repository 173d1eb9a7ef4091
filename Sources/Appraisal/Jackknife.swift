package import Evidence
import Foundation
public import Inference
import Statistics

/// What becomes of each cluster when an experiment, or a whole sample, is left out of the analysis.
///
/// Each omission is the analysis without those experiments, from their bounds on: the most likely effect is sought anew
/// and everything is imputed anew, with the same random numbers. The values at a cluster's voxels are those of a run of
/// the whole analysis without them. See Docs/jackknife.md.
public struct Jackknife: Sendable {
    /// What was left out.
    public struct Omission: Hashable, Sendable {
        public enum Kind: String, Hashable, Sendable, CaseIterable {
            case experiment
            /// All experiments of a sample that has several.
            case sample
        }

        public var kind: Kind
        /// The experiment's id, or the sample's name.
        public var name: String
        /// Positions in the model's list of experiments.
        public var experiments: [Int]
        /// Why the model cannot be estimated without them; nil where it can.
        public var problem: String?

        public init(kind: Kind, name: String, experiments: [Int], problem: String? = nil) {
            self.kind = kind
            self.name = name
            self.experiments = experiments
            self.problem = problem
        }
    }

    /// The pooled values at a voxel.
    public struct Outcome: Hashable, Sendable {
        public var g: Double
        public var se: Double
        public var z: Double
        public var tau2: Double
        /// One-tailed, in the direction of the cluster; not corrected.
        public var p: Double
        /// Whether z in the cluster's direction is above the model's uncorrected threshold.
        public var isSignificant: Bool
        /// Whether z is at or above what the null distribution of *all* experiments asks of a voxel for a corrected p at the
        /// model's level; nil without a permutation test. An approximation: the null was not made anew.
        public var isAboveCorrected: Bool?

        public init(
            g: Double, se: Double, z: Double, tau2: Double, p: Double, isSignificant: Bool,
            isAboveCorrected: Bool? = nil
        ) {
            self.g = g
            self.se = se
            self.z = z
            self.tau2 = tau2
            self.p = p
            self.isSignificant = isSignificant
            self.isAboveCorrected = isAboveCorrected
        }

        /// Whether what remains determines the model here; if not, the other values are not numbers.
        public var isEstimable: Bool { !z.isNaN }
    }

    /// A local maximum of a cluster.
    public struct Peak: Sendable {
        public var position: Int
        /// MNI mm.
        public var coordinate: SIMD3<Double>
        /// With all experiments.
        public var all: Outcome
        /// One per omission.
        public var without: [Outcome]

        public init(position: Int, coordinate: SIMD3<Double>, all: Outcome, without: [Outcome]) {
            self.position = position
            self.coordinate = coordinate
            self.all = all
            self.without = without
        }
    }

    /// A cluster under every omission.
    public struct ClusterTable: Sendable {
        /// +1 for effects above zero, −1 below.
        public var sign: Int
        public var voxels: Int
        /// As in the cluster: the first is its peak.
        public var peaks: [Peak]
        /// Per omission: how many of the cluster's voxels stay above the uncorrected threshold.
        public var remaining: [Int]
        /// Per omission: the highest z, in the cluster's direction, among its voxels; NaN where none has a value.
        public var highest: [Double]
        /// One per experiment of the model.
        public var contributions: [Contribution]

        public init(
            sign: Int, voxels: Int, peaks: [Peak], remaining: [Int], highest: [Double], contributions: [Contribution]
        ) {
            self.sign = sign
            self.voxels = voxels
            self.peaks = peaks
            self.remaining = remaining
            self.highest = highest
            self.contributions = contributions
        }

        public var peak: Peak { peaks[0] }
    }

    /// Experiments of the model, in order.
    public var experiments: [String]
    /// One per experiment, then one per shared sample.
    public var omissions: [Omission]
    /// z a voxel has to exceed: the model's uncorrected threshold.
    public var threshold: Double
    /// z a voxel has to reach for a corrected p at the model's level, by tail; empty without a permutation test.
    public var correctedThresholds: [NullDistribution.Tail: Double]
    /// In the order in which they were given.
    public var clusters: [ClusterTable]

    public init(
        experiments: [String], omissions: [Omission], threshold: Double,
        correctedThresholds: [NullDistribution.Tail: Double], clusters: [ClusterTable]
    ) {
        self.experiments = experiments
        self.omissions = omissions
        self.threshold = threshold
        self.correctedThresholds = correctedThresholds
        self.clusters = clusters
    }
}

extension Jackknife {
    /// k of N: in how many of the omissions of single experiments a peak stays significant. Omissions without which the
    /// model cannot be estimated do not count.
    public func kept(_ peak: Peak) -> (count: Int, of: Int) {
        let single = omissions.indices.filter {
            omissions[$0].kind == .experiment && peak.without[$0].isEstimable
        }
        return (single.count { peak.without[$0].isSignificant }, single.count)
    }

    /// Names of what a peak's significance hangs on: the omissions without which it is lost.
    public func lost(_ peak: Peak, kind: Omission.Kind = .experiment) -> [String] {
        omissions.indices.filter {
            omissions[$0].kind == kind && peak.without[$0].isEstimable && !peak.without[$0].isSignificant
        }.map { omissions[$0].name }
    }

    /// Names of what the model at a peak cannot be estimated without.
    public func notEstimable(_ peak: Peak, kind: Omission.Kind = .experiment) -> [String] {
        omissions.indices.filter { omissions[$0].kind == kind && !peak.without[$0].isEstimable }
            .map { omissions[$0].name }
    }

    /// The omission of a single experiment that takes most from a peak: after it z is lowest in the cluster's direction.
    public func mostInfluential(_ peak: Peak, sign: Int) -> Omission? {
        let direction = Double(sign)
        return omissions.indices.filter { omissions[$0].kind == .experiment && peak.without[$0].isEstimable }
            .min { direction * peak.without[$0].z < direction * peak.without[$1].z }
            .map { omissions[$0] }
    }

    /// Mean over a cluster's voxels of the share of experiments that said something of a kind there.
    public func share(of source: StudyEffects.Source, in cluster: ClusterTable) -> Double {
        cluster.contributions.reduce(0) { $0 + ($1.sources[source] ?? 0) } / Double(max(cluster.contributions.count, 1))
    }

    /// One omission per experiment (none in a model of one), then one per sample that several experiments share (unless it
    /// is all there is).
    package static func omissions(of experiments: [Experiment]) -> [Omission] {
        guard experiments.count > 1 else { return [] }
        var omissions = experiments.enumerated().map {
            Omission(kind: .experiment, name: $1.id, experiments: [$0])
        }
        var seen: Set<String> = []
        for experiment in experiments where seen.insert(experiment.sample).inserted {
            let members = experiments.indices.filter { experiments[$0].sample == experiment.sample }
            if members.count > 1, members.count < experiments.count {
                omissions.append(Omission(kind: .sample, name: experiment.sample, experiments: members))
            }
        }
        return omissions
    }
}
