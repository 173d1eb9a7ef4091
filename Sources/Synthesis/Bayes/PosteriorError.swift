public import Statistics

/// Why there is no posterior.
public enum PosteriorError: Error, Hashable, Sendable {
    /// Numbers of effects and variances that differ, or that are not finite and positive.
    case data(MetaRegressionError)
    /// A prior whose numbers are not finite, or whose scale is not above 0.
    case badPrior(String)
    /// The integral over τ did not come to rest: effects, errors and prior are many powers of ten apart.
    case notIntegrable
}

extension PosteriorError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .data(let error): error.description
        case .badPrior(let words): "the prior \(words) is none: its numbers are finite and its scale above 0"
        case .notIntegrable:
            "the posterior could not be integrated; are effects, standard errors and prior in the same unit?"
        }
    }
}
