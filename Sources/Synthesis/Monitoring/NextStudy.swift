import Foundation
public import Statistics

/// How large must a next study be: to show the effect by itself, or to make the updated meta-analysis show it? (Sutton et al. 2007,
/// doi:10.1002/sim.2704; Roloff, Higgins & Sutton 2013, doi:10.1002/sim.5529.)
///
/// The effect is taken to be the pooled mean, τ² to stay what it is, and a study of n people to have the variance u/n.
public struct NextStudy: Hashable, Sendable {
    public let mean: Estimate
    public let tau2: Double
    /// u: sampling variance times participants, such as 4 + d²/2 of a standardised difference of two equal groups.
    public let unitVariance: Double
    /// Two-sided.
    public let alpha: Double

    /// What it takes.
    public enum Need: Hashable, Sendable {
        /// So many participants, in each new study.
        case participants(Int)
        /// No study is needed: without one the power is that already.
        case none
        /// However large, the power stays below this: the studies differ too much.
        case outOfReach(limit: Double)
    }

    /// - Parameters:
    ///   - mean: the pooled effect, not 0, with its error.
    ///   - unitVariance: above 0; the median of v·n over the studies is a fair guess.
    public init(mean: Estimate, tau2: Double, unitVariance: Double, alpha: Double = 0.05) throws(MonitoringError) {
        guard mean.value != 0, mean.value.isFinite, mean.standardError > 0, mean.standardError.isFinite,
            tau2 >= 0, tau2.isFinite, unitVariance > 0, unitVariance.isFinite, alpha > 0, alpha < 1
        else { throw .badTarget }
        self.mean = mean
        self.tau2 = tau2
        self.unitVariance = unitVariance
        self.alpha = alpha
    }

    /// The median of variance times participants: u of the studies at hand. Nil of none.
    public static func unitVariance(variances: [Double], participants: [Double]) -> Double? {
        let products = zip(variances, participants).map { $0 * $1 }.filter { $0 > 0 && $0.isFinite }.sorted()
        guard !products.isEmpty else { return nil }
        return 0.5 * (products[(products.count - 1) / 2] + products[products.count / 2])
    }

    private var critical: Double { -Normal.quantile(alpha / 2) }

    /// Chance that a study of n people is significant by itself, in either direction, if its true effect is the mean.
    public func powerOfStudy(participants n: Double) -> Double {
        let shift = mean.value / (unitVariance / n).squareRoot()
        return Normal.cdf(shift - critical) + Normal.cdf(-shift - critical)
    }

    /// Chance that it is significant in the direction of the mean if its true effect is drawn from N(mean, τ²): what a planner may
    /// expect. However large the study, no more than Φ(|mean|/τ).
    public func assuranceOfStudy(participants n: Double) -> Double {
        let error = (unitVariance / n).squareRoot()
        let spread = (unitVariance / n + tau2).squareRoot()
        return Normal.cdf((abs(mean.value) - critical * error) / spread)
    }

    /// Chance that the mean of all studies is significant in its present direction after `studies` more of n people each.
    ///
    /// Given what has been seen: the present mean enters as it is, the new effects are N(mean, τ² + u/n).
    public func powerOfUpdate(participants n: Double, studies: Int = 1) -> Double {
        let now = 1 / (mean.standardError * mean.standardError)
        let added = Double(studies) / (unitVariance / n + tau2)
        let total = (now + added) * abs(mean.value)
        let bar = critical * (now + added).squareRoot()
        guard added > 0 else { return total >= bar ? 1 : 0 }
        return Normal.cdf((total - bar) / added.squareRoot())
    }

    /// Participants for a study that shows the mean effect by itself.
    public func participantsOfStudy(power: Double = 0.8) -> Need {
        need(power, limit: 1) { powerOfStudy(participants: $0) }
    }

    /// The same where true effects differ between studies.
    public func participantsForAssurance(power: Double = 0.8) -> Need {
        let limit = tau2 > 0 ? Normal.cdf(abs(mean.value) / tau2.squareRoot()) : 1
        return need(power, limit: limit) { assuranceOfStudy(participants: $0) }
    }

    /// Participants of each of `studies` new studies, for the updated mean to be significant.
    public func participantsForUpdate(power: Double = 0.8, studies: Int = 1) -> Need {
        let z = abs(mean.statistic)
        if z >= critical { return .none }
        let largest = powerOfUpdate(participants: 1e12, studies: studies)
        return need(power, limit: largest) { powerOfUpdate(participants: $0, studies: studies) }
    }

    /// The least whole n that reaches the power, by doubling and halving.
    private func need(_ power: Double, limit: Double, _ function: (Double) -> Double) -> Need {
        guard power > 0, power < 1 else { return .outOfReach(limit: .nan) }
        guard limit > power else { return .outOfReach(limit: limit) }
        var high = 2
        while function(Double(high)) < power {
            guard high < 1 << 40 else { return .outOfReach(limit: limit) }
            high *= 2
        }
        var low = high / 2
        if function(Double(low)) >= power { return .participants(low) }
        while high - low > 1 {
            let middle = (low + high) / 2
            if function(Double(middle)) >= power { high = middle } else { low = middle }
        }
        return .participants(high)
    }
}
