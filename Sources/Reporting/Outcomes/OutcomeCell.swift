import Evidence

/// Cells of the tables of outcomes: `NA` where there is no value, as R writes and pandas reads it without being told.
enum OutcomeCell {
    static let missing = "NA"

    static func number(_ value: Double?, _ digits: Int = 8) -> String {
        guard let value, value.isFinite else { return missing }
        return NumberText.significant(value, digits)
    }

    static func count(_ value: Int?) -> String { value.map { String($0) } ?? missing }

    /// Double quotes would be taken by R for the ends of a text.
    static func text(_ text: String?) -> String {
        guard let text, !text.isEmpty else { return missing }
        return String(text.map { $0 == "\"" ? "”" : $0 })
    }

    static func flag(_ value: Bool) -> String { value ? "TRUE" : "FALSE" }

    /// Degrees of freedom: `Inf` of the normal distribution.
    static func degrees(_ value: Double?) -> String {
        guard let value else { return missing }
        return value.isInfinite ? "Inf" : number(value)
    }
}
