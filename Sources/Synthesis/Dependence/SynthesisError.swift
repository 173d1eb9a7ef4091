public import Statistics

/// Why a synthesis cannot be computed.
public enum SynthesisError: Error, Hashable, Sendable {
    /// As for a meta-regression: numbers that do not go together, a value that is no number, collinear columns.
    case model(MetaRegressionError)
    /// Two lists that must have one entry per effect differ.
    case count(what: String, found: Int, expected: Int)
    /// A number outside what it can be, such as a correlation of 1.5.
    case outside(what: String, value: Double, allowed: String)
    /// The sampling covariance of these rows (from 0) is not that of any data: it is not positive definite.
    case notPositiveDefinite(rows: [Int])
    /// The likelihood was not maximised: the data do not tell the variance components apart.
    case noMaximum
    /// Effects that the model makes dependent are in different clusters of the robust errors.
    case clusterCut(rows: [Int])
    /// Treatments, outcomes or regions that no chain of comparisons connects.
    case unconnected([String])
    /// Something that was asked for does not exist in the model.
    case unknown(what: String, name: String)
    /// Fewer than are needed.
    case tooFew(what: String, found: Int, needed: Int)
}

extension SynthesisError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .model(let error): return error.description
        case .count(let what, let found, let expected):
            return "\(found) \(what) were given for \(expected) effects"
        case .outside(let what, let value, let allowed): return "\(what) is \(value); it must be \(allowed)"
        case .notPositiveDefinite(let rows):
            return "the sampling covariance of \(Self.list(rows)) is not that of any data (not positive definite)"
        case .noMaximum:
            return "no maximum of the likelihood was found: the data do not tell the variance components apart"
        case .clusterCut(let rows):
            return "\(Self.list(rows)) depend on each other in the model, but are in different clusters"
        case .unconnected(let names): return "no comparison connects \(names.joined(separator: ", ")) with the others"
        case .unknown(let what, let name): return "there is no \(what) \"\(name)\""
        case .tooFew(let what, let found, let needed): return "\(found) \(what), where at least \(needed) are needed"
        }
    }

    private static func list(_ rows: [Int]) -> String {
        let shown = rows.prefix(8).map { String($0 + 1) }.joined(separator: ", ")
        return "rows \(shown)\(rows.count > 8 ? " and \(rows.count - 8) more" : "")"
    }
}
