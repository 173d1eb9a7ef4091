public import Statistics

/// One study at a place, over imputations: a row of the forest plot.
public struct StudySummary: Hashable, Sendable {
    public var id: String
    public var source: StudyEffects.Source
    public var participants: Int
    /// Mean over imputations; Rubin's variance.
    public var estimate: Estimate
    /// Mean of √v over imputations: the sampling error alone.
    public var samplingError: Double
    /// Share in the weights of the pooled effect, mean over imputations.
    public var weight: Double

    public init(_ study: StudyEffects.Study, weight: Double) {
        let pooled = RubinRules(effects: study.effects, variances: study.variances)
        id = study.id
        source = study.source
        participants = study.n1 + study.n2
        estimate = Estimate(value: pooled.effect, standardError: pooled.variance.squareRoot())
        samplingError = study.variances.reduce(0) { $0 + $1.squareRoot() } / Double(study.variances.count)
        self.weight = weight
    }

    /// Share of the study's variance that comes from imputation.
    public var imputedShare: Double {
        let total = estimate.standardError * estimate.standardError
        return max(0, 1 - samplingError * samplingError / total)
    }
}
