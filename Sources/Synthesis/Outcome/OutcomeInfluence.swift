public import Statistics

/// What the mean of an outcome hangs on: each study left out, the order of the years, what makes the heterogeneity.
public struct OutcomeInfluence: Sendable {
    /// The mean without one study.
    public struct Omission: Hashable, Sendable {
        public var study: String
        public var estimate: Estimate
        public var tau2: Double
        public var i2: Double
        public var weight: Double
        public var residual: Double
        public var cooksDistance: Double
        public var dffits: Double
        public var hat: Double
        public var covarianceRatio: Double
        /// By the rule of Viechtbauer & Cheung 2010.
        public var isInfluential: Bool
        /// Part of Cochran's Q, and what leaving the study out does to the mean (Baujat et al. 2002).
        public var baujatHeterogeneity: Double
        public var baujatInfluence: Double
    }

    /// The mean after one more study.
    public struct Step: Hashable, Sendable {
        public var study: String
        public var year: Int
        public var estimate: Estimate
        public var tau2: Double
    }

    /// The mean once another of the largest has gone (``LargestDropped``).
    public struct Dropped: Hashable, Sendable {
        public var order: LargestDropped.Order
        /// How many are gone.
        public var count: Int
        /// The last one to go.
        public var study: String
        public var estimate: Estimate
    }

    /// What was left out: effects, or studies with one mean each.
    public var basis = ""
    /// The mean of all on that basis, which the omissions are compared with; nil with fewer than three.
    public var whole: Estimate?
    /// In the order of the table; those without which nothing can be fitted are left out.
    public var omissions: [Omission] = []
    /// By year; empty where a year is not known.
    public var cumulative: [Step] = []
    /// The most precise studies first, then the largest effects first, each until three are left.
    public var dropped: [Dropped] = []
    /// How many of them must go until p crosses .05 or the mean its sign; nil where none suffices.
    public var reversals: [LargestDropped.Order: Int] = [:]
    /// Studies without a year.
    public var undated: [String] = []

    /// The mean of subsets of the studies; nil with fewer than four.
    public var subsets: SubsetPooling?
    /// The median of the means of subsets with and without each study, by its name.
    public var subsetMedians: [String: SubsetMedians] = [:]

    public struct SubsetMedians: Hashable, Sendable {
        public var with: Double
        public var without: Double
    }

    public init() {}

    /// The largest study: that with most weight.
    public var largest: Omission? { omissions.max { ($0.weight, $1.study) < ($1.weight, $0.study) } }

    /// The omission after which the mean is farthest from that of all.
    public func farthest(from value: Double) -> Omission? {
        omissions.max { abs($0.estimate.value - value) < abs($1.estimate.value - value) }
    }
}
