/// How likely a study's result is biased, by the words of RoB 2 and ROBINS-I together.
public enum RiskJudgement: String, CaseIterable, Hashable, Sendable {
    case low
    /// RoB 2.
    case someConcerns = "some concerns"
    /// ROBINS-I.
    case moderate
    /// RoB 2.
    case high
    /// ROBINS-I.
    case serious
    /// ROBINS-I.
    case critical
    case noInformation = "no information"

    /// 0 low, 1 some concerns or moderate, 2 high or serious, 3 critical; nil without information.
    public var severity: Int? {
        switch self {
        case .low: 0
        case .someConcerns, .moderate: 1
        case .high, .serious: 2
        case .critical: 3
        case .noInformation: nil
        }
    }
}
