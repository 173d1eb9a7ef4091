/// Do small studies report larger effects? A regression on the standard error, or on the variance, of the studies.
///
/// Egger-type test with random effects (Sterne & Egger 2005, doi:10.1002/0470870168.ch6; metafor's `regtest` with
/// `model = "rma"`): the slope of √v tests for funnel asymmetry, the intercept is the effect of a study without error.
/// See Docs/bias-tests.md.
public struct SmallStudyRegression: Sendable {
    public enum Predictor: Hashable, Sendable {
        /// √v: Egger's test, FAT and PET.
        case standardError
        /// v: PEESE.
        case variance
    }

    /// The regression; the predictor is its last column.
    public let model: MetaRegression

    /// - Parameters:
    ///   - design: S × p of the model under scrutiny; its first column the intercept. A column is added.
    ///   - estimator: `.fixed` with `.knappHartung` is the unrestricted weighted least squares of econometrics.
    public init(
        effects: [Double], variances: [Double], design: Matrix, predictor: Predictor = .standardError,
        estimator: HeterogeneityEstimator = .reml, test: MetaRegression.Test = .wald
    ) throws(MetaRegressionError) {
        guard effects.count == design.rows, variances.count == design.rows else {
            throw .shape(effects: effects.count, variances: variances.count, designRows: design.rows)
        }
        let column = predictor == .standardError ? variances.map { $0.squareRoot() } : variances
        try self.init(
            effects: effects, variances: variances, design: design, column: column, estimator: estimator, test: test)
    }

    /// On any measure of how small a study is, such as √(1/n).
    ///
    /// - Parameter column: S numbers; the last column of the regression.
    public init(
        effects: [Double], variances: [Double], design: Matrix, column: [Double],
        estimator: HeterogeneityEstimator = .reml, test: MetaRegression.Test = .wald
    ) throws(MetaRegressionError) {
        guard effects.count == design.rows, variances.count == design.rows, column.count == design.rows else {
            throw .shape(effects: effects.count, variances: variances.count, designRows: design.rows)
        }
        model = try MetaRegression(
            effects: effects, variances: variances, design: design.appending(column: column), estimator: estimator,
            test: test)
    }

    /// Intercept and predictor only.
    public init(
        effects: [Double], variances: [Double], predictor: Predictor = .standardError,
        estimator: HeterogeneityEstimator = .reml, test: MetaRegression.Test = .wald
    ) throws(MetaRegressionError) {
        try self.init(
            effects: effects, variances: variances,
            design: Matrix(rows: effects.count, columns: 1, repeating: 1), predictor: predictor, estimator: estimator,
            test: test)
    }

    /// Slope of the predictor: funnel asymmetry.
    public var asymmetry: Estimate { model.coefficient(model.coefficients.count - 1) }

    /// Intercept: the effect expected of a study without sampling error (other columns of the design at 0).
    public var limit: Estimate { model.coefficient(0) }

    /// The asymmetry over imputations by Rubin's rules, with the normal distribution (as in metabias of MetaNSUE).
    public static func pooledAsymmetry(_ fits: [SmallStudyRegression]) -> Estimate {
        let slopes = fits.map(\.asymmetry)
        let pooled = RubinRules(
            effects: slopes.map(\.value), variances: slopes.map { $0.standardError * $0.standardError })
        return Estimate(value: pooled.effect, standardError: pooled.variance.squareRoot())
    }
}

/// FAT, PET and PEESE: the effect corrected for small-study bias (Stanley & Doucouliagos 2014, doi:10.1002/jrsm.1095).
///
/// A sensitivity line, not an estimate to rely on: with few studies, or much heterogeneity, it is far off (Stanley
/// 2017, doi:10.1177/1948550617693062).
public struct PETPEESE: Sendable {
    /// Regression on the standard error: its slope is FAT, its intercept PET.
    public let pet: SmallStudyRegression
    /// Regression on the variance; its intercept is PEESE.
    public let peese: SmallStudyRegression
    /// Whether PET says that there is an effect: two-sided p of its intercept below twice `alpha`.
    public let usesPEESE: Bool

    /// - Parameters:
    ///   - estimator, test: by default unrestricted weighted least squares, as the authors; metafor users often take
    ///     REML.
    ///   - alpha: one-sided level at which PET decides for PEESE.
    public init(
        effects: [Double], variances: [Double], estimator: HeterogeneityEstimator = .fixed,
        test: MetaRegression.Test = .knappHartung, alpha: Double = 0.05
    ) throws(MetaRegressionError) {
        pet = try SmallStudyRegression(
            effects: effects, variances: variances, predictor: .standardError, estimator: estimator, test: test)
        peese = try SmallStudyRegression(
            effects: effects, variances: variances, predictor: .variance, estimator: estimator, test: test)
        usesPEESE = pet.limit.pValue < 2 * alpha
    }

    /// The funnel asymmetry test.
    public var fat: Estimate { pet.asymmetry }

    /// PEESE where PET finds an effect, else PET.
    public var conditional: Estimate { usesPEESE ? peese.limit : pet.limit }
}
