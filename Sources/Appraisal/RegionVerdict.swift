import Foundation

/// How much the Bayes factor of a hypothesis says, by cut-offs fixed beforehand: 3 and 10, and their inverses.
///
/// The cut-offs are Jeffreys' (*Theory of Probability*, 1961, app. B, rounded). Between 1/3 and 3 nothing is concluded:
/// that is not evidence of no effect.
public enum RegionVerdict: String, Hashable, Sendable, CaseIterable {
    /// BF above 10.
    case strong
    /// BF above 3.
    case moderate
    case inconclusive
    /// BF below 1/3: for no effect.
    case moderateAgainst = "moderate-against"
    /// BF below 1/10.
    case strongAgainst = "strong-against"
    /// BF below 1/3, and that of the other direction is above 3: an effect, but the other way.
    case opposite
    /// BF below 1/3, but most experiments reported nothing here.
    case imputed

    /// - Parameters:
    ///   - logOverNull: ln BF of the hypothesis against no effect.
    ///   - logOverOpposite: ln BF against the other direction, nil where there is none.
    public init(logOverNull: Double, logOverOpposite: Double?) {
        let (three, ten) = (log(3.0), log(10.0))
        let oppositeOverNull = logOverOpposite.map { logOverNull - $0 } ?? -.infinity
        switch logOverNull {
        case _ where logOverNull > ten: self = .strong
        case _ where logOverNull > three: self = .moderate
        case _ where logOverNull < -three && oppositeOverNull > three: self = .opposite
        case _ where logOverNull < -ten: self = .strongAgainst
        case _ where logOverNull < -three: self = .moderateAgainst
        default: self = .inconclusive
        }
    }

    public var isFor: Bool { self == .strong || self == .moderate }
    public var isAgainst: Bool { self == .strongAgainst || self == .moderateAgainst || self == .opposite }
}

extension RegionFinding {
    /// By the cut-offs, except that silence is not taken for evidence of no effect.
    ///
    /// Where an experiment reported nothing, its effect is imputed around the most likely mean, which is taken as known. Where
    /// most did, g is near 0 with an error that is too small, whatever the truth.
    public var verdict: RegionVerdict {
        let verdict = RegionVerdict(logOverNull: logOverNull(), logOverOpposite: logOverOpposite)
        return isMostlySilent && (verdict == .moderateAgainst || verdict == .strongAgainst) ? .imputed : verdict
    }

    /// Whether more than half of the experiments reported nothing here.
    public var isMostlySilent: Bool { 2 * count(.nothing) > place.studies.count }
}
