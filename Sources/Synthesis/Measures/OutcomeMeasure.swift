/// A measure of effect, named as in metafor.
///
/// Formulas and their sources: Docs/effect-measures.md. (`Evidence.EffectMeasure` is what a whole-brain statistic says.)
public enum OutcomeMeasure: String, Hashable, Sendable, CaseIterable, Codable {
    /// Difference of two groups' means, in the outcome's own units.
    case meanDifference = "MD"
    /// Hedges' g: by the pooled SD, with the exact small-sample factor.
    case standardizedMeanDifference = "SMD"
    /// By the root of the mean variance, for groups of unequal SD (Bonett 2008).
    case heteroscedasticDifference = "SMDH"
    /// Log ratio of means.
    case ratioOfMeans = "ROM"
    /// Log ratio of the coefficients of variation.
    case variationRatio = "CVR"
    /// Log ratio of the SDs.
    case variabilityRatio = "VR"
    /// Mean change in one group, in the outcome's own units.
    case meanChange = "MC"
    /// Mean change by the SD of the change.
    case changeByChangeSD = "SMCC"
    /// Mean change by the SD before.
    case changeByPreSD = "SMCR"
    /// Mean change by the SD before, with unequal SDs before and after.
    case heteroscedasticChange = "SMCRH"
    /// Difference of two groups' mean changes by the pooled SD before: d_ppc2 of Morris (2008). metafor has no name for it.
    case prePostControl = "PPC"
    case correlation = "COR"
    /// Fisher's z of a correlation.
    case fisherZ = "ZCOR"
    case partialCorrelation = "PCOR"
    case partialFisherZ = "ZPCOR"
    /// Point-biserial correlation.
    case pointBiserial = "RPB"
    /// Log odds ratio.
    case oddsRatio = "OR"
    /// Log risk ratio.
    case riskRatio = "RR"
    case riskDifference = "RD"
    /// Log odds of a proportion.
    case logitProportion = "PLO"
    case proportion = "PR"
    /// A number with its error, of which nothing else is known.
    case generic = "GEN"

    /// In words, for a table or a heading.
    public var words: String {
        switch self {
        case .meanDifference: "mean difference"
        case .standardizedMeanDifference: "standardised mean difference (Hedges' g)"
        case .heteroscedasticDifference: "standardised mean difference, unequal variances"
        case .ratioOfMeans: "log ratio of means"
        case .variationRatio: "log ratio of coefficients of variation"
        case .variabilityRatio: "log ratio of standard deviations"
        case .meanChange: "mean change"
        case .changeByChangeSD: "mean change by the SD of the change"
        case .changeByPreSD: "mean change by the SD before"
        case .heteroscedasticChange: "mean change by the SD before, unequal variances"
        case .prePostControl: "difference of mean changes by the pooled SD before"
        case .correlation: "correlation"
        case .fisherZ: "Fisher's z of the correlation"
        case .partialCorrelation: "partial correlation"
        case .partialFisherZ: "Fisher's z of the partial correlation"
        case .pointBiserial: "point-biserial correlation"
        case .oddsRatio: "log odds ratio"
        case .riskRatio: "log risk ratio"
        case .riskDifference: "risk difference"
        case .logitProportion: "log odds of the proportion"
        case .proportion: "proportion"
        case .generic: "effect"
        }
    }

    /// How an estimate is turned into what readers know.
    public enum Scale: Hashable, Sendable {
        /// As it is.
        case plain
        /// exp: a ratio.
        case exponential
        /// tanh: a correlation.
        case fisher
        /// 1/(1 + exp(−x)): a proportion.
        case logistic
    }

    public var scale: Scale {
        switch self {
        case .ratioOfMeans, .variationRatio, .variabilityRatio, .oddsRatio, .riskRatio: .exponential
        case .fisherZ, .partialFisherZ: .fisher
        case .logitProportion: .logistic
        default: .plain
        }
    }

    /// Whether it is in SDs of the people, so that overlap, probability of superiority and numbers needed to treat follow from
    /// it. Not the change by its own SD, which says nothing of people.
    public var isInPeopleSD: Bool {
        switch self {
        case .standardizedMeanDifference, .heteroscedasticDifference, .changeByPreSD, .heteroscedasticChange,
            .prePostControl:
            true
        default: false
        }
    }

    /// Whether it is in the outcome's own units, so that rows of different scales cannot be pooled.
    public var isInOwnUnits: Bool { self == .meanDifference || self == .meanChange }

    /// Whether zero says that there is nothing. A proportion has no such value.
    public var hasNullValue: Bool { self != .proportion && self != .logitProportion }

    /// The measure of this name, ignoring letter case; of the synonyms people write (`g`, `d`, `log OR`, `z`) too.
    public init?(named name: String) {
        let key = name.uppercased().filter { $0.isLetter || $0.isNumber }
        let synonyms: [String: OutcomeMeasure] = [
            "G": .standardizedMeanDifference, "HEDGESG": .standardizedMeanDifference,
            "D": .standardizedMeanDifference, "COHENSD": .standardizedMeanDifference,
            "LOGOR": .oddsRatio, "LNOR": .oddsRatio, "LOGRR": .riskRatio, "LNRR": .riskRatio,
            "Z": .fisherZ, "FISHERSZ": .fisherZ, "FISHERZ": .fisherZ, "R": .correlation, "SMCRD": .prePostControl,
            "LNROM": .ratioOfMeans, "LNCVR": .variationRatio, "LNVR": .variabilityRatio,
        ]
        guard let measure = OutcomeMeasure(rawValue: key) ?? synonyms[key] else { return nil }
        self = measure
    }
}
