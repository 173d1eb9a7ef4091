public import Statistics

/// Why evidence cannot be monitored.
public enum MonitoringError: Error, Hashable, Sendable {
    /// Shares of the information that do not rise from above 0.
    case badFractions([Double])
    /// A level or power that is not between 0 and 1, or a target effect that is 0 or not finite.
    case badTarget
    /// D² of 1 or more, or below 0.
    case badDiversity(Double)
    case data(MetaRegressionError)
}

extension MonitoringError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .badFractions(let fractions):
            "shares of the information rise from above 0, by more than a ten-thousandth each, found \(fractions)"
        case .badTarget: "level and power lie between 0 and 1, and the effect to be found is not 0"
        case .badDiversity(let found): "the diversity D² lies from 0 to below 1, found \(found)"
        case .data(let error): error.description
        }
    }
}
