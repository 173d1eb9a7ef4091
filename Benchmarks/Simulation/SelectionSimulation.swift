import Foundation
import Statistics
import Synthesis

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

    /// What random effects (REML) and the selection model make of one table.
    public struct Result: Sendable {
        /// Estimate minus truth.
        var errorWithout: Double
        var error: Double
        /// Whether 95 % intervals hold the truth: Knapp–Hartung's, the model's Wald and profile intervals.
        var holdsWithout: Bool
        var holdsByWald: Bool
        var holdsByProfile: Bool
        /// Whether the test of selection has p below .05.
        var isDetected: Bool
    }

    /// Over all replicates.
    public struct Summary: Sendable {
        public let replicates: Int
        /// Where all results were significant, or none, and the model could not be fitted. All else is of the others.
        public let unfitted: Int
        /// Mean error of random effects (REML) and of the selection model.
        public let biasWithout: Double
        public let bias: Double
        /// Root mean square of the same.
        public let errorWithout: Double
        public let error: Double
        /// Shares of 95 % intervals that hold the truth: REML with Knapp–Hartung, the model's Wald and profile intervals.
        public let coverageWithout: Double
        public let coverageWald: Double
        public let coverageProfile: Double
        /// Share of tests of selection with p below .05.
        public let detected: Double

        /// - Parameter results: of all replicates in order, so that the sums are the same for any number of threads.
        public init(_ results: [Result?]) {
            let fitted = results.compactMap { $0 }
            func mean(_ value: (Result) -> Double) -> Double {
                fitted.reduce(0) { $0 + value($1) } / Double(fitted.count)
            }
            func share(_ isTrue: (Result) -> Bool) -> Double {
                Double(fitted.count(where: isTrue)) / Double(fitted.count)
            }
            replicates = results.count
            unfitted = results.count - fitted.count
            biasWithout = mean(\.errorWithout)
            bias = mean(\.error)
            errorWithout = mean { $0.errorWithout * $0.errorWithout }.squareRoot()
            error = mean { $0.error * $0.error }.squareRoot()
            coverageWithout = share(\.holdsWithout)
            coverageWald = share(\.holdsByWald)
            coverageProfile = share(\.holdsByProfile)
            detected = share(\.isDetected)
        }

        /// The error of a share, such as a coverage, over the fitted replicates.
        public func standardError(ofShare share: Double) -> Double {
            (share * (1 - share) / Double(max(1, replicates - unfitted))).squareRoot()
        }
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

    /// nil where the model cannot be fitted.
    public func result(replicate: Int) -> Result? {
        let data = table(replicate: replicate)
        guard
            let plain = try? MetaRegression(effects: data.effects, variances: data.variances, test: .knappHartung),
            let model = try? SelectionModel(effects: data.effects, variances: data.variances)
        else { return nil }
        let mean = plain.coefficient(0)
        return Result(
            errorWithout: mean.value - effect, error: model.mean.value - effect,
            holdsWithout: mean.interval().contains(effect), holdsByWald: model.mean.interval().contains(effect),
            holdsByProfile: model.profileInterval(of: .coefficient(0))?.contains(effect) ?? false,
            isDetected: model.selectionTest.map { $0.pValue < 0.05 } ?? false)
    }
}
