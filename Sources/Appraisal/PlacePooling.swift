import Foundation
public import Statistics

/// Random-effects pooling of effects at one place, imputation by imputation, and Rubin's rules over the imputations.
///
/// The same numbers as the voxelwise maps hold (``ImputationPool``), from the plain reference in Statistics; with a design
/// also its coefficients. See Docs/pooling.md and Docs/trust.md.
public struct PlacePooling: Sendable {
    /// Coefficients of the design, pooled.
    public let coefficients: PooledEstimates
    /// Between-study variance: mean of τ over imputations, squared.
    public let tau2: Double
    /// Mean of I over imputations, squared; a share.
    public let i2: Double
    /// Residual heterogeneity Q, pooled by the D₂ rule.
    public let heterogeneity: JointTest
    /// Share of each study in the weights 1/(v + τ²), mean over imputations.
    public let weights: [Double]

    public var h2: Double { 1 / (1 - i2) }

    /// - Parameters:
    ///   - effects, variances: [study][imputation].
    ///   - design: a row per study.
    ///   - estimator: of τ²; with as many coefficients as studies τ² is 0, as in the maps.
    public init(
        effects: [[Double]], variances: [[Double]], design: Matrix, estimator: HeterogeneityEstimator
    ) throws(MetaRegressionError) {
        let imputations = effects.first?.count ?? 0
        guard effects.count == variances.count, effects.count == design.rows, imputations > 0 else {
            throw .shape(effects: effects.count, variances: variances.count, designRows: design.rows)
        }
        for (study, pair) in zip(effects, variances).enumerated()
        where pair.0.count != imputations || pair.1.count != imputations {
            throw .badValue(row: study)
        }
        let estimable = design.rows > design.columns ? estimator : .fixed
        var fits: [MetaRegression] = []
        for imputation in 0..<imputations {
            fits.append(
                try MetaRegression(
                    effects: effects.map { $0[imputation] }, variances: variances.map { $0[imputation] },
                    design: design, estimator: estimable))
        }
        self.init(fits)
    }

    private init(_ fits: [MetaRegression]) {
        let m = Double(fits.count)
        coefficients = PooledEstimates(
            coefficients: fits.map(\.coefficients), covariances: fits.map(\.covariance))
        let tau = fits.reduce(0) { $0 + $1.tau2.squareRoot() } / m
        let i = fits.reduce(0) { $0 + ($1.estimator == .fixed ? 0 : $1.i2.squareRoot()) } / m
        tau2 = tau * tau
        i2 = i * i
        let q = fits.map(\.residualHeterogeneity.statistic)
        let roots = q.map { $0.squareRoot() }
        let meanRoot = roots.reduce(0, +) / m
        let spread = fits.count > 1 ? roots.reduce(0) { $0 + ($1 - meanRoot) * ($1 - meanRoot) } / (m - 1) : 0
        let df = Double(fits[0].residualDegreesOfFreedom)
        heterogeneity = JointTest(
            statistic: RubinRules.pooledChiSquare(
                mean: q.reduce(0, +) / m, rootVariance: spread, imputations: fits.count, df: df),
            degreesOfFreedom: df)
        var shares = [Double](repeating: 0, count: fits[0].studies)
        for fit in fits {
            for (study, share) in fit.weightShares.enumerated() { shares[study] += share / m }
        }
        weights = shares
    }
}
