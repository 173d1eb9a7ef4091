import Foundation
public import Statistics

/// Is there enough evidence to stop? The cumulative mean against boundaries for repeated looks, on accrued information (trial
/// sequential analysis: Wetterslev et al. 2008, doi:10.1016/j.jclinepi.2007.03.013).
///
/// One look per key (such as a year), but for keys that bring next to nothing. z is that of the random-effects mean at the look; the information is Σ1/v over what is
/// required, adjusted by the diversity D² of all studies. Boundaries for futility are not drawn.
public struct SequentialMonitoring: Sendable {
    public struct Look: Sendable {
        public var key: Double
        /// Studies so far.
        public var studies: Int
        /// Σ1/v.
        public var information: Double
        /// Of what is required.
        public var fraction: Double
        public var estimate: Estimate
        /// Of the estimate (of a t the normal score).
        public var z: Double
        /// |z| that stops; nil at looks after the required information was reached, which no error is left for.
        public var critical: Double?

        /// Whether z is at or beyond the boundary.
        public var isCrossed: Bool { critical.map { abs(z) >= $0 } ?? false }
    }

    public enum Verdict: Hashable, Sendable {
        /// A boundary was crossed at this look: number of the first.
        case crossed(look: Int)
        /// All required information is in, and no boundary was crossed.
        case completeWithoutEffect
        /// Neither: more studies are needed.
        case goOn
    }

    public let required: RequiredInformation
    public let spending: SpendingFunction
    public let looks: [Look]

    /// - Parameters:
    ///   - effects, variances, keys: S each; studies of one key come in together.
    ///   - target: the smallest effect that matters; not the one that was found, which would make the answer circular.
    ///   - alpha: two-sided.
    ///   - diversity: D²; that of all studies where nil.
    public init(
        effects: [Double], variances: [Double], keys: [Double], target: Double, alpha: Double = 0.05,
        power: Double = 0.8, diversity: Double? = nil, spending: SpendingFunction = .obrienFleming,
        estimator: HeterogeneityEstimator = .reml
    ) throws(MonitoringError) {
        let cumulative: CumulativePooling
        do throws(MetaRegressionError) {
            cumulative = try CumulativePooling(
                effects: effects, variances: variances, keys: keys, estimator: estimator)
        } catch { throw .data(error) }
        let steps = cumulative.steps
        guard let last = steps.last else { throw .data(.tooFewStudies(studies: 0, coefficients: 1)) }
        let information = steps.map { $0.model.variances.reduce(0) { $0 + 1 / $1 } }
        let total = information[information.count - 1]
        let found = 1 - 1 / (total * last.estimate.standardError * last.estimate.standardError)
        let required = try RequiredInformation(
            target: target, alpha: alpha, power: power, diversity: diversity ?? max(0, found))

        // The last study of each key; keys that bring less than a thousandth of what was there wait for the next.
        var ends: [Int] = []
        for end in steps.indices where end + 1 == steps.count || steps[end + 1].key != steps[end].key {
            while let before = ends.last, information[end] < 1.001 * information[before] {
                guard end + 1 == steps.count else { break }
                ends.removeLast()
            }
            if let before = ends.last, information[end] < 1.001 * information[before] { continue }
            ends.append(end)
        }
        let fractions = ends.map { information[$0] / required.adjusted }
        let count = fractions.firstIndex { $0 >= 1 }.map { $0 + 1 } ?? fractions.count
        let boundaries = try SequentialBoundaries(
            fractions: Array(fractions.prefix(count)), alpha: alpha, spending: spending)
        self.required = required
        self.spending = spending
        looks = ends.enumerated().map { n, end in
            let estimate = steps[end].estimate
            return Look(
                key: steps[end].key, studies: end + 1, information: information[end], fraction: fractions[n],
                estimate: estimate, z: estimate.statistic, critical: n < count ? boundaries.critical[n] : nil)
        }
    }

    public var verdict: Verdict {
        if let first = looks.firstIndex(where: \.isCrossed) { return .crossed(look: first) }
        return looks.contains { $0.fraction >= 1 } ? .completeWithoutEffect : .goOn
    }

    /// The last look's mean with as much room on either side as its boundary asks for: valid however often one has looked. Nil
    /// where that boundary is infinite, or all information was in before.
    public var adjustedInterval: Interval? {
        guard let last = looks.last, let critical = last.critical, critical.isFinite else { return nil }
        let half = critical * last.estimate.standardError
        return Interval(lower: last.estimate.value - half, upper: last.estimate.value + half)
    }

    /// People that the required information stands for, if further ones tell as much each as those so far.
    ///
    /// - Parameter participants: in all studies together.
    public func requiredParticipants(having participants: Double) -> Double? {
        guard let last = looks.last, participants > 0 else { return nil }
        return participants * required.adjusted / last.information
    }
}
