/// What a `claims.yaml` holds: sentences, the columns that say what a study is about, and the words they are matched by.
public struct ClaimLedger: Hashable, Sendable {
    public var title: String
    /// Said on the page where the evidence is none, as of a demonstration.
    public var caution: String?
    public var claims: [Claim]
    /// Column of the study table for a part, where the ledger or the table's usual names say it.
    public var columns: [ClaimPart: String]
    /// What holds for every study whose table does not say it, as the ledger's `all_studies` states.
    public var common: [ClaimPart: String] = [:]
    public var vocabulary: ClaimVocabulary
    /// Files that were read.
    public var files: [String]

    public init(
        title: String = "What does the evidence say?", caution: String? = nil, claims: [Claim],
        columns: [ClaimPart: String] = [:], vocabulary: ClaimVocabulary = ClaimVocabulary(), files: [String] = []
    ) {
        self.title = title
        self.caution = caution
        self.claims = claims
        self.columns = columns
        self.vocabulary = vocabulary
        self.files = files
    }
}
