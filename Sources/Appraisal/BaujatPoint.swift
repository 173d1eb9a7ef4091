import Evidence
import Statistics

/// A study in the plot of Baujat, Mahé, Pignon & Hill 2002 (doi:10.1002/sim.1221): what it adds to the heterogeneity against
/// what it does to the pooled effect. A study far to the right and high up drives both.
public struct BaujatPoint: Hashable, Sendable {
    public var id: String
    public var source: StudyEffects.Source
    /// Its part of Cochran's Q: (y − ŷ)²/v in the fixed-effect model. Parts sum to Q.
    public var heterogeneity: Double
    /// (effect of all − effect without it)²/(variance of the effect without it), in the model's random-effects pooling (the
    /// paper's is of fixed effects); not a number where the model cannot be fitted without it.
    public var influence: Double

    public init(id: String, source: StudyEffects.Source, heterogeneity: Double, influence: Double) {
        self.id = id
        self.source = source
        self.heterogeneity = heterogeneity
        self.influence = influence
    }
}

extension PlaceAssessment {
    /// A point per study, on the studies' means over imputations with Rubin's variances, as ``StudyInfluence/measures``; with
    /// covariates of what they leave unexplained and of the judged combination. Empty for joint tests, which have no one
    /// effect, and where the model cannot be fitted.
    public var baujat: [BaujatPoint] {
        let effects = studies.map(\.estimate.value)
        let variances = studies.map { $0.estimate.standardError * $0.estimate.standardError }
        let row = design.combination.weights
        guard !design.isJoint,
            let fixed = try? MetaRegression(
                effects: effects, variances: variances, design: design.matrix, estimator: .fixed),
            let pooled = try? MetaRegression(
                effects: effects, variances: variances, design: design.matrix, estimator: estimator),
            (try? pooled.contrast(row)) != nil
        else { return [] }
        return zip(studies, pooled.baujat(heterogeneityBy: fixed, at: row)).map { study, place in
            BaujatPoint(
                id: study.id, source: study.source, heterogeneity: place.heterogeneity, influence: place.influence)
        }
    }
}
