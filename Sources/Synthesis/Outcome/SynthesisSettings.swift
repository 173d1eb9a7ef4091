public import Evidence
public import Statistics

/// How effects of one outcome are pooled. The defaults are those of a careful classical meta-analysis.
public struct SynthesisSettings: Hashable, Sendable {
    /// How effects of one study or sample are taken together.
    public enum Dependence: String, Hashable, Sendable, CaseIterable {
        /// Three levels with CR2 where a study has several effects, else independent.
        case automatic = "auto"
        /// Every effect for itself, whatever it shares with others.
        case independent
        /// Random effects of studies and of effects within them, tested with cluster-robust errors.
        case threeLevel = "three-level"
        /// Correlated and hierarchical effects (Pustejovsky & Tipton 2022): three levels, and sampling errors of one
        /// study that correlate as stated.
        case correlated = "che"
        /// One mean per study, its variance from the stated correlation.
        case aggregate
    }

    /// What an interval of the mean is made from.
    public enum IntervalForm: String, Hashable, Sendable, CaseIterable {
        /// The error and the distribution of ``SynthesisSettings/test``.
        case test
        /// Where the likelihood is high enough (Hardy & Thompson 1996); of independent effects. The interval of τ² is by the
        /// likelihood, too.
        case profile
    }

    public var estimator = HeterogeneityEstimator.reml
    /// Of models with independent effects; those with several effects per study are tested with CR2.
    public var test = MetaRegression.Test.knappHartungAtLeastWald
    public var dependence = Dependence.automatic
    /// Of sampling errors within a study, where a method needs one.
    public var correlation = 0.6
    /// A column whose groups have a random effect of their own beside the studies, across them, such as the year or a questionnaire;
    /// nil for none.
    public var crossed: String?
    /// Columns of a meta-regression, each by itself and, if several, all together.
    public var moderators: [String] = []
    /// A column whose values are groups.
    public var subgroup: String?
    /// A column of amounts (sessions, weeks) for a dose–response curve.
    public var dose: String?
    /// Whether rows are arms with amounts in ``dose``, and not results (``DoseArms``).
    public var hasArms = false
    /// Columns of the treatments that the first and the second group had, for a comparison of all (``NetworkFinding``).
    public var comparedColumns: [String] = []
    /// The treatment that others are shown against; nil takes the one that most were compared with.
    public var reference: String?
    /// The smallest effect that matters, on the scale that is read; nil where nobody said.
    public var smallestEffect: Double?
    /// SD of the outcome's own scale among people: what a standardised difference is in its units; nil where nobody said.
    public var scaleDeviation: Double?
    /// Share that responds without: for the number needed to treat by Furukawa and Leucht; nil where nobody said.
    public var controlRate: Double?
    /// SD of the normal prior of the mean, mean 0.
    public var priorDeviation = 1.0
    public var priorTau = HeterogeneityPrior.halfNormal(scale: 0.5)
    /// Correlations between the measurement before and after, where a study does not give its own.
    public var prePostCorrelations = [0.3, 0.5, 0.7, 0.9]
    public var level = 0.95
    public var interval = IntervalForm.test
    /// The distribution behind prediction intervals; k counts studies.
    public var prediction = PooledEffect.PredictionForm.higgins
    /// Permutations that test moderators, and sign flips over pairs of regions; nil tests moderators without and flips 1000 times.
    public var permutations: Int?

    public init() {}

    /// ``comparedColumns`` as a pair; nil where none are stated.
    var compared: (first: String, second: String)? {
        comparedColumns.count == 2 ? (comparedColumns[0], comparedColumns[1]) : nil
    }

    /// By which models of several levels are fitted, which the other estimators of τ² have no form for.
    package var likelihood: MultilevelModel.Method { estimator == .maximumLikelihood ? .maximumLikelihood : .reml }

    /// Whether the priors can be in the unit of the outcome: those by default are for standardised effects and logarithms of
    /// ratios, and say nothing of millilitres.
    func priorsFit(_ scale: OutcomeScale) -> Bool {
        let usual = SynthesisSettings()
        return !scale.measure.isInOwnUnits || priorDeviation != usual.priorDeviation || priorTau != usual.priorTau
    }
}

extension SynthesisSettings {
    /// Every setting as words, in a fixed order, for the record of a run.
    public var assignments: [(key: String, value: String)] {
        [
            ("estimator", estimator.rawValue), ("test", test.rawValue), ("dependence", dependence.rawValue),
            ("correlation", NumberText.shortest(correlation)), ("moderators", moderators.joined(separator: ",")),
            ("by", subgroup ?? ""), ("dose", dose ?? ""),
            ("smallest_effect", smallestEffect.map { NumberText.shortest($0) } ?? ""),
            ("prior_deviation", NumberText.shortest(priorDeviation)), ("prior_tau", priorTau.option),
            ("pre_post_r", prePostCorrelations.map { NumberText.shortest($0) }.joined(separator: ",")),
            ("level", NumberText.shortest(level)), ("permute", permutations.map { String($0) } ?? ""),
            ("compare", comparedColumns.joined(separator: ",")), ("reference", reference ?? ""),
            ("scale_sd", scaleDeviation.map { NumberText.shortest($0) } ?? ""),
            ("control_rate", controlRate.map { NumberText.shortest($0) } ?? ""), ("arms", hasArms ? "yes" : ""),
            ("crossed", crossed ?? ""), ("interval", interval.rawValue), ("prediction", prediction.option),
        ]
    }
}
