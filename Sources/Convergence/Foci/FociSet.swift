public import Evidence
import Imaging

/// The foci one experiment reports: what a coordinate-based method sees of it.
public struct FociSet: Hashable, Sendable {
    public var id: String
    /// Publication the experiment belongs to.
    public var study: String
    /// Participants; nil when not known. ALE's kernel and MKDA's √N weights follow it.
    public var sampleSize: Double?
    /// MNI mm.
    public var foci: [SIMD3<Double>]

    public init(id: String, study: String? = nil, sampleSize: Double?, foci: [SIMD3<Double>]) {
        self.id = id
        self.study = study ?? id
        self.sampleSize = sampleSize
        self.foci = foci
    }

    /// The peaks of an experiment in MNI space, those beside a map too.
    ///
    /// The sample size of a two-group contrast is the mean of the groups, as NiMARE takes it.
    public init(_ experiment: Experiment) {
        let n = experiment.n2 > 0 ? Double(experiment.n) / 2 : Double(experiment.n1)
        self.init(
            id: experiment.id, study: experiment.study, sampleSize: n > 0 ? n : nil,
            foci: experiment.foci.map(\.mni))
    }
}

extension Project {
    /// Every experiment's foci, in the order of the study table; experiments that are maps without foci are left out.
    public var fociSets: [FociSet] {
        experiments.compactMap { experiment in
            if experiment.hasMap, experiment.foci.isEmpty { nil } else { FociSet(experiment) }
        }
    }
}

extension [FociSet] {
    /// One set per study: foci pooled, sample sizes averaged. In the order in which studies first appear.
    public func pooledByStudy() -> [FociSet] {
        var order: [String] = []
        var members: [String: [FociSet]] = [:]
        for set in self {
            if members[set.study] == nil { order.append(set.study) }
            members[set.study, default: []].append(set)
        }
        return order.map { study in
            let sets = members[study] ?? []
            let sizes = sets.compactMap(\.sampleSize)
            return FociSet(
                id: study, study: study,
                sampleSize: sizes.isEmpty ? nil : sizes.reduce(0, +) / Double(sizes.count),
                foci: sets.flatMap(\.foci))
        }
    }
}
