/// Random-effects regression of study effects on study properties (mixed-effects meta-regression).
///
/// y = Xβ + u + e, with u ~ N(0, τ²) between studies and e ~ N(0, vᵢ) the known sampling error. The plain reference for
/// one voxel or region; checked against metafor. See Docs/meta-regression.md.
///
/// Coefficients are those of the design's columns, in their order; the design brings its own column of ones, or
/// ``init(effects:variances:covariates:estimator:test:)`` adds it.
public struct MetaRegression: Sendable {
    /// How coefficients are tested.
    public enum Test: String, CaseIterable, Hashable, Sendable {
        /// Normal distribution, standard errors from (X'WX)⁻¹ as if τ² were known.
        case wald = "z"
        /// Knapp & Hartung 2003 (doi:10.1002/sim.1482): (X'WX)⁻¹ times s² = Σwr²/(S − p), and t on S − p.
        case knappHartung = "knha"
        /// The same with s² at least 1, so that errors never shrink below Wald's.
        case knappHartungAtLeastWald = "adhoc"
    }

    public let effects: [Double]
    public let variances: [Double]
    /// S × p.
    public let design: Matrix
    public let estimator: HeterogeneityEstimator
    public let test: Test

    /// Between-study variance.
    public let tau2: Double
    /// p coefficients.
    public let coefficients: [Double]
    /// p × p covariance of the coefficients, by ``test``.
    public let covariance: Matrix
    /// What Knapp & Hartung multiply by; 1 for Wald.
    public let scale: Double
    /// Residual heterogeneity QE of the fixed-effect model: χ² on S − p degrees of freedom under homogeneity.
    public let residualHeterogeneity: JointTest
    /// The model with weights 1/(v + τ²).
    package let weighted: WeightedLeastSquares
    /// tr(P) of the fixed-effect model.
    private let fixedTrace: Double

    /// - Parameters:
    ///   - effects: y, S of them.
    ///   - variances: sampling variances, positive.
    ///   - design: S × p; needs p < S, or p ≤ S where τ² is not estimated.
    ///   - tau2: takes the place of the estimate.
    public init(
        effects: [Double], variances: [Double], design: Matrix,
        estimator: HeterogeneityEstimator = .reml, test: Test = .wald, tau2 given: Double? = nil
    ) throws(MetaRegressionError) {
        try Self.check(effects: effects, variances: variances, design: design)
        let studies = design.rows
        let count = design.columns
        guard count >= 1, studies >= count + (estimator == .fixed || given != nil ? 0 : 1) else {
            throw .tooFewStudies(studies: studies, coefficients: count)
        }
        let dependent = ColumnBasis(design).dependent
        guard dependent.isEmpty else { throw .collinear(dependent) }

        let tau2 = given ?? estimator.tau2(effects: effects, variances: variances, design: design)
        let df = Double(studies - count)
        let fixed = WeightedLeastSquares(design: design, effects: effects, weights: variances.map { 1 / $0 })
        let weighted = WeightedLeastSquares(
            design: design, effects: effects, weights: variances.map { 1 / ($0 + tau2) })
        let scale =
            switch test {
            case .wald: 1.0
            case .knappHartung: weighted.q / df
            case .knappHartungAtLeastWald: max(1, weighted.q / df)
            }
        self.effects = effects
        self.variances = variances
        self.design = design
        self.estimator = estimator
        self.test = test
        self.tau2 = tau2
        self.scale = scale
        self.weighted = weighted
        fixedTrace = fixed.traceP
        coefficients = weighted.coefficients
        covariance = scale * weighted.inverseInformation
        residualHeterogeneity = JointTest(statistic: df > 0 ? fixed.q : 0, degreesOfFreedom: df)
    }

    /// With an intercept before the covariates.
    public init(
        effects: [Double], variances: [Double], covariates: [[Double]] = [],
        estimator: HeterogeneityEstimator = .reml, test: Test = .wald
    ) throws(MetaRegressionError) {
        for covariate in covariates where covariate.count != effects.count {
            throw .shape(effects: effects.count, variances: variances.count, designRows: covariate.count)
        }
        let ones = Array(repeating: 1.0, count: effects.count)
        try self.init(
            effects: effects, variances: variances, design: Matrix(columns: [ones] + covariates),
            estimator: estimator, test: test)
    }

    private static func check(
        effects: [Double], variances: [Double], design: Matrix
    ) throws(MetaRegressionError) {
        guard effects.count == design.rows, variances.count == design.rows else {
            throw .shape(effects: effects.count, variances: variances.count, designRows: design.rows)
        }
        for i in 0..<design.rows {
            let isFinite = effects[i].isFinite && design.row(i).allSatisfy(\.isFinite)
            guard isFinite, variances[i].isFinite, variances[i] > 0 else { throw .badValue(row: i) }
        }
    }

    public var studies: Int { design.rows }

    /// S − p.
    public var residualDegreesOfFreedom: Int { design.rows - design.columns }

    /// Degrees of freedom of the tests: S − p by Knapp & Hartung, infinite by Wald.
    public var testDegreesOfFreedom: Double { test == .wald ? .infinity : Double(residualDegreesOfFreedom) }

    /// Coefficient j with its error and test.
    public func coefficient(_ j: Int) -> Estimate {
        Estimate(
            value: coefficients[j], standardError: covariance[j, j].squareRoot(),
            degreesOfFreedom: testDegreesOfFreedom)
    }

    public var standardErrors: [Double] { covariance.diagonal.map { $0.squareRoot() } }

    /// Xβ.
    public var fitted: [Double] { design * coefficients }

    /// QM: all coefficients but the intercept, or the only one there is. χ², or F by Knapp & Hartung.
    ///
    /// The intercept is a first column that is constant.
    public var moderatorTest: JointTest {
        let first = hasIntercept && coefficients.count > 1 ? 1 : 0
        let tested = Array(first..<coefficients.count)
        return JointTest(
            values: tested.map { coefficients[$0] },
            covariance: covariance.selectingRows(tested).selectingColumns(tested),
            denominator: testDegreesOfFreedom)
    }

    private var hasIntercept: Bool {
        let first = design.column(0)
        return first[0] != 0 && first.allSatisfy { $0 == first[0] }
    }
}

// MARK: - Heterogeneity

extension MetaRegression {
    /// The sampling variance of a typical study, (S − p)/tr(P) of the fixed-effect model (Higgins & Thompson 2002,
    /// doi:10.1002/sim.1186, for general X).
    public var typicalVariance: Double { Double(residualDegreesOfFreedom) / fixedTrace }

    /// H² = 1 + τ²/typical variance. For the fixed-effect model QE/(S − p), as metafor has it.
    public var h2: Double {
        guard residualDegreesOfFreedom > 0 else { return 1 }
        if estimator == .fixed { return residualHeterogeneity.statistic / Double(residualDegreesOfFreedom) }
        return 1 + tau2 / typicalVariance
    }

    /// I² = 1 − 1/H², at least 0; a share, not a percentage.
    public var i2: Double { max(0, 1 - 1 / h2) }

    /// The Q-profile interval of τ² (Viechtbauer 2007, doi:10.1002/sim.2514): where Q(τ²) is an unsurprising χ².
    ///
    /// It does not depend on the estimator, and need not contain the estimate. Both ends are 0 where Q is lower than
    /// chance allows (metafor calls the interval empty).
    public func tau2Interval(level: Double = 0.95) -> Interval {
        let df = Double(residualDegreesOfFreedom)
        guard df > 0 else { return Interval(lower: 0, upper: .infinity) }
        let chiSquare = ChiSquare(degreesOfFreedom: df)
        let model = Heterogeneity(effects: effects, variances: variances, design: design)
        let tail = (1 - level) / 2
        return Interval(
            lower: model.tau2(whereQ: chiSquare.quantile(upperTail: tail)),
            upper: model.tau2(whereQ: chiSquare.quantile(upperTail: 1 - tail)))
    }

    /// The interval of H² that belongs to ``tau2Interval(level:)``.
    public func h2Interval(level: Double = 0.95) -> Interval {
        let tau2 = tau2Interval(level: level)
        return Interval(lower: 1 + tau2.lower / typicalVariance, upper: 1 + tau2.upper / typicalVariance)
    }

    /// The interval of I² that belongs to ``tau2Interval(level:)``.
    public func i2Interval(level: Double = 0.95) -> Interval {
        let h2 = h2Interval(level: level)
        return Interval(lower: 1 - 1 / h2.lower, upper: 1 - 1 / h2.upper)
    }

    /// R²: the share by which the covariates lower τ² of the intercept-only model, at least 0; nil where that is 0.
    public var explainedHeterogeneity: Double? {
        let ones = Matrix(rows: studies, columns: 1, repeating: 1)
        let total = estimator.tau2(effects: effects, variances: variances, design: ones)
        return total > 0 ? max(0, (total - tau2) / total) : nil
    }
}
