public import Inference

/// What an analysis found, whichever family of methods made it: voxels that hang together, the corrected p of their peak,
/// and who carries them. Effect sizes stand in its appraisal, where the method has any.
public struct Finding: Sendable {
    /// A p corrected for the family-wise error (or false discovery rate) of the whole search.
    public struct CorrectedP: Hashable, Sendable {
        public var value: Double
        /// `voxel height z`, `TFCE` ...; nil is what the method's criterion names.
        public var statistic: String?

        public init(value: Double, statistic: String? = nil) {
            self.value = value
            self.statistic = statistic
        }
    }

    /// Effect, reliability and evidence class at the finding's peak.
    public struct Appraisal: Sendable {
        public var assessment: PlaceAssessment
        public var grade: EvidenceGrade
        public var jackknife: JackknifeRuns?

        public init(assessment: PlaceAssessment, grade: EvidenceGrade, jackknife: JackknifeRuns? = nil) {
            self.assessment = assessment
            self.grade = grade
            self.jackknife = jackknife
        }
    }

    public var cluster: Cluster
    /// mm³.
    public var volume: Double
    /// At the peak; nil without a correction.
    public var corrected: CorrectedP?
    /// One per unit of the analysis (experiment, or sample where its experiments were pooled); empty where nobody counted.
    public var contributions: [Contribution]
    /// How many experiments of pure noise the peak withstands (Acar 2018), at most ``mostNoise``; nil where it was not
    /// looked for.
    public var failSafeN: Int?
    /// Nil where the method has no effect size, or nobody asked.
    public var appraisal: Appraisal?

    /// Most experiments of noise that are added.
    public static let mostNoise = 500

    public init(
        cluster: Cluster, volume: Double, corrected: CorrectedP? = nil, contributions: [Contribution] = [],
        failSafeN: Int? = nil, appraisal: Appraisal? = nil
    ) {
        self.cluster = cluster
        self.volume = volume
        self.corrected = corrected
        self.contributions = contributions
        self.failSafeN = failSafeN
        self.appraisal = appraisal
    }

    /// Units with a focus inside.
    public var reporting: Int { contributions.count { $0.foci > 0 } }
}
