import Foundation
public import Statistics
public import Synthesis

/// How the three-parameter selection model does on studies whose truth, and whose selection, is known.
///
/// Standardised mean differences of two groups of 15 to 80 people each: y ~ N(μ, v + τ²), v = 2/n per group. A result with a one-sided
/// p of .025 or less is published; any other with the chance `published`. Studies are drawn until k are published.
public struct SelectionSimulation: Sendable {
    public var studies: Int
    public var effect: Double
    public var tau: Double
    /// Chance that a result that is not significant is published; 1 without selection.
    public var published: Double
    public var seed: UInt64

    public init(studies: Int, effect: Double, tau: Double, published: Double, seed: UInt64 = 1) {
        self.studies = studies
        self.effect = effect
        self.tau = tau
        self.published = published
        self.seed = seed
    }

    /// Over all replicates.
    public struct Summary: Sendable {
        public var replicates = 0
        /// Where all results were significant, or none, and the model could not be fitted.
        public var unfitted = 0
        /// Mean error of random effects (REML) and of the selection model, where that was fitted.
        public var biasWithout = 0.0
        public var bias = 0.0
        /// Root mean square of the same.
        public var errorWithout = 0.0
        public var error = 0.0
        /// Shares of 95 % intervals that hold the truth: REML with Knapp–Hartung, the model's Wald and profile intervals.
        public var coverageWithout = 0.0
        public var coverageWald = 0.0
        public var coverageProfile = 0.0
        /// Share of tests of selection with p below .05.
        public var detected = 0.0
    }

    /// One table of published studies.
    public func table(replicate: Int) -> (effects: [Double], variances: [Double]) {
        let draw = Philox(seed: seed, name: "selected studies", purpose: UInt64(replicate))
        var (effects, variances): ([Double], [Double]) = ([], [])
        var number: UInt32 = 0
        // With a chance of publication above 0 it ends; the bound is for one of 0 and no power.
        while effects.count < studies, number < 1_000_000 {
            let words = draw([number, 0, 0, 0])
            number += 1
            let size = (15 + 66 * Philox.uniform(words.x)).rounded(.down)
            let variance = 2 / size
            let effect = self.effect + (variance + tau * tau).squareRoot() * Normal.quantile(Philox.uniform(words.y))
            let isSignificant = Normal.upperTail(effect / variance.squareRoot()) <= 0.025
            if isSignificant || Philox.uniform(words.z) < published {
                effects.append(effect)
                variances.append(variance)
            }
        }
        return (effects, variances)
    }

    public func run(replicates: Int) -> Summary {
        var summary = Summary()
        var fitted = 0.0
        for replicate in 0..<replicates {
            summary.replicates += 1
            let data = table(replicate: replicate)
            guard
                let plain = try? MetaRegression(
                    effects: data.effects, variances: data.variances, test: .knappHartung),
                let model = try? SelectionModel(effects: data.effects, variances: data.variances)
            else {
                summary.unfitted += 1
                continue
            }
            fitted += 1
            let mean = plain.coefficient(0)
            summary.biasWithout += mean.value - effect
            summary.bias += model.mean.value - effect
            summary.errorWithout += (mean.value - effect) * (mean.value - effect)
            summary.error += (model.mean.value - effect) * (model.mean.value - effect)
            if mean.interval().contains(effect) { summary.coverageWithout += 1 }
            if model.mean.interval().contains(effect) { summary.coverageWald += 1 }
            if model.profileInterval(of: .coefficient(0))?.contains(effect) ?? false { summary.coverageProfile += 1 }
            if let test = model.selectionTest, test.pValue < 0.05 { summary.detected += 1 }
        }
        summary.biasWithout /= fitted
        summary.bias /= fitted
        summary.errorWithout = (summary.errorWithout / fitted).squareRoot()
        summary.error = (summary.error / fitted).squareRoot()
        summary.coverageWithout /= fitted
        summary.coverageWald /= fitted
        summary.coverageProfile /= fitted
        summary.detected /= fitted
        return summary
    }
}
