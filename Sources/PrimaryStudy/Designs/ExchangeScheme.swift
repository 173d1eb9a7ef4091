/// How the data may be rearranged if nothing is there: what the test assumes of the errors.
///
/// Winkler et al. 2014, doi:10.1016/j.neuroimage.2014.01.060.
public struct ExchangeScheme: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable, Codable {
        /// Errors independent and symmetric about 0: the mean of one sample, a paired change.
        case signFlips
        /// Errors exchangeable: groups, regressions, sessions within people.
        case permutations
        /// Both assumed, both done: more rearrangements.
        case both
    }

    /// What is done with columns that are not tested.
    public enum Nuisance: String, Hashable, Sendable, CaseIterable, Codable {
        /// Their residuals are rearranged (Freedman & Lane 1983, doi:10.2307/1391660).
        case freedmanLane
        /// The tested columns are rearranged, the others stay (Draper & Stoneman 1966, doi:10.2307/1266641).
        case draperStoneman
    }

    public let kind: Kind
    /// The exchangeability block of every row of the design; rows change places only within theirs. nil: one block.
    public let blocks: [Int]?
    public let nuisance: Nuisance

    public init(_ kind: Kind, blocks: [Int]? = nil, nuisance: Nuisance = .freedmanLane) {
        self.kind = kind
        self.blocks = blocks
        self.nuisance = nuisance
    }
}
