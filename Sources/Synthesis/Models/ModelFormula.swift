/// What effects may depend on: terms added up, as in R's model formulas.
///
/// `year + therapy`, `age * group` (both and their interaction), `age:group`, `sessions^2`, `rcs(weeks, 4)` with Harrell's
/// knots or `rcs(weeks, 2, 8, 20)` with these, `factor(year, 2010)` with a reference, `centre(age)`; `0 +` leaves the
/// intercept out. Names with blanks stand in backticks.
public struct ModelFormula: Hashable, Sendable {
    public var hasIntercept: Bool
    public var terms: [ModelTerm]

    public init(_ terms: [ModelTerm] = [], hasIntercept: Bool = true) {
        self.terms = terms
        self.hasIntercept = hasIntercept
    }

    /// - Parameter text: with or without a leading `~`.
    public init(parsing text: String) throws(ModelFormulaError) {
        var parser = FormulaParser(text)
        self = try parser.formula()
    }

    /// The columns of the design for the rows that have all columns of the formula.
    public func design(_ table: ModelTable) throws(ModelFormulaError) -> ModelDesign {
        try ModelDesign(self, table)
    }
}
