import Statistics

/// What is held of the mean effect μ before the data; in the unit of the effects.
public enum MeanPrior: Hashable, Sendable {
    /// All values alike. It has no Bayes factor against 0.
    case flat
    case normal(mean: Double, deviation: Double)

    public var isValid: Bool {
        switch self {
        case .flat: true
        case .normal(let mean, let deviation): mean.isFinite && deviation > 0 && deviation.isFinite
        }
    }

    /// Density at μ; nil of the flat prior, which has none.
    public func density(_ mu: Double) -> Double? {
        switch self {
        case .flat: nil
        case .normal(let mean, let deviation): Normal.density((mu - mean) / deviation) / deviation
        }
    }

    /// P(μ > x); nil of the flat prior.
    public func probability(above x: Double) -> Double? {
        switch self {
        case .flat: nil
        case .normal(let mean, let deviation): Normal.upperTail((x - mean) / deviation)
        }
    }

    public var words: String {
        switch self {
        case .flat: "flat"
        case .normal(let mean, let deviation): "normal (mean \(mean), SD \(deviation))"
        }
    }
}
