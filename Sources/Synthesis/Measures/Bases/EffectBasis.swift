internal import Evidence

/// What an effect can be made of, in the order in which a row is asked for it.
///
/// The published effect comes first: its authors knew which direction is better, how dropouts were handled and what was
/// adjusted for. Then what needs the fewest assumptions.
enum EffectBasis: CaseIterable {
    /// An effect with its variance, SE or interval.
    case published
    /// Means and SDs of two groups.
    case groups
    /// Means before and after of two groups.
    case prePostGroups
    /// Mean changes and their SDs of two groups.
    case changesOfGroups
    /// A standardised difference without its error, with the numbers of two groups.
    case standardized
    /// Counts of two groups.
    case cells
    /// t, F or p of two groups.
    case groupTest
    /// A correlation with two groups' numbers: point-biserial.
    case groupCorrelation
    /// Means before and after of one group.
    case prePost
    /// Mean change and its SD of one group.
    case change
    /// A t of a regression with its predictors counted, or a partial correlation.
    case partialCorrelation
    case correlation
    /// Events in one group.
    case proportion
    /// t of a paired test.
    case pairedTest

    /// The measures it can give; the first where none is asked for.
    var measures: [OutcomeMeasure] {
        switch self {
        case .published: []
        case .groups:
            [
                .standardizedMeanDifference, .meanDifference, .heteroscedasticDifference, .ratioOfMeans,
                .variationRatio, .variabilityRatio, .pointBiserial, .oddsRatio,
            ]
        case .prePostGroups: [.prePostControl]
        case .changesOfGroups: [.standardizedMeanDifference, .meanDifference]
        case .standardized, .groupTest: [.standardizedMeanDifference, .pointBiserial, .oddsRatio]
        case .groupCorrelation: [.standardizedMeanDifference, .pointBiserial]
        case .cells: [.riskRatio, .oddsRatio, .riskDifference, .standardizedMeanDifference]
        case .prePost: [.changeByPreSD, .heteroscedasticChange, .changeByChangeSD, .meanChange]
        case .change: [.changeByChangeSD, .meanChange, .changeByPreSD]
        case .partialCorrelation: [.partialFisherZ, .partialCorrelation]
        case .correlation: [.fisherZ, .correlation]
        case .proportion: [.logitProportion, .proportion]
        case .pairedTest: [.changeByChangeSD]
        }
    }
}
