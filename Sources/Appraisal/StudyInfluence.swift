import Evidence
public import Statistics

/// What leaving one study out of the pooling changes at a place.
///
/// The imputations are kept as they are: unlike the jackknife, nothing is imputed anew without the study.
public struct StudyInfluence: Sendable {
    public var id: String
    /// The judged effect without the study, over imputations; nil where the model cannot be fitted without it.
    public var without: Estimate?
    /// Of several combinations their joint test without the study, in place of an effect.
    public var jointWithout: JointTest?
    /// Effect (of several combinations: χ²) with all studies less that without this one; not a number where it cannot be
    /// fitted.
    public var change: Double
    /// Hat value, Cook's distance, DFBETAS and the rest, on the effects' means over imputations with Rubin's variances.
    public var measures: MetaRegression.Influence?

    static func all(
        _ studies: [StudyEffects.Study], summaries: [StudySummary], design: PlaceDesign, pooling: PlacePooling,
        estimator: HeterogeneityEstimator
    ) -> [StudyInfluence] {
        let onMean = try? MetaRegression(
            effects: summaries.map(\.estimate.value),
            variances: summaries.map { $0.estimate.standardError * $0.estimate.standardError },
            design: design.matrix, estimator: estimator)
        let measures = onMean?.influence() ?? Array(repeating: nil, count: studies.count)
        let row = design.combination.weights
        let all = pooling.coefficients.contrast(row).value
        let tests = design.tests.map(\.weights)
        let joint = design.isJoint ? pooling.coefficients.waldTest(tests) : nil
        return studies.indices.map { left in
            let kept = studies.indices.filter { $0 != left }
            let without = try? PlacePooling(
                effects: kept.map { studies[$0].effects }, variances: kept.map { studies[$0].variances },
                design: design.leaving(out: left).matrix, estimator: estimator
            ).coefficients
            if let joint {
                let test = without?.waldTest(tests)
                return StudyInfluence(
                    id: studies[left].id, without: nil, jointWithout: test,
                    change: test.map { joint.statistic - $0.statistic } ?? .nan, measures: measures[left])
            }
            let effect = without?.contrast(row)
            return StudyInfluence(
                id: studies[left].id, without: effect, change: effect.map { all - $0.value } ?? .nan,
                measures: measures[left])
        }
    }
}
