public import Appraisal
public import Statistics

/// The random-effects mean at a place, pooled over imputations: what the maps hold at a voxel, from the plain reference in
/// Statistics, with tests and intervals. See Docs/extraction.md.
public struct PlaceMean: Sendable {
    /// Mean with Rubin's standard error, tested on the normal distribution as in the maps.
    public let estimate: Estimate
    /// Between-study variance: the mean of τ over imputations, squared.
    public let tau2: Double
    /// The mean of I over imputations, squared; a share.
    public let i2: Double
    /// Cochran's Q, pooled by the D₂ rule.
    public let heterogeneity: JointTest
    /// Fraction of missing information about the mean; not a number for a single imputation.
    public let missingInformation: Double
    public let studies: Int

    public var h2: Double { 1 / (1 - i2) }

    /// nil where no study has a value, or where the numbers of imputations differ.
    public init?(_ place: PlaceEffects, estimator: HeterogeneityEstimator) {
        let studies = place.studies
        guard let imputations = studies.first?.effects.count, imputations > 0,
            studies.allSatisfy({ $0.effects.count == imputations && $0.variances.count == imputations })
        else { return nil }
        var fits: [MetaRegression] = []
        for j in 0..<imputations {
            guard
                let fit = try? MetaRegression(
                    effects: studies.map { $0.effects[j] }, variances: studies.map { $0.variances[j] },
                    estimator: studies.count > 1 ? estimator : .fixed)
            else { return nil }
            fits.append(fit)
        }
        let m = Double(imputations)
        let pooled = PooledEstimates(coefficients: fits.map(\.coefficients), covariances: fits.map(\.covariance))
        let tau = fits.reduce(0) { $0 + $1.tau2.squareRoot() } / m
        let i = studies.count > 1 ? fits.reduce(0) { $0 + $1.i2.squareRoot() } / m : 0
        let q = fits.map(\.residualHeterogeneity.statistic)
        let roots = q.map { $0.squareRoot() }
        let meanRoot = roots.reduce(0, +) / m
        let spread =
            imputations > 1 ? roots.reduce(0) { $0 + ($1 - meanRoot) * ($1 - meanRoot) } / (m - 1) : 0
        let df = Double(studies.count - 1)
        estimate = pooled.coefficient(0)
        tau2 = tau * tau
        i2 = i * i
        heterogeneity = JointTest(
            statistic: RubinRules.pooledChiSquare(
                mean: q.reduce(0, +) / m, rootVariance: spread, imputations: imputations, df: df),
            degreesOfFreedom: df)
        missingInformation = imputations > 1 ? pooled.missingInformation(0).fraction : .nan
        self.studies = studies.count
    }

    /// Where the true effect of a new study is expected: mean ± t₍S−2₎·√(se² + τ²) (Higgins, Thompson & Spiegelhalter
    /// 2009, doi:10.1111/j.1467-985X.2008.00552.x); nil with fewer than three studies.
    public func predictionInterval(level: Double = 0.95) -> Interval? {
        guard studies > 2 else { return nil }
        let half =
            StudentT(degreesOfFreedom: studies - 2).quantile(upperTail: (1 - level) / 2)
            * (estimate.standardError * estimate.standardError + tau2).squareRoot()
        return Interval(lower: estimate.value - half, upper: estimate.value + half)
    }
}
