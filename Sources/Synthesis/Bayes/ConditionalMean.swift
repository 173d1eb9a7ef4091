import Foundation
import Statistics

/// What is known of μ for a given τ²: a normal distribution, and how likely the data are.
struct ConditionalMean: Sendable {
    let effects: [Double]
    let variances: [Double]
    let prior: MeanPrior

    struct Given {
        var mean: Double
        var variance: Double
        /// ln of the probability of the data, μ integrated over its prior.
        var logLikelihood: Double
    }

    private static let halfLogTwoPi = 0.918938533204672741780329

    func callAsFunction(_ tau2: Double) -> Given {
        var (total, sum, logWeights) = (0.0, 0.0, 0.0)
        for (y, v) in zip(effects, variances) {
            let w = 1 / (v + tau2)
            total += w
            sum += w * y
            logWeights += log(w)
        }
        let center = sum / total
        var q = 0.0
        for (y, v) in zip(effects, variances) { q += (y - center) * (y - center) / (v + tau2) }
        let logDensity =
            0.5 * (logWeights - q - log(total)) - Double(effects.count - 1) * Self.halfLogTwoPi
        switch prior {
        case .flat:
            return Given(mean: center, variance: 1 / total, logLikelihood: logDensity)
        case .normal(let mean, let deviation):
            let precision = 1 / (deviation * deviation)
            let spread = 1 / total + deviation * deviation
            let distance = center - mean
            return Given(
                mean: (sum + precision * mean) / (total + precision), variance: 1 / (total + precision),
                logLikelihood: logDensity - 0.5 * (log(spread) + distance * distance / spread) - Self.halfLogTwoPi)
        }
    }

    /// ln of the probability of the data with μ = 0.
    func logLikelihoodOfZero(_ tau2: Double) -> Double {
        var result = -Double(effects.count) * Self.halfLogTwoPi
        for (y, v) in zip(effects, variances) {
            let w = 1 / (v + tau2)
            result += 0.5 * (log(w) - w * y * y)
        }
        return result
    }
}
