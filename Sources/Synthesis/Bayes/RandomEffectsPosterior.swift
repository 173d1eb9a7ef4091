import Foundation
import Statistics

/// Bayesian random-effects meta-analysis: yᵢ ~ N(μ, vᵢ + τ²), with priors of μ and τ, integrated numerically; no sampling.
///
/// Given τ everything is normal; over τ the trapezoidal rule on a transformed line is exact to rounding (``LineQuadrature``). As
/// `bayesmeta` (Röver 2020, doi:10.18637/jss.v093.i06). See Docs/synthesis-bayes.md.
public struct RandomEffectsPosterior: Sendable {
    public let effects: [Double]
    public let variances: [Double]
    public let meanPrior: MeanPrior
    public let heterogeneityPrior: HeterogeneityPrior

    /// μ, the mean effect.
    public let mean: NormalMixture
    /// The true effect of a new study, μ + N(0, τ²): a prediction.
    public let newStudy: NormalMixture
    /// τ.
    public let tau: HeterogeneityPosterior
    /// ln of the probability of the data under both priors; with a flat prior of μ, up to the constant that it leaves open.
    public let logMarginalLikelihood: Double
    /// The same with μ = 0.
    public let logMarginalLikelihoodOfZero: Double
    /// The same with τ = 0, and with both.
    public let logMarginalLikelihoodWithoutHeterogeneity: Double
    public let logLikelihoodOfNothing: Double

    private let conditional: ConditionalMean
    private let nodes: [HeterogeneityPosterior.Node]

    /// - Parameters:
    ///   - effects, variances: one or more each, finite, the variances positive.
    ///   - mean: prior of μ.
    ///   - heterogeneity: prior of τ.
    public init(
        effects: [Double], variances: [Double], mean meanPrior: MeanPrior, heterogeneity prior: HeterogeneityPrior
    ) throws(PosteriorError) {
        guard effects.count == variances.count, !effects.isEmpty else {
            throw .data(.shape(effects: effects.count, variances: variances.count, designRows: effects.count))
        }
        for i in effects.indices where !(effects[i].isFinite && variances[i].isFinite && variances[i] > 0) {
            throw .data(.badValue(row: i))
        }
        guard meanPrior.isValid else { throw .badPrior(meanPrior.words) }
        guard prior.isValid else { throw .badPrior(prior.words) }

        let conditional = ConditionalMean(effects: effects, variances: variances, prior: meanPrior)
        guard
            let tau = HeterogeneityPosterior(
                prior: prior, conditional: conditional, isFlat: meanPrior == .flat,
                logLikelihood: { conditional($0).logLikelihood }),
            let null = HeterogeneityPosterior(
                prior: prior, conditional: conditional, isFlat: false,
                logLikelihood: { conditional.logLikelihoodOfZero($0) })
        else { throw .notIntegrable }
        let given = tau.nodes.map { conditional($0.tau * $0.tau) }
        let weights = tau.nodes.map(\.weight)
        let hasFlatMean = meanPrior == .flat
        self.effects = effects
        self.variances = variances
        self.meanPrior = meanPrior
        heterogeneityPrior = prior
        // A normal prior of μ keeps the moments of μ finite whatever τ does.
        mean = NormalMixture(
            weights: weights, means: given.map(\.mean), deviations: given.map { $0.variance.squareRoot() },
            moments: hasFlatMean ? tau.moments : .max)
        newStudy = NormalMixture(
            weights: weights, means: given.map(\.mean),
            deviations: zip(given, tau.nodes).map { ($0.variance + $1.tau * $1.tau).squareRoot() },
            moments: tau.moments)
        self.tau = tau
        logMarginalLikelihood = tau.logIntegral
        logMarginalLikelihoodOfZero = null.logIntegral
        logMarginalLikelihoodWithoutHeterogeneity = conditional(0).logLikelihood
        logLikelihoodOfNothing = conditional.logLikelihoodOfZero(0)
        self.conditional = conditional
        nodes = tau.nodes
    }

    public var studies: Int { effects.count }

    /// The true effect of study i, drawn towards the mean.
    public func trueEffect(study i: Int) -> NormalMixture {
        let v = variances[i]
        var (means, deviations): ([Double], [Double]) = ([], [])
        for node in nodes {
            let tau2 = node.tau * node.tau
            let given = conditional(tau2)
            let pull = v / (v + tau2)
            means.append(pull * given.mean + (1 - pull) * effects[i])
            deviations.append((v * (1 - pull) + pull * pull * given.variance).squareRoot())
        }
        return NormalMixture(
            weights: nodes.map(\.weight), means: means, deviations: deviations,
            moments: meanPrior == .flat ? tau.moments : .max)
    }

    /// How likely it is that the mean, and that a new study's true effect, is beyond a smallest effect of interest: above it where
    /// it is above 0 or 0, below it where it is below 0.
    public func probability(passing smallest: Double) -> (mean: Double, newStudy: Double) {
        smallest < 0
            ? (mean.cdf(smallest), newStudy.cdf(smallest)) : (mean.upperTail(smallest), newStudy.upperTail(smallest))
    }
}

// MARK: - Bayes factors

extension RandomEffectsPosterior {
    /// ln of how many times likelier the data are with μ of the prior than with μ = 0, τ of the same prior under both; nil with
    /// a flat prior, which has no such factor.
    public var logBayesFactor: Double? {
        meanPrior == .flat ? nil : logMarginalLikelihood - logMarginalLikelihoodOfZero
    }

    /// ln of the factor of an increase (the prior cut off below 0) over μ = 0; nil with a flat prior.
    public var logIncreaseOverZero: Double? {
        guard let log10 = logBayesFactor, let before = meanPrior.probability(above: 0) else { return nil }
        return log10 + log(mean.upperTail(0) / before)
    }

    /// ln of the factor of a decrease over μ = 0; nil with a flat prior.
    public var logDecreaseOverZero: Double? {
        guard let log10 = logBayesFactor, let before = meanPrior.probability(above: 0) else { return nil }
        return log10 + log(mean.cdf(0) / (1 - before))
    }

    /// ln of the factor of heterogeneity (τ of its prior) over none (τ = 0), with the prior of μ under both.
    public var logHeterogeneityFactor: Double { logMarginalLikelihood - logMarginalLikelihoodWithoutHeterogeneity }

    /// How likely each of four models is, all alike beforehand: effect or none, with heterogeneity or without (Gronau et al. 2017,
    /// doi:10.1080/23743603.2017.1326760). Nil with a flat prior.
    public var modelProbabilities: ModelProbabilities? {
        guard meanPrior != .flat else { return nil }
        let logs = [
            logMarginalLikelihood, logMarginalLikelihoodWithoutHeterogeneity, logMarginalLikelihoodOfZero,
            logLikelihoodOfNothing,
        ]
        let top = logs.max() ?? 0
        let shares = logs.map { exp($0 - top) }
        let total = shares.reduce(0, +)
        return ModelProbabilities(
            effectAndHeterogeneity: shares[0] / total, effect: shares[1] / total, heterogeneity: shares[2] / total,
            nothing: shares[3] / total)
    }
}
