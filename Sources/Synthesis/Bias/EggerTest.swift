public import Statistics

/// Do small studies report other effects than large ones? Egger's regression in its variants: metafor's `regtest`.
///
/// Egger, Davey Smith, Schneider & Minder 1997 (doi:10.1136/bmj.315.7109.629); with random effects Sterne & Egger 2005
/// (doi:10.1002/0470870168.ch6); on the size of the sample Macaskill, Walter & Irwig 2001 (doi:10.1002/sim.698) and Peters et
/// al. 2006 (doi:10.1001/jama.295.6.676), which suit measures whose variance depends on the effect: standardised mean
/// differences and odds ratios. A wrapper of ``SmallStudyRegression``.
public struct EggerTest: Sendable {
    /// What stands for the size of a study; raw values are metafor's.
    public enum Predictor: String, CaseIterable, Hashable, Sendable {
        case standardError = "sei"
        case variance = "vi"
        case sampleSize = "ni"
        case inverseSampleSize = "ninv"
        case rootSampleSize = "sqrtni"
        case inverseRootSampleSize = "sqrtninv"

        public var needsSampleSize: Bool { self != .standardError && self != .variance }
    }

    /// How studies vary around the line; raw values are metafor's.
    public enum Dispersion: String, CaseIterable, Hashable, Sendable {
        /// By τ², tested with z.
        case additive = "rma"
        /// By a factor of their variances, tested with t on S − p: weighted least squares, the original test.
        case multiplicative = "lm"
    }

    public let predictor: Predictor
    public let dispersion: Dispersion
    public let regression: SmallStudyRegression

    /// - Parameters:
    ///   - effects, variances: S each.
    ///   - sampleSizes: n of each study, above 0; needed by the predictors made of it.
    ///   - design: S × p of the model under scrutiny, its first column ones; the mean alone where nil.
    ///   - estimator: of τ², for additive dispersion.
    public init(
        effects: [Double], variances: [Double], sampleSizes: [Double] = [], design: Matrix? = nil,
        predictor: Predictor = .standardError, dispersion: Dispersion = .additive,
        estimator: HeterogeneityEstimator = .reml
    ) throws(MetaRegressionError) {
        let column: [Double]
        switch predictor {
        case .standardError: column = variances.map { $0.squareRoot() }
        case .variance: column = variances
        case .sampleSize: column = sampleSizes
        case .inverseSampleSize: column = sampleSizes.map { 1 / $0 }
        case .rootSampleSize: column = sampleSizes.map { $0.squareRoot() }
        case .inverseRootSampleSize: column = sampleSizes.map { (1 / $0).squareRoot() }
        }
        guard column.count == effects.count else {
            throw .shape(effects: effects.count, variances: variances.count, designRows: column.count)
        }
        if let bad = column.firstIndex(where: { !$0.isFinite || $0 <= 0 }) { throw .badValue(row: bad) }
        let isAdditive = dispersion == .additive
        regression = try SmallStudyRegression(
            effects: effects, variances: variances,
            design: design ?? Matrix(rows: effects.count, columns: 1, repeating: 1), column: column,
            estimator: isAdditive ? estimator : .fixed, test: isAdditive ? .wald : .knappHartung)
        guard regression.model.residualDegreesOfFreedom > 0 else {
            throw .tooFewStudies(studies: effects.count, coefficients: regression.model.coefficients.count)
        }
        self.predictor = predictor
        self.dispersion = dispersion
    }

    /// The slope: funnel asymmetry.
    public var asymmetry: Estimate { regression.asymmetry }

    /// The effect of a study of no sampling error, or endless size (other columns of the design at 0); nil for a predictor
    /// that has no such end.
    public var limit: Estimate? {
        predictor == .sampleSize || predictor == .rootSampleSize ? nil : regression.limit
    }

    public var studies: Int { regression.model.studies }
}
