import Foundation
public import Statistics

/// One permutation at one voxel, written as the method says it: the plain form that the vector kernel is tested against.
public struct PermutationReference: Sendable {
    /// An experiment's part in a voxel.
    public struct Experiment: Sendable {
        public var scale: EffectScale
        /// Mean of the permuted noise, and what the permutation leaves of a constant effect.
        public var mean: Double
        public var slope: Double
        /// d of each imputation: g without Hedges' factor, or sinh z of a correlation
        /// (``EffectScale/standardised(fromG:)``).
        public var effects: [Double]

        /// Combined with the next one, of the same sample.
        public var joinsNext: Bool

        public init(scale: EffectScale, mean: Double, slope: Double, effects: [Double], joinsNext: Bool = false) {
            self.joinsNext = joinsNext
            self.scale = scale
            self.mean = mean
            self.slope = slope
            self.effects = effects
        }
    }

    /// z, pooled over experiments (random effects) and imputations (Rubin).
    ///
    /// - Parameters:
    ///   - sampleCorrelation: between experiments of one sample that are combined.
    ///   - unitVariance: take the permuted samples' variance as 1 (SDM-PSI 6.21) instead of estimating it; not in
    ///     correlations.
    public static func z(
        _ experiments: [Experiment], estimator: RandomEffects.Estimator, unitVariance: Bool,
        sampleCorrelation: Double = 0
    ) -> Double {
        let imputations = experiments.first?.effects.count ?? 0
        let fits = (0..<imputations).map { j in
            let effects = experiments.map { experiment in
                let d = experiment.effects[j]
                let mean = experiment.mean + d * experiment.slope
                if experiment.scale.isCorrelation {
                    // y = d·x + noise, of sum of squares (n − 1)(1 + d²); its covariance with the shuffled predictor is the
                    // mean. So r* = mean/√(1 + d²), and z = artanh r*.
                    return atanh(mean / (1 + d * d).squareRoot())
                }
                if unitVariance { return experiment.scale.correction * mean }
                // Permuting leaves the total sum of squares as it was; the groups' difference takes its share of it.
                let variance = 1 + experiment.scale.permutedSpread * (d * d - mean * mean)
                return experiment.scale.correction * mean / max(variance, 1e-6).squareRoot()
            }
            let variances = zip(effects, experiments).map { $1.scale.variance(ofG: $0) }
            var rows: [CompositeEffect] = []
            var first = 0
            for index in experiments.indices where !experiments[index].joinsNext {
                rows.append(
                    CompositeEffect(
                        effects: Array(effects[first...index]), variances: Array(variances[first...index]),
                        correlation: sampleCorrelation))
                first = index + 1
            }
            return RandomEffects(
                effects: rows.map(\.effect), variances: rows.map(\.variance), estimator: estimator)
        }
        let pooled = RubinRules(effects: fits.map(\.effect), variances: fits.map(\.variance))
        return pooled.effect / pooled.variance.squareRoot()
    }
}

extension EffectScale {
    /// How much the variance within permuted groups grows with d² − mean²: n/(n − 1) in one sample,
    /// n₁n₂/(n₁ + n₂)/(n₁ + n₂ − 2) in two; 1 in correlations, where it is that of what the predictor leaves, over n − 1.
    public var permutedSpread: Double { isCorrelation ? 1 : 1 / (constantVariance * degreesOfFreedom) }
}
