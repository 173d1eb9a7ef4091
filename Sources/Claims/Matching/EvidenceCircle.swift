/// How wide the evidence is drawn; each circle holds the smaller ones. The grade is that of the first.
public enum EvidenceCircle: Int, CaseIterable, Comparable, Hashable, Sendable {
    /// What the claim speaks of, or cases of it, in every part.
    case same
    /// Also other disorders.
    case anybody
    /// Also other treatments.
    case anyTreatment
    /// Also other comparisons of a change, and other ways of measuring the outcome.
    case anyDesign

    public static func < (a: EvidenceCircle, b: EvidenceCircle) -> Bool { a.rawValue < b.rawValue }

    /// In tables.
    public var name: String {
        switch self {
        case .same: "same"
        case .anybody: "other-disorders"
        case .anyTreatment: "other-treatments"
        case .anyDesign: "other-designs"
        }
    }

    /// In a table.
    public var short: String {
        switch self {
        case .same: "same"
        case .anybody: "other disorders"
        case .anyTreatment: "other treatments"
        case .anyDesign: "other designs"
        }
    }

    /// In a sentence.
    public var words: String {
        switch self {
        case .same: "just what the sentence speaks of"
        case .anybody: "and other disorders"
        case .anyTreatment: "and other treatments"
        case .anyDesign: "and other comparisons or methods"
        }
    }
}
