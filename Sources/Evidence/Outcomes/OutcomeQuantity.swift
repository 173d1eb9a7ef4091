/// A number that a row of an outcomes table can give.
///
/// Named as metafor's `escalc` names it, where it does. `1i` and `2i` end the names of the first and the second group.
public enum OutcomeQuantity: String, Hashable, Sendable, CaseIterable, Codable {
    // MARK: An effect as it was published

    case yi, vi, sei
    case lower = "ci.lb"
    case upper = "ci.ub"
    /// A standardised mean difference without its error, uncorrected (Cohen's d) and corrected (Hedges' g).
    case cohensD = "d"
    case hedgesG = "g"
    /// Not their logarithms.
    case oddsRatio = "or"
    case riskRatio = "rr"

    // MARK: Two groups

    case m1i, sd1i, n1i, m2i, sd2i, n2i
    /// Standard errors of the two means.
    case se1i, se2i
    /// The SD within groups, pooled, where the two are not told.
    case sdpi
    case min1i
    case q1OfGroup1 = "q11i"
    case med1i
    case q3OfGroup1 = "q31i"
    case max1i
    /// Width from the lower to the upper quartile.
    case iqr1i
    case min2i
    case q1OfGroup2 = "q12i"
    case med2i
    case q3OfGroup2 = "q32i"
    case max2i
    case iqr2i

    // MARK: One group, before and after

    case mpre, mpost, sdpre, sdpost
    case mchange, sdchange

    // MARK: Two groups, before and after

    case mpre1i, mpost1i, sdpre1i, sdpost1i, r1i
    case mpre2i, mpost2i, sdpre2i, sdpost2i, r2i
    case mchange1i, sdchange1i, nchange1i
    case mchange2i, sdchange2i, nchange2i

    // MARK: Counts

    /// First group: with and without the event; second group: with and without.
    case ai, bi, ci, di
    /// Of how many the events are, where that is not ``n1i``.
    case total1i, total2i
    /// Events in one group of ``ni``.
    case xi

    // MARK: Correlations and tests

    /// A correlation; beside means before and after, the one between the two.
    case ri
    case ni
    /// Predictors of the regression that ``ti`` comes from, for a partial correlation (metafor's `mi`).
    case mi
    case ti
    /// With one degree of freedom in the numerator.
    case fi
    /// Two-sided; its sign is the effect's.
    case pi

    /// Whether it counts people.
    public var isCount: Bool {
        switch self {
        case .n1i, .n2i, .ni, .nchange1i, .nchange2i, .ai, .bi, .ci, .di, .total1i, .total2i, .xi, .mi: true
        default: false
        }
    }

    /// Whether it can never be below zero: a spread, a variance, a ratio, a count.
    public var isNeverNegative: Bool { isCount || isSpread || self == .oddsRatio || self == .riskRatio || self == .fi }

    /// Whether it has to be above zero: a standard deviation, a standard error, a variance.
    public var isSpread: Bool {
        switch self {
        case .vi, .sei, .sd1i, .sd2i, .se1i, .se2i, .sdpi, .sdpre, .sdpost, .sdchange, .sdpre1i, .sdpost1i, .sdpre2i,
            .sdpost2i, .sdchange1i, .sdchange2i, .iqr1i, .iqr2i:
            true
        default: false
        }
    }

    /// Whether it is a correlation.
    public var isCorrelation: Bool { self == .ri || self == .r1i || self == .r2i }

    /// Whether it is below a thousand by its nature, so that a comma before three digits is a decimal mark.
    public var isSmall: Bool {
        isCorrelation
            || [.cohensD, .hedgesG, .oddsRatio, .riskRatio, .ti, .pi].contains(self)
    }
}
