/// How many studies are missing on one side of the funnel, and what the mean would be with them (Duval & Tweedie 2000,
/// doi:10.1111/j.0006-341X.2000.00455.x).
///
/// A sensitivity line: it takes any asymmetry for missing studies. As metafor's `trimfill`.
public struct TrimAndFill: Sendable {
    public enum Side: Hashable, Sendable { case below, above }

    /// How the number is estimated from the signed ranks of the effects about their mean.
    public enum Rank: Hashable, Sendable {
        /// L₀ = (4T − S(S + 1))/(2S − 1), T the sum of the ranks on the fuller side.
        case l0
        /// R₀ = the run of largest ranks on the fuller side, less 1.
        case r0
        /// Q₀ = S − ½ − √(2S² − 4T + ¼).
        case q0
    }

    /// Where studies are missing.
    public let side: Side
    public let missing: Int
    /// Mirror images of the most extreme studies, as many as are missing.
    public let filledEffects: [Double]
    public let filledVariances: [Double]
    /// The mean of all studies, those filled in included.
    public let adjusted: MetaRegression

    /// - Parameters:
    ///   - side: where Egger's slope (same estimator) says it is, if nil: below for larger effects in small studies.
    public init(
        effects: [Double], variances: [Double], estimator: HeterogeneityEstimator = .reml, rank: Rank = .l0,
        side given: Side? = nil, test: MetaRegression.Test = .wald
    ) throws(MetaRegressionError) {
        guard effects.count == variances.count else {
            throw .shape(effects: effects.count, variances: variances.count, designRows: effects.count)
        }
        let side: Side
        if let given {
            side = given
        } else {
            let egger = try SmallStudyRegression(effects: effects, variances: variances, estimator: estimator)
            side = egger.asymmetry.value < 0 ? .above : .below
        }
        // As if below: the largest effects have no counterpart.
        let sign = side == .below ? 1.0 : -1
        let order = effects.indices.sorted { (sign * effects[$0], $0) < (sign * effects[$1], $1) }
        let y = order.map { sign * effects[$0] }
        let v = order.map { variances[$0] }
        let count = y.count

        var missing = 0
        var mean = 0.0
        for _ in 0..<100 {
            let kept = count - missing
            mean =
                try MetaRegression(
                    effects: Array(y.prefix(kept)), variances: Array(v.prefix(kept)), estimator: estimator
                ).coefficients[0]
            let next = min(Self.missing(y.map { $0 - mean }, rank), count - 2)
            if next == missing { break }
            missing = next
        }
        self.side = side
        self.missing = missing
        filledEffects = y.suffix(missing).map { sign * (2 * mean - $0) }
        filledVariances = Array(v.suffix(missing))
        adjusted = try MetaRegression(
            effects: effects + filledEffects, variances: variances + filledVariances, estimator: estimator, test: test)
    }

    /// - Parameter deviations: from the mean, in rising order.
    private static func missing(_ deviations: [Double], _ rank: Rank) -> Int {
        let count = Double(deviations.count)
        let bySize = deviations.indices.sorted { (abs(deviations[$0]), $0) < (abs(deviations[$1]), $1) }
        let estimate: Double
        let sum = bySize.enumerated().reduce(0.0) { $0 + (deviations[$1.element] > 0 ? Double($1.offset + 1) : 0) }
        switch rank {
        case .l0:
            estimate = (4 * sum - count * (count + 1)) / (2 * count - 1)
        case .q0:
            estimate = count - 0.5 - max(0, 2 * count * count - 4 * sum + 0.25).squareRoot()
        case .r0:
            let lastBelow = bySize.lastIndex { deviations[$0] < 0 }.map { $0 + 1 } ?? 0
            estimate = count - Double(lastBelow) - 1
        }
        return max(0, Int(saturating: estimate.rounded(.toNearestOrEven)))
    }
}
