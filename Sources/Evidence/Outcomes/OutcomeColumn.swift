/// A column of an outcomes table, and what it was taken for.
public struct OutcomeColumn: Hashable, Sendable {
    public enum Role: Hashable, Sendable {
        case study
        /// Name and year of a study that make its name together.
        case author
        case sample
        case outcome
        case region
        case secondRegion
        case modality
        case year
        /// metafor's name of the measure that ``OutcomeQuantity/yi`` is.
        case measure
        case quantity(OutcomeQuantity)
        /// None of these: a moderator, a risk of bias, a remark.
        case covariate
    }

    /// As the header has it.
    public var name: String
    public var role: Role
    /// The measure that the column's name says, such as SMD for `hedges_g`; metafor's name.
    public var measure: String?
    /// Whether the user said what it is.
    public var isStated: Bool

    public init(name: String, role: Role, measure: String? = nil, isStated: Bool = false) {
        self.name = name
        self.role = role
        self.measure = measure
        self.isStated = isStated
    }

    /// Names of measures as a column `measure` has them: metafor's.
    public static let measureNames: [String] = [
        "MD", "SMD", "SMDH", "ROM", "CVR", "VR", "MC", "SMCC", "SMCR", "SMCRH", "PPC", "COR", "ZCOR", "PCOR", "ZPCOR",
        "RPB", "OR", "RR", "RD", "PLO", "PR", "GEN",
    ]

    /// Whether a text is one of ``measureNames``, ignoring letter case.
    public static func namesMeasure(_ text: String) -> Bool { measureNames.contains(text.uppercased()) }
}
