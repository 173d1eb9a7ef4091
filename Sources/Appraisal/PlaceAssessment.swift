public import Evidence
import Foundation
public import Statistics

/// How far the effect at one place can be trusted: pooled effect, heterogeneity, bias tests, influence of each study, and
/// how much of it was imputed.
///
/// Everything is computed from ``StudyEffects`` in every imputation and pooled by Rubin's rules, with normal tests as in
/// SDM-PSI. See Docs/trust.md.
public struct PlaceAssessment: Sendable {
    public let place: StudyEffects
    public let measure: EffectMeasure
    public let design: PlaceDesign
    public let estimator: HeterogeneityEstimator
    /// All coefficients, τ², I² and Q.
    public let pooling: PlacePooling
    /// In the order of ``StudyEffects/studies``.
    public let studies: [StudySummary]
    /// nil where the regression cannot be fitted, as with fewer than three studies.
    public let smallStudies: SmallStudyBias?
    /// nil of models with covariates, and with fewer than three studies.
    public let missingStudies: MissingStudies?
    public let excess: ExcessCount
    /// What leaving out each study changes; in the order of the studies.
    public let influence: [StudyInfluence]

    /// - Parameters:
    ///   - place: at least one study; every study has the same number of imputations.
    ///   - design: rows in the order of the studies; nil is the plain mean.
    ///   - estimator: the model's estimator of τ².
    public init(
        _ place: StudyEffects, measure: EffectMeasure = .change, design given: PlaceDesign? = nil,
        estimator: HeterogeneityEstimator = .dersimonianLaird
    ) throws(MetaRegressionError) {
        let design = given ?? .mean(studies: place.studies.count)
        guard design.combination.weights.count == design.matrix.columns,
            design.combination.weights.contains(where: { $0 != 0 })
        else {
            throw .badContrast(columns: design.combination.weights.count, coefficients: design.matrix.columns)
        }
        let pooling = try PlacePooling(
            effects: place.studies.map(\.effects), variances: place.studies.map(\.variances), design: design.matrix,
            estimator: estimator)
        let studies = zip(place.studies, pooling.weights).map { StudySummary($0, weight: $1) }
        self.place = place
        self.measure = measure
        self.design = design
        self.estimator = estimator
        self.pooling = pooling
        self.studies = studies
        smallStudies = SmallStudyBias(place.studies, design: design)
        missingStudies = MissingStudies(studies, design: design, estimator: estimator)
        excess = ExcessCount(
            place.studies, measure: measure, trueEffects: design.matrix * pooling.coefficients.coefficients)
        influence = StudyInfluence.all(
            place.studies, summaries: studies, design: design, pooling: pooling, estimator: estimator)
    }

    /// With the estimator of a model's settings.
    public init(
        _ place: StudyEffects, measure: EffectMeasure = .change, design: PlaceDesign? = nil, settings: Settings
    ) throws(MetaRegressionError) {
        try self.init(
            place, measure: measure, design: design,
            estimator: HeterogeneityEstimator(settings.pooling))
    }

    /// The joint test of several combinations, Wald's χ² as in the maps (for groups Q between); nil where one is tested.
    public var joint: JointTest? {
        design.isJoint ? pooling.coefficients.waldTest(design.tests.map(\.weights)) : nil
    }

    /// Of what is tested: two-sided and normal, or of the joint test.
    public var pValue: Double { design.isJoint ? joint?.pValue ?? .nan : estimate.pValue }

    /// The tested combinations one by one.
    public var tested: [(name: String, estimate: Estimate)] {
        design.tests.map { ($0.name, pooling.coefficients.contrast($0.weights)) }
    }

    /// An adjusted mean or a prediction of the model at the place.
    public struct Mean: Sendable {
        public var name: String
        public var estimate: Estimate
        public var predictionInterval: Interval?
        /// Studies of the level; nil for a prediction.
        public var studies: [Int]?
        /// The level's studies pooled by themselves, for their heterogeneity; nil for a prediction.
        public var alone: PlacePooling?
    }

    /// Means of the levels of categorical covariates, and the model's predictions.
    public var means: [Mean] {
        design.means.map { mean in
            let weights = mean.combination.weights
            let studies = mean.studies ?? []
            let alone = try? PlacePooling(
                effects: studies.map { place.studies[$0].effects },
                variances: studies.map { place.studies[$0].variances },
                design: Matrix(rows: studies.count, columns: 1, repeating: 1), estimator: estimator)
            return Mean(
                name: mean.combination.name, estimate: pooling.coefficients.contrast(weights),
                predictionInterval: predictionInterval(of: weights), studies: mean.studies, alone: alone)
        }
    }

    /// The judged effect with its error, imputation included; ``Estimate/pValue`` is two-sided and normal. Of a posterior its
    /// mean and SD, as in the maps.
    public var estimate: Estimate {
        posterior.map { Estimate(value: $0.effect.mean, standardError: $0.effect.deviation) }
            ?? pooling.coefficients.contrast(design.combination.weights)
    }

    /// The 95 % interval of the judged effect.
    public var interval: Interval { posterior?.effect.interval ?? estimate.interval() }

    /// Where the judged effect is the mean of all, and the model's mean is a posterior.
    public var posterior: PlacePosterior? { design.isInterceptOnly ? place.posterior : nil }

    /// Between-study variance.
    public var tau2: Double { posterior?.effect.tau2 ?? pooling.tau2 }

    /// Share of the variation between studies that is more than chance.
    public var i2: Double { posterior?.i2 ?? pooling.i2 }

    /// Cochran's Q of pooled study effects; nil of a posterior, which pools none.
    public var heterogeneity: JointTest? { posterior == nil ? pooling.heterogeneity : nil }

    /// The interval in which the true effect of a new study is expected: t on S − p − 1 degrees of freedom
    /// (``Estimate/predictionInterval(tau2:degreesOfFreedom:level:)``).
    ///
    /// nil for slopes and differences, and with too few studies.
    public func predictionInterval(level: Double = 0.95) -> Interval? {
        design.isMean ? predictionInterval(of: design.combination.weights, level: level) : nil
    }

    /// Of a combination that is the effect of a study.
    private func predictionInterval(of weights: [Double], level: Double = 0.95) -> Interval? {
        let estimate = posterior == nil ? pooling.coefficients.contrast(weights) : estimate
        return estimate.predictionInterval(
            tau2: tau2, degreesOfFreedom: Double(place.studies.count - design.matrix.columns - 1), level: level)
    }

    /// How much of what is known of the effect was imputed: the fraction of missing information, from 0 to 1.
    public var missingInformation: Double {
        place.studies[0].effects.count > 1
            ? pooling.coefficients.missingInformation(contrasts: design.tests.map(\.weights))?.fraction ?? .nan : .nan
    }
}

// MARK: - Who is in it

extension PlaceAssessment {
    /// Participants; people of a sample that several experiments share count once.
    public var participants: Int { People(place.studies.flatMap(\.groups)).count }

    /// Participants of the first groups (the patients of two-group contrasts), each sample once.
    public var cases: Int {
        let first = place.studies.flatMap(\.groups).map { group in
            People.Group(sample: group.sample, n1: group.n1, n2: 0, sharesControls: group.sharesControls)
        }
        return People(first).count
    }

    /// Whether experiments of one sample stand side by side, as if they were independent.
    public var sharesSamples: Bool { Set(place.studies.map(\.sample)).count < place.studies.count }

    /// Number of studies by what they said about the place.
    public func count(of source: StudyEffects.Source) -> Int { place.studies.count { $0.source == source } }

    /// Share of the weight that rests on studies of these sources.
    public func weight(of sources: Set<StudyEffects.Source>) -> Double {
        studies.reduce(0) { sources.contains($1.source) ? $0 + $1.weight : $0 }
    }

    /// Whether no study measured the effect: none has a map here or a peak with a statistic near. Then I², prediction interval and
    /// evidence class describe what was imputed.
    public var restsOnImputation: Bool { !place.studies.contains { $0.source == .map || $0.source == .peak } }

    /// The study with most participants; of equals the most precise.
    public var largestStudy: StudySummary {
        studies.max { a, b in
            (a.participants, -a.estimate.standardError) < (b.participants, -b.estimate.standardError)
        } ?? studies[0]
    }

    /// The study whose absence changes the judged effect most; nil where none can be left out.
    public var mostInfluential: StudyInfluence? {
        influence.filter { $0.change.isFinite }.max { abs($0.change) < abs($1.change) }
    }
}
