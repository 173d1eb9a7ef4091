/// Where the chance of a result to be published changes with its p: the cut points of a step-function selection model
/// (Hedges 1992, doi:10.1214/ss/1177011364; Vevea & Hedges 1995, doi:10.1007/BF02294384).
public struct SelectionSteps: Hashable, Sendable {
    /// Of which test p is.
    public enum Side: String, CaseIterable, Hashable, Sendable {
        /// One-sided: effects above zero are sought.
        case greater
        /// One-sided: effects below zero are sought.
        case less
        /// Either sign.
        case twoSided = "two.sided"
    }

    /// Rising, inside (0, 1): the interval (0, first] has weight 1, and each later interval one of its own; the last ends at 1.
    public let cuts: [Double]
    public let side: Side

    /// - Parameter cuts: such as 0.025 (of a one-sided p: two-sided significance in the direction sought), any order.
    public init(cuts: [Double], side: Side = .greater) throws(SelectionModelError) {
        let rising = Set(cuts.filter { $0 != 1 }).sorted()
        guard !rising.isEmpty, rising.allSatisfy({ $0 > 0 && $0 < 1 }) else { throw .badCuts(cuts) }
        self.cuts = rising
        self.side = side
    }

    private init(trusted cuts: [Double], side: Side) {
        self.cuts = cuts
        self.side = side
    }

    /// One cut at one-sided p = .025: the three-parameter model (mean, τ², weight; McShane, Böckenholt & Hansen 2016,
    /// doi:10.1177/1745691616662243).
    public static func threeParameter(side: Side = .greater) -> SelectionSteps {
        SelectionSteps(trusted: [0.025], side: side)
    }

    /// Cuts at one-sided .025 and .5: not significant, and the wrong way, apart.
    public static func fourParameter(side: Side = .greater) -> SelectionSteps {
        SelectionSteps(trusted: [0.025, 0.5], side: side)
    }

    /// Intervals of p, one more than there are cuts.
    public var intervals: Int { cuts.count + 1 }

    /// Number of the interval that a p lies in, 0 for the smallest.
    public func interval(of p: Double) -> Int { cuts.firstIndex { p <= $0 } ?? cuts.count }
}
