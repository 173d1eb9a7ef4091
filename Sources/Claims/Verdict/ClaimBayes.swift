public import Evidence
public import Statistics

/// Bayes factors of a claim's direction with one scale of the prior: |θ| half-normal with scale σ on the side of the claim.
public struct ClaimBayes: Hashable, Sendable {
    public let scale: Double
    /// ln BF of the claim against no effect.
    public let logOverNull: Double
    /// ln BF of the claim against the other direction; nil where it has none.
    public let logOverOpposite: Double?
    /// ln BF of the other direction against no effect; nil where the claim has none.
    public let logOppositeOverNull: Double?

    public init(_ estimate: Estimate, direction: RegionHypothesis.Direction, scale: Double) {
        let bayes = DirectedBayesFactor(
            estimate: estimate.value, standardError: estimate.standardError, priorScale: scale)
        self.scale = scale
        switch direction {
        case .increase:
            logOverNull = bayes.logIncreaseOverNull
            logOppositeOverNull = bayes.logDecreaseOverNull
        case .decrease:
            logOverNull = bayes.logDecreaseOverNull
            logOppositeOverNull = bayes.logIncreaseOverNull
        case .either:
            logOverNull = bayes.logEitherOverNull
            logOppositeOverNull = nil
        }
        logOverOpposite = logOppositeOverNull.map { [logOverNull] in logOverNull - $0 }
    }

    /// Scales that the verdict is tried with, as multiples of the claim's own.
    public static let multiples = [0.5, 1.0, 2.0]
}
