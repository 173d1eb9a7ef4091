/// What is wrong with a cell of risk of bias.
public enum RiskOfBiasError: Error, Hashable, Sendable {
    case badJudgement(column: String, found: String, expected: [String])
    case badStars(column: String, found: String, most: Int)
    /// A total of stars that is not the sum of the domains'.
    case totalDiffers(stated: Int, sum: Int)
}

extension RiskOfBiasError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .badJudgement(let column, let found, let expected):
            "column \(column): found \"\(found)\", expected one of \(expected.joined(separator: ", ")), in words: signs mean "
                + "different things in different tools"
        case .badStars(let column, let found, let most):
            "column \(column): found \"\(found)\", expected a number of stars from 0 to \(most)"
        case .totalDiffers(let stated, let sum):
            "the stars of the three domains add up to \(sum), the total says \(stated)"
        }
    }
}
