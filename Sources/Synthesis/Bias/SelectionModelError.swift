public import Statistics

/// Why a selection model cannot be fitted.
public enum SelectionModelError: Error, Hashable, Sendable {
    /// Cut points that are not between 0 and 1, or none.
    case badCuts([Double])
    /// No study has its p in this interval: its weight is not estimable. Fewer cuts are needed.
    case emptyInterval(above: Double, upTo: Double)
    /// Weights that are not as many as there are intervals, not above 0, or of which the first is not 1.
    case badWeights([Double])
    /// What holds of any regression of effects.
    case data(MetaRegressionError)
    /// The likelihood has no maximum that was found.
    case notConverged
}

extension SelectionModelError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .badCuts(let cuts):
            return "cut points of p lie between 0 and 1, found \(cuts)"
        case .emptyInterval(let above, let upTo):
            return "no study has a p above \(above) and up to \(upTo), so how often such results are published "
                + "cannot be estimated; leave that cut out, or state the weights"
        case .badWeights(let weights):
            return "one weight per interval of p is needed, the first of them 1 and all above 0; found \(weights)"
        case .data(let error):
            return error.description
        case .notConverged:
            return "the likelihood of the selection model has no maximum that could be found"
        }
    }
}
