public import Evidence

/// A claim with everything that the evidence says of it: what pages and tables are made from.
public struct JudgedClaim: Sendable {
    /// One of its regions.
    public struct Part: Sendable {
        /// Nil of a claim without a region.
        public var region: ClaimRegion?
        public var direction: RegionHypothesis.Direction
        /// Why it has no voxels, such as an atlas that is not installed; nil where it has or needs none.
        public var notLocated: String?
        /// What bears on it, the nearest first.
        public var matches: [EvidenceMatch]
        /// One per circle that holds more studies than the smaller ones, the smallest first.
        public var circles: [ClaimVerdict]
        /// Of the circle ``EvidenceCircle/same``; nil where that is empty.
        public var judgement: GradeRules.Judgement?
        public var downgrades: [Downgrade]
        public var certainty: Certainty?
        public var objections: [ObjectionAnswer]
        public var grade: ClaimGrade

        /// Just what the sentence speaks of.
        public var same: ClaimVerdict? { circles.first { $0.circle == .same } }

        /// The widest circle.
        public var widest: ClaimVerdict? { circles.last }

        /// Matches of the graded circle.
        public var sameMatches: [EvidenceMatch] { matches.filter { $0.circle == .same } }
    }

    public var claim: Claim
    public var parts: [Part]
    public var grade: ClaimGrade
    /// Why it cannot be tested; nil where it can.
    public var notTestable: String?
    public var design: DesignReading
    public var settling: SettlingStudy
    /// Experiments and outcomes that were looked at.
    public var searched: Int
    /// Cited studies, and whether any evidence of theirs bears on the claim.
    public var citations: [(study: String, bears: Bool)]

    /// The part that decides the grade: the first that has it.
    public var deciding: Part? { parts.first { $0.grade == grade } ?? parts.first }
}
