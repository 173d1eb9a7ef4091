import Evidence
import Foundation
import Statistics

/// Are more studies significant at a place than their power allows? Counts over imputations.
///
/// Power and significance are reckoned in every imputation, by the noncentral t (normal for correlations), and averaged.
/// The binomial test takes the mean observed count rounded up. See Docs/bias-tests.md and Docs/trust.md.
public struct ExcessCount: Hashable, Sendable {
    public let studies: Int
    /// E: sum of the studies' power for the pooled effect, mean over imputations.
    public let expected: Double
    /// O: studies with two-sided p below ``alpha``, mean over imputations.
    public let observed: Double
    /// P(X ≥ ⌈O⌉), X binomial with S trials of probability E/S.
    public let pValue: Double

    public static let alpha = 0.05

    /// - Parameter trueEffects: the effect each study is supposed to look for.
    init(_ studies: [StudyEffects.Study], measure: EffectMeasure, trueEffects: [Double]) {
        var expected = 0.0
        var observed = 0.0
        for (study, trueEffect) in zip(studies, trueEffects) {
            let df = Double(study.n2 > 0 ? study.n1 + study.n2 - 2 : study.n1 - 1)
            let isT = measure == .change && df > 0
            // Known effects repeat from imputation to imputation.
            var last: (effect: Double, variance: Double, power: Double, count: Double)?
            for (effect, variance) in zip(study.effects, study.variances) {
                if last?.effect != effect || last?.variance != variance {
                    let one = ExcessSignificance(
                        effects: [effect], variances: [variance], trueEffect: trueEffect, alpha: Self.alpha,
                        reference: isT ? .noncentralT(degreesOfFreedom: [df]) : .normal)
                    last = (effect, variance, one.expected, Double(one.observed))
                }
                expected += last?.power ?? 0
                observed += last?.count ?? 0
            }
        }
        let m = Double(studies.first?.effects.count ?? 1)
        self.studies = studies.count
        self.expected = expected / m
        self.observed = observed / m
        // A whole count must not be rounded up for its last digit.
        pValue = ExcessSignificance.binomialUpperTail(
            Int(saturating: (observed / m - 1e-9).rounded(.up)), of: studies.count,
            probability: expected / m / Double(studies.count))
    }
}
