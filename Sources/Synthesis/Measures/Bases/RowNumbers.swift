internal import Evidence

/// The numbers of one row, looked at one by one: each is checked when it is used, and what was used is kept.
struct RowNumbers {
    let row: OutcomeRow
    let settings: MeasurementSettings
    /// The columns' names in the table.
    let names: [OutcomeQuantity: String]
    private(set) var used: [OutcomeQuantity] = []

    init(_ row: OutcomeRow, settings: MeasurementSettings, names: [OutcomeQuantity: String]) {
        self.row = row
        self.settings = settings
        self.names = names
    }

    func has(_ quantities: OutcomeQuantity...) -> Bool { quantities.allSatisfy { row.values[$0] != nil } }

    func hasAny(_ quantities: OutcomeQuantity...) -> Bool { quantities.contains { row.values[$0] != nil } }

    /// The column as the user knows it.
    func name(_ quantity: OutcomeQuantity) -> String { names[quantity] ?? quantity.rawValue }

    /// A number that has to be there.
    mutating func take(_ quantity: OutcomeQuantity) throws(Refusal) -> Double {
        guard let value = try takeIfTold(quantity) else {
            throw Refusal(
                "number-missing", "\(name(quantity)) is missing.", remedy: "Write the number, or leave the row out.")
        }
        return value
    }

    /// A number that may be there.
    mutating func takeIfTold(_ quantity: OutcomeQuantity) throws(Refusal) -> Double? {
        guard let value = row.values[quantity] else { return nil }
        try check(value, quantity)
        if !used.contains(quantity) { used.append(quantity) }
        return value
    }

    /// The first of these that is told.
    mutating func takeFirst(_ quantities: [OutcomeQuantity]) throws(Refusal) -> Double? {
        for quantity in quantities {
            if let value = try takeIfTold(quantity) { return value }
        }
        return nil
    }

    private func check(_ value: Double, _ quantity: OutcomeQuantity) throws(Refusal) {
        let text = "\(name(quantity)) is \(NumberText.text(value))"
        if quantity.isSpread, value <= 0 {
            let what =
                quantity == .vi ? "a sampling variance" : quantity == .sei ? "a standard error" : "a spread"
            throw Refusal(
                value < 0 ? "spread-negative" : "spread-zero", "\(text); \(what) is above 0.",
                remedy: value == 0
                    ? "Look the number up: it may have been rounded to 0, or be unknown, which is written NA."
                    : "Look the number up; is it in another column, or a difference?")
        }
        if quantity.isCorrelation, abs(value) > 1 {
            throw Refusal(
                "correlation-outside", "\(text); a correlation is between -1 and 1.",
                remedy: abs(value) > 1 && abs(value) <= 100
                    ? "Is it a percentage, a Fisher's z (column yi with measure ZCOR) or a slope?"
                    : "Look the number up.")
        }
        if quantity.isCount {
            guard value >= 0 else {
                throw Refusal("count-negative", "\(text); a number of people is 0 or more.", remedy: "Look it up.")
            }
            guard value == value.rounded(), value <= 1e9 else {
                throw Refusal(
                    "count-not-whole", "\(text), which is no whole number of people.",
                    remedy: "Write the number of people; a percentage of a group is turned into a count by hand.")
            }
        }
        if quantity.isNeverNegative, value < 0 {
            throw Refusal("number-negative", "\(text); it is 0 or more by its nature.", remedy: "Look it up.")
        }
        if quantity == .oddsRatio || quantity == .riskRatio, value == 0 {
            throw Refusal(
                "ratio-zero", "\(text); the logarithm of a ratio of 0 does not exist.",
                remedy: "Give the counts (ai, bi, ci, di) instead.")
        }
        if quantity == .pi, abs(value) > 1 || value == 0 {
            throw Refusal(
                "p-outside", "\(text); a two-sided p is above 0 and at most 1, with a minus for an effect below 0.",
                remedy: value == 0 ? "Write what the paper prints as its bound, such as 0.001." : "Look it up.")
        }
    }

    /// Numbers of people of a group, at least `least`.
    mutating func people(_ quantities: [OutcomeQuantity], least: Double = 2) throws(Refusal) -> Double {
        guard let n = try takeFirst(quantities) else {
            throw Refusal("number-missing", "\(name(quantities[0])) is missing.")
        }
        guard n >= least else {
            throw Refusal(
                "n-too-small",
                "\(name(quantities[0])) is \(NumberText.text(n)); at least \(NumberText.text(least)) are needed here.",
                remedy: "Look the number up, or leave the row out.")
        }
        return n
    }
}
