/// What a study and a claim can agree in.
public enum ClaimPart: String, CaseIterable, Hashable, Sendable {
    case population, treatment, comparison, outcome, modality, region

    /// Columns of the study table that say it where the ledger names none, the likeliest first.
    public var usualColumns: [String] {
        switch self {
        case .population: ["population", "disorder", "diagnosis", "patients", "condition"]
        case .treatment: ["treatment", "therapy", "intervention"]
        case .comparison: ["comparator", "comparison", "control_condition"]
        case .outcome: ["outcome", "quantity"]
        case .modality: ["modality", "imaging"]
        case .region: ["region"]
        }
    }
}
