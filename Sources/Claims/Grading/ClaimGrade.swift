/// How well a sentence stands, from the rules of ``GradeRules``.
public enum ClaimGrade: String, CaseIterable, Hashable, Sendable, Codable {
    case supported
    case leaning
    case undecided
    case contradicted
    case notTestable = "not-testable"

    /// As on the page.
    public var words: String {
        switch self {
        case .supported: "Supported"
        case .leaning: "Leaning towards it"
        case .undecided: "Undecided"
        case .contradicted: "Contradicted"
        case .notTestable: "Cannot be tested here"
        }
    }

    /// Of a sentence whose parts all have to hold: what contradicts one part contradicts it; what cannot be tested in one part
    /// cannot be tested; else the weakest part.
    public static func together(_ parts: [ClaimGrade]) -> ClaimGrade {
        [.contradicted, .notTestable, .undecided, .leaning, .supported].first(where: parts.contains) ?? .notTestable
    }
}
