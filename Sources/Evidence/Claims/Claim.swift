/// A sentence about the brain that somebody has said, taken apart so that evidence can be held against it
/// (an entry of `claims.yaml`). See Docs/claims.md.
public struct Claim: Hashable, Sendable {
    /// Who said it where.
    public struct Saying: Hashable, Sendable {
        /// Such as `Popular article`.
        public var who: String
        /// Title, journal, page.
        public var place: String?
        /// URL or DOI.
        public var link: String?
        /// At most ``Claim/longestQuote`` words.
        public var quote: String?

        public init(who: String, place: String? = nil, link: String? = nil, quote: String? = nil) {
            self.who = who
            self.place = place
            self.link = link
            self.quote = quote
        }
    }

    /// A study that the sentence rests on, by the name it has in the project.
    public struct Citation: Hashable, Sendable {
        public var study: String
        public var source: SourceLocation?

        public init(_ study: String, source: SourceLocation? = nil) {
            self.study = study
            self.source = source
        }
    }

    /// The nearest published study that somebody found by hand, and how it differs from the sentence. It is told, never pooled.
    public struct NearestStudy: Hashable, Sendable {
        public var study: String
        public var found: String
        public var differs: String?
        public var link: String?

        public init(study: String, found: String, differs: String? = nil, link: String? = nil) {
            self.study = study
            self.found = found
            self.differs = differs
            self.link = link
        }
    }

    /// Unique in the ledger: letters, digits, `_`, `-`, `.`; the name of its badge.
    public var name: String
    public var sentence: String
    public var saying: Saying
    /// None for a sentence that is not about a part of the brain, such as one on gene expression.
    public var regions: [ClaimRegion]
    /// Whether it is about what goes on between the regions (connectivity) rather than in each of them.
    public var isPair = false
    /// What is said to differ: `activity`, `volume`, `connectivity` … (a term of the vocabulary).
    public var outcome: String
    /// How it was measured; nil for any way.
    public var modality: String?
    public var direction: RegionHypothesis.Direction
    /// Nil for anybody.
    public var population: String?
    /// Nil for any.
    public var treatment: String?
    public var comparison: ClaimComparison
    /// The column of the study table that a dose–response is about; nil where the comparison is another.
    public var dose: String?
    public var citations: [Citation] = []
    public var nearest: [NearestStudy] = []
    /// σ of the Bayes factor's prior, in units of Hedges' g.
    public var priorScale = RegionHypothesis.defaultPriorScale
    public var source: SourceLocation?
    /// Where the ledger states a part, for messages.
    public var partSources: [ClaimPart: SourceLocation] = [:]

    /// Words of a quotation.
    public static let longestQuote = 25

    public init(
        name: String, sentence: String, saying: Saying, regions: [ClaimRegion] = [], outcome: String = "activity",
        modality: String? = nil, direction: RegionHypothesis.Direction, population: String? = nil,
        treatment: String? = nil, comparison: ClaimComparison = .change, source: SourceLocation? = nil
    ) {
        self.name = name
        self.sentence = sentence
        self.saying = saying
        self.regions = regions
        self.outcome = outcome
        self.modality = modality
        self.direction = direction
        self.population = population
        self.treatment = treatment
        self.comparison = comparison
        self.source = source
    }

    /// Which way the effect should go in a region.
    public func direction(in region: ClaimRegion?) -> RegionHypothesis.Direction { region?.direction ?? direction }

    /// What it says of a part that a study can match; nil where it leaves it open.
    public func value(of part: ClaimPart) -> String? {
        switch part {
        case .population: population
        case .treatment: treatment
        case .modality: modality
        case .outcome: outcome
        case .comparison: comparison.rawValue
        case .region: regions.map(\.name).joined(separator: ", ")
        }
    }
}
