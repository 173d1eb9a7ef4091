/// The judged risk of bias of one study: domains and overall.
public struct RiskOfBias: Hashable, Sendable {
    public enum Instrument: String, CaseIterable, Hashable, Sendable {
        /// Randomised trials (Sterne et al. 2019, doi:10.1136/bmj.l4898).
        case rob2 = "RoB 2"
        /// Studies of interventions without randomisation (Sterne et al. 2016, doi:10.1136/bmj.i4919).
        case robinsI = "ROBINS-I"
        /// Cohort and case–control studies: stars (Wells et al.).
        case newcastleOttawa = "Newcastle–Ottawa"

        public var domains: [String] {
            switch self {
            case .rob2:
                [
                    "randomisation process", "deviations from intended interventions", "missing outcome data",
                    "measurement of the outcome", "selection of the reported result",
                ]
            case .robinsI:
                [
                    "confounding", "selection of participants", "classification of interventions",
                    "deviations from intended interventions", "missing data", "measurement of outcomes",
                    "selection of the reported result",
                ]
            case .newcastleOttawa: ["selection", "comparability", "outcome or exposure"]
            }
        }

        /// The words that a judgement is one of; of Newcastle–Ottawa none, there stars are counted.
        public var judgements: [RiskJudgement] {
            switch self {
            case .rob2: [.low, .someConcerns, .high, .noInformation]
            case .robinsI: [.low, .moderate, .serious, .critical, .noInformation]
            case .newcastleOttawa: []
            }
        }

        /// Most stars of each domain.
        public static let mostStars = [4, 2, 3]
    }

    public let instrument: Instrument
    /// One per domain of the instrument; nil where the table says nothing. Of Newcastle–Ottawa what the stars amount to.
    public let domains: [RiskJudgement?]
    /// Stars per domain; of Newcastle–Ottawa only.
    public let stars: [Int?]
    /// nil where neither it nor all domains are stated.
    public let overall: RiskJudgement?
    /// Whether `overall` was not stated but follows from the domains: the worst of them (of Newcastle–Ottawa ``init(stars:total:)``).
    public let isOverallDerived: Bool

    /// Of RoB 2 or ROBINS-I.
    public init(instrument: Instrument, domains: [RiskJudgement?], overall stated: RiskJudgement? = nil) {
        self.instrument = instrument
        self.domains = domains
        stars = []
        let known = domains.compactMap { $0 }
        let isComplete = !known.isEmpty && known.count == domains.count && known.allSatisfy { $0.severity != nil }
        let worst = known.max { ($0.severity ?? -1) < ($1.severity ?? -1) }
        overall = stated ?? (isComplete ? worst : nil)
        isOverallDerived = stated == nil
    }

    /// Of the Newcastle–Ottawa scale. With all domains: low from 3, 1 and 2 stars, moderate from 2, 1 and 2, else serious (the
    /// AHRQ standards good, fair and poor). With the total alone: low from 7, moderate from 4, else serious; a convention.
    ///
    /// - Parameters:
    ///   - stars: of selection (at most 4), comparability (2), outcome or exposure (3); nil where not stated.
    ///   - total: as stated, 0 to 9.
    public init(stars: [Int?], total: Int?) {
        instrument = .newcastleOttawa
        self.stars = stars
        let needed = [(3, 2), (1, 1), (2, 2)]
        domains = zip(stars, needed).map { found, least in
            found.map { $0 >= least.0 ? .low : $0 >= least.1 ? .moderate : .serious }
        }
        let known = domains.compactMap { $0 }
        if !known.isEmpty, known.count == domains.count {
            overall = known.max { ($0.severity ?? -1) < ($1.severity ?? -1) }
        } else {
            overall = total.map { $0 >= 7 ? .low : $0 >= 4 ? .moderate : .serious }
        }
        isOverallDerived = true
    }

    public var isLow: Bool { overall == .low }
}
