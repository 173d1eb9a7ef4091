/// A word of the field with what else it is called and what it is a kind of.
public struct ClaimTerm: Hashable, Sendable {
    /// What kinds of words there are.
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        case disorder, treatment, modality, outcome, comparison, region

        /// The part of a claim that it speaks of.
        public var part: ClaimPart {
            switch self {
            case .disorder: .population
            case .treatment: .treatment
            case .modality: .modality
            case .outcome: .outcome
            case .comparison: .comparison
            case .region: .region
            }
        }
    }

    public var kind: Kind
    public var name: String
    public var synonyms: [String]
    /// Names of the terms that it is a kind of, or a part of.
    public var broader: [String]
    /// Of a modality: the outcome that it measures. Of a comparison: the raw value of a ``ClaimComparison``.
    public var means: String?
    /// Of a region: its labels in AAL.
    public var labels: [String]
    public var source: SourceLocation?

    public init(
        _ kind: Kind, _ name: String, synonyms: [String] = [], broader: [String] = [], means: String? = nil,
        labels: [String] = [], source: SourceLocation? = nil
    ) {
        self.kind = kind
        self.name = name
        self.synonyms = synonyms
        self.broader = broader
        self.means = means
        self.labels = labels
        self.source = source
    }

    /// Its name and its synonyms.
    public var spellings: [String] { [name] + synonyms }
}
