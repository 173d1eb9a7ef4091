public import Statistics

/// The mean of all studies of a place: what the maps hold at a voxel, with tests and intervals. See Docs/extraction.md.
extension PlacePooling {
    /// nil where no study has a value, or where the numbers of imputations differ.
    public init?(meanOf place: StudyEffects, estimator: HeterogeneityEstimator) {
        guard !place.studies.isEmpty else { return nil }
        try? self.init(
            effects: place.studies.map(\.effects), variances: place.studies.map(\.variances),
            design: Matrix(rows: place.studies.count, columns: 1, repeating: 1), estimator: estimator)
    }

    /// Mean with Rubin's standard error, tested on the normal distribution as in the maps.
    public var mean: Estimate { coefficients.coefficient(0) }

    /// Fraction of missing information about the mean; not a number for a single imputation.
    public var missingInformation: Double {
        coefficients.imputations > 1 ? coefficients.missingInformation(0).fraction : .nan
    }

    /// Where the true effect of a new study is expected: mean ± t₍S−2₎·√(se² + τ²) (Higgins, Thompson & Spiegelhalter
    /// 2009, doi:10.1111/j.1467-985X.2008.00552.x); nil with fewer than three studies.
    public func predictionInterval(level: Double = 0.95) -> Interval? {
        predictionInterval(of: mean, tau2: tau2, level: level)
    }

    /// The same of another estimate of the mean of these studies, as that of a posterior.
    public func predictionInterval(of mean: Estimate, tau2: Double, level: Double = 0.95) -> Interval? {
        guard weights.count > 2 else { return nil }
        let half =
            StudentT(degreesOfFreedom: weights.count - 2).quantile(upperTail: (1 - level) / 2)
            * (mean.standardError * mean.standardError + tau2).squareRoot()
        return Interval(lower: mean.value - half, upper: mean.value + half)
    }
}
