/// One result of one study on an outcome that is a number of its own: a volume, a connectivity, a symptom scale.
public struct OutcomeRow: Hashable, Sendable {
    /// Publication or data set, as it is shown.
    public var study: String
    /// Group of people; rows that share one are not independent. The study's name where the table does not say.
    public var sample: String
    /// What was measured, such as `amygdala volume` or `HAM-D`.
    public var outcome: String
    /// Where, as an atlas label, a coordinate or the name of a network.
    public var region: String?
    /// Of connectivity, where to.
    public var secondRegion: String?
    public var modality: String?
    public var year: Int?
    /// The measure that ``OutcomeQuantity/yi`` is, as metafor names it, where the table or its header says.
    public var measure: String?
    /// The numbers, by what they are.
    public var values: [OutcomeQuantity: Double]
    /// Every cell of the row by the name of its column, those with a meaning of their own too, so that any column can be a
    /// moderator.
    public var cells: [String: Experiment.Covariate]
    public var source: SourceLocation

    public init(
        study: String, sample: String? = nil, outcome: String, region: String? = nil, secondRegion: String? = nil,
        modality: String? = nil, year: Int? = nil, measure: String? = nil, values: [OutcomeQuantity: Double],
        cells: [String: Experiment.Covariate] = [:], source: SourceLocation
    ) {
        self.study = study
        self.sample = sample ?? study
        self.outcome = outcome
        self.region = region
        self.secondRegion = secondRegion
        self.modality = modality
        self.year = year
        self.measure = measure
        self.values = values
        self.cells = cells
        self.source = source
    }

    /// The cell of a column, ignoring letter case; missing where there is no such column.
    public func value(ofColumn name: String) -> Experiment.Covariate {
        if let value = cells[name] { return value }
        let lower = name.lowercased()
        return cells.first { $0.key.lowercased() == lower }?.value ?? .missing
    }
}
