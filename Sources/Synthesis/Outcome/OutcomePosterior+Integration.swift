import Evidence
import Foundation
import Statistics

extension OutcomePosterior {
    /// With a normal prior of the mean around zero and the settings' prior of τ, by numerical integration
    /// (``RandomEffectsPosterior``); nil for a single study, whose posterior would be mostly prior, and where it cannot be
    /// integrated.
    init?(_ means: StudyMeans, scale: OutcomeScale, settings: SynthesisSettings) {
        guard scale.measure.hasNullValue, means.effects.count > 1, settings.priorsFit(scale),
            let found = try? RandomEffectsPosterior(
                effects: means.effects, variances: means.variances,
                mean: .normal(mean: 0, deviation: settings.priorDeviation),
                heterogeneity: settings.priorTau),
            let mean = found.mean.mean, let deviation = found.mean.deviation, let tau = found.tau.mean,
            let factor = found.logBayesFactor
        else { return nil }
        let prior = MeanPrior.normal(mean: 0, deviation: settings.priorDeviation)
        // The posterior with as much on either side, and zero: the whole prior would make a needle of it.
        let (least, most) = (found.mean.quantile(0.0001), found.mean.quantile(0.9999))
        let margin = 0.5 * (most - least)
        let marks = [0, settings.smallestEffect.map { scale.pooled($0) } ?? 0].filter(\.isFinite)
        let low = min(least, marks.min() ?? 0) - margin
        let high = max(most, marks.max() ?? 0) + margin
        // Where the posterior is narrow against the prior, an even grid would miss its top.
        let wide = (0...120).map { low + (high - low) * Double($0) / 120 }
        let narrow = (0...120).map { mean + deviation * (Double($0) - 60) / 15 }
        let beyond = settings.smallestEffect.map { smallest -> Double in
            let pooled = scale.pooled(smallest)
            // In the direction of the estimate, whatever sign the smallest effect was written with.
            return mean < 0 ? 1 - found.mean.upperTail(-abs(pooled)) : found.mean.upperTail(abs(pooled))
        }
        self.init(
            prior:
                "priors: mean normal with SD \(NumberText.shortest(settings.priorDeviation)), τ "
                + settings.priorTau.words,
            mean: mean, deviation: deviation, interval: found.mean.equalTailed(level: settings.level), tauMean: tau,
            tauInterval: found.tau.equalTailed(level: settings.level),
            prediction: found.newStudy.equalTailed(level: settings.level), bayesFactor: exp(factor),
            aboveZero: found.mean.upperTail(0), beyondSmallest: beyond,
            densities: (wide + narrow).filter { low <= $0 && $0 <= high }.sorted().map {
                Density(at: $0, prior: prior.density($0) ?? 0, posterior: found.mean.density($0))
            })
    }
}
