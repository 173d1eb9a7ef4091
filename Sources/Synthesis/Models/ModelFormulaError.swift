/// Why a formula of moderators, or its columns, cannot be had.
public enum ModelFormulaError: Error, Hashable, Sendable {
    /// What was found at a character (from 1) of the formula, and what would do.
    case syntax(formula: String, position: Int, found: String, expected: String)
    /// A column that the table does not have.
    case unknownColumn(String, known: [String])
    /// Text where numbers are needed.
    case notNumeric(String)
    /// A level that no row has.
    case unknownLevel(column: String, level: String, levels: [String])
    /// One value in all rows.
    case constant(column: String, value: String)
    /// Too few different numbers for so many knots, or knots that do not rise.
    case knots(column: String, reason: String)
    /// No row has all columns.
    case noRows
    /// A column whose value was not given for a prediction.
    case missingValue(String)
}

extension ModelFormulaError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .syntax(let formula, let position, let found, let expected):
            return "\"\(formula)\", character \(position): found \(found); expected \(expected)"
        case .unknownColumn(let name, let known):
            return "there is no column \"\(name)\" in the table; it has \(known.joined(separator: ", "))"
        case .notNumeric(let name): return "column \"\(name)\" is text where numbers are needed; write factor(\(name))"
        case .unknownLevel(let column, let level, let levels):
            return "\(column) is never \"\(level)\"; it is \(levels.joined(separator: ", "))"
        case .constant(let column, let value):
            return "\(column) is \(value) in every row; a moderator must vary"
        case .knots(let column, let reason): return "spline of \(column): \(reason)"
        case .noRows: return "no row has a value in every column of the model"
        case .missingValue(let column): return "a prediction needs a value of \(column)"
        }
    }
}
