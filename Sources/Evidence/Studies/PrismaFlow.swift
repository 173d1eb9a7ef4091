/// How studies were found and chosen: the counts of a PRISMA 2020 flow diagram (databases and registers), as the plan
/// states them.
///
/// Source: Page MJ and others, 2021, BMJ 372: n71, doi 10.1136/bmj.n71, figure 1. A box that is nil is not stated.
public struct PrismaFlow: Hashable, Sendable, Codable {
    /// A count with a name: records of a database, reports with a reason for leaving them out.
    public struct Count: Hashable, Sendable, Codable {
        /// Empty where the plan gives one number for all.
        public var name: String
        public var count: Int

        public init(name: String, count: Int) {
            self.name = name
            self.count = count
        }
    }

    /// Records identified.
    public var databases: [Count] = []
    public var registers: [Count] = []
    /// Records removed before screening.
    public var duplicates: Int?
    /// Marked as ineligible by automation tools.
    public var automation: Int?
    public var otherRemoved: Int?
    public var screened: Int?
    /// Records excluded by title and abstract.
    public var excluded: Int?
    /// Reports sought for retrieval.
    public var sought: Int?
    public var notRetrieved: Int?
    /// Reports assessed for eligibility.
    public var assessed: Int?
    /// Reports excluded, by reason.
    public var exclusions: [Count] = []
    /// Reports of included studies; nil where each study has one.
    public var reports: Int?
    /// Studies included.
    public var included: Int?
    /// Of the section in the plan.
    public var source: SourceLocation?

    public init() {}

    /// Records from databases and registers; nil where none is stated.
    public var identified: Int? {
        let all = databases + registers
        return all.isEmpty ? nil : all.reduce(0) { $0 + $1.count }
    }

    /// A step of the flow: what comes in, what leaves, and what should be left.
    public struct Step: Hashable, Sendable {
        /// Keys of the plan.
        public var from: String
        public var minus: String
        public var to: String
        public var start: Int
        public var removed: Int
        public var left: Int

        /// Whether the numbers add up.
        public var holds: Bool { start - removed == left }
    }

    /// The steps of which all three numbers are known. A box of removals that is not stated counts as 0 where another of the
    /// same step is stated; where none is, the step is unknown.
    public var steps: [Step] {
        func sum(_ parts: [Int?]) -> Int? {
            let stated = parts.compactMap { $0 }
            return stated.isEmpty ? nil : stated.reduce(0, +)
        }
        let reasons = exclusions.isEmpty ? nil : exclusions.reduce(0) { $0 + $1.count }
        let all: [(String, String, String, Int?, Int?, Int?)] = [
            (
                "databases and registers", "duplicates, automation and other_removed", "screened", identified,
                sum([duplicates, automation, otherRemoved]), screened
            ),
            ("screened", "excluded", "sought", screened, excluded, sought),
            ("sought", "not_retrieved", "assessed", sought, notRetrieved, assessed),
            ("assessed", "exclusions", reports == nil ? "included" : "reports", assessed, reasons, reports ?? included),
        ]
        return all.compactMap { from, minus, to, start, removed, left in
            guard let start, let removed, let left else { return nil }
            return Step(from: from, minus: minus, to: to, start: start, removed: removed, left: left)
        }
    }
}
