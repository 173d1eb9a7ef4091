public import Statistics

/// The mean of independent effects with everything a classical meta-analysis says about it.
///
/// Common effect or random effects by any ``HeterogeneityEstimator``; Wald or Knapp–Hartung. One effect per sample: several
/// belong in ``DependentPooling``. See Docs/synthesis-models.md.
public struct PooledEffect: Sendable {
    /// The regression on a column of ones; weights, influence and more are there.
    public let regression: MetaRegression

    /// - Parameters:
    ///   - effects, variances: k each; at least one for the common effect, else two.
    ///   - estimator: ``HeterogeneityEstimator/fixed`` is the common-effect model.
    ///   - test: Knapp–Hartung's intervals keep their level with few studies; with the ad-hoc guard
    ///     (``MetaRegression/Test/knappHartungAtLeastWald``) they are never shorter than Wald's.
    public init(
        effects: [Double], variances: [Double], estimator: HeterogeneityEstimator = .reml,
        test: MetaRegression.Test = .knappHartungAtLeastWald
    ) throws(SynthesisError) {
        do throws(MetaRegressionError) {
            regression = try MetaRegression(
                effects: effects, variances: variances, estimator: estimator, test: test)
        } catch { throw .model(error) }
    }

    public var studies: Int { regression.studies }
    public var estimate: Estimate { regression.coefficient(0) }
    public var tau2: Double { regression.tau2 }
    /// Cochran's Q on k − 1.
    public var q: JointTest { regression.residualHeterogeneity }
    public var i2: Double { regression.i2 }
    public var h2: Double { regression.h2 }

    /// The distribution behind a prediction interval, μ ± crit·√(se² + τ²).
    public enum PredictionForm: String, CaseIterable, Hashable, Sendable {
        /// t on k − 2 (Higgins, Thompson & Spiegelhalter 2009, doi:10.1111/j.1467-985X.2008.00552.x).
        case higgins = "t, k - 2"
        /// t on k − 1, metafor's with Knapp–Hartung (Partlett & Riley 2017, doi:10.1002/sim.7140).
        case partlettRiley = "t, k - 1"
        /// Normal (Skipka 2006).
        case skipka = "normal"

        /// How it is asked for: `t-2`, `t-1`, `normal`.
        public var option: String {
            switch self {
            case .higgins: "t-2"
            case .partlettRiley: "t-1"
            case .skipka: "normal"
            }
        }

        /// Of the distribution, with this many studies.
        func degreesOfFreedom(studies: Int) -> Double {
            switch self {
            case .higgins: Double(studies - 2)
            case .partlettRiley: Double(studies - 1)
            case .skipka: .infinity
            }
        }
    }

    /// Where the true effect of a new study is expected; nil where no degree of freedom is left, or τ² was not estimated.
    public func predictionInterval(_ form: PredictionForm = .higgins, level: Double = 0.95) -> Interval? {
        guard regression.estimator != .fixed else { return nil }
        return estimate.predictionInterval(
            tau2: tau2, degreesOfFreedom: form.degreesOfFreedom(studies: studies), level: level)
    }

    /// By the likelihood (Hardy & Thompson 1996): ``MetaRegression/profileInterval(_:level:)``.
    public func profileInterval(level: Double = 0.95) -> Interval { regression.profileInterval(0, level: level) }

    /// Q-profile: ``MetaRegression/tau2Interval(level:)``.
    public func tau2Interval(level: Double = 0.95) -> Interval { regression.tau2Interval(level: level) }

    /// By the likelihood: ``MetaRegression/tau2ProfileInterval(level:)``.
    public func tau2ProfileInterval(level: Double = 0.95) -> Interval? {
        regression.tau2ProfileInterval(level: level)
    }

    /// Each study's share of the weight, of 1.
    public var weights: [Double] { regression.weightShares }
}
