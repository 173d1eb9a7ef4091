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

    /// Where the true effect of a new study is expected: t on S − 2 degrees of freedom
    /// (``Estimate/predictionInterval(tau2:degreesOfFreedom:level:)``); nil with fewer than three studies.
    public func predictionInterval(level: Double = 0.95) -> Interval? {
        predictionInterval(of: mean, tau2: tau2, level: level)
    }

    /// The same of another estimate of the mean of these studies, as that of a posterior.
    public func predictionInterval(of mean: Estimate, tau2: Double, level: Double = 0.95) -> Interval? {
        mean.predictionInterval(tau2: tau2, degreesOfFreedom: Double(weights.count - 2), level: level)
    }
}
