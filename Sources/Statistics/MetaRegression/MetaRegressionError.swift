/// Why a meta-regression cannot be fitted.
public enum MetaRegressionError: Error, Hashable, Sendable {
    /// Effects, variances and rows of the design differ in number.
    case shape(effects: Int, variances: Int, designRows: Int)
    /// An effect or a cell of the design that is not finite, or a variance that is not positive and finite.
    case badValue(row: Int)
    /// Fewer studies than are needed for so many coefficients.
    case tooFewStudies(studies: Int, coefficients: Int)
    /// Columns of the design that others add up to, each with those others.
    case collinear([ColumnBasis.Dependence])
    /// A hypothesis that does not fit the model: wrong number of columns, or only zeros.
    case badContrast(columns: Int, coefficients: Int)
}

extension MetaRegressionError: CustomStringConvertible {
    public var description: String { describe { "column \($0 + 1)" } }

    /// The message, with the user's names for the columns of the design.
    public func describe(column: (Int) -> String) -> String {
        switch self {
        case .shape(let effects, let variances, let rows):
            return "\(effects) effects, \(variances) variances and \(rows) rows of the design do not go together"
        case .badValue(let row):
            return "study \(row + 1) has a value that is not finite, or a variance that is not positive"
        case .tooFewStudies(let studies, let coefficients):
            return "\(studies) studies are too few for \(coefficients) coefficients"
        case .collinear(let dependences):
            return dependences.map { dependence in
                let others = dependence.terms.map { column($0.column) }
                let name = column(dependence.column)
                return others.isEmpty
                    ? "\(name) is zero in all studies"
                    : "\(name) is determined by \(others.joined(separator: ", "))"
            }.joined(separator: "; ")
        case .badContrast(let columns, let coefficients):
            return "a contrast of \(columns) numbers, not all zero, was expected to have \(coefficients)"
        }
    }
}
