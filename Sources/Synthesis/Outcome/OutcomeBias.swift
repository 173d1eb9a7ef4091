public import Statistics

/// Is the literature of an outcome too good? Every test and every corrected mean as one row, and what the funnel shows.
public struct OutcomeBias: Sendable {
    /// A line of the table.
    public struct Row: Hashable, Sendable {
        public enum Kind: String, Hashable, Sendable {
            /// Asks a question; its p is the answer.
            case test
            /// The mean as it would be without the bias that the method assumes.
            case corrected
            /// A count.
            case count
        }

        public var method: String
        public var kind: Kind
        /// What ``value`` is: `slope`, `mean`, `missing studies`.
        public var quantity: String
        public var value: Double
        public var interval: Interval?
        public var statistic: Double?
        public var degreesOfFreedom: Double?
        public var pValue: Double?
        /// In a few words: what a reader must know of it.
        public var note: String

        public init(
            _ method: String, _ kind: Kind, _ quantity: String, value: Double, interval: Interval? = nil,
            statistic: Double? = nil, degreesOfFreedom: Double? = nil, pValue: Double? = nil, note: String = ""
        ) {
            self.method = method
            self.kind = kind
            self.quantity = quantity
            self.value = value
            self.interval = interval
            self.statistic = statistic
            self.degreesOfFreedom = degreesOfFreedom
            self.pValue = pValue
            self.note = note
        }

        init(
            _ method: String, _ kind: Kind, _ quantity: String, _ estimate: Estimate, level: Double, note: String = ""
        ) {
            self.init(
                method, kind, quantity, value: estimate.value, interval: estimate.interval(level: level),
                statistic: estimate.statistic, degreesOfFreedom: estimate.degreesOfFreedom, pValue: estimate.pValue,
                note: note)
        }
    }

    /// A line of the funnel: the effect expected at a standard error.
    public struct EggerLine: Hashable, Sendable {
        public var limit: Double
        public var slope: Double
    }

    /// Of all intervals.
    public var level = 0.95
    /// What was looked at: the effects, or one mean per study.
    public var basis: String
    public var rows: [Row]
    public var egger: EggerLine?
    /// Studies that trim and fill puts in: effect and standard error.
    public var filled: [(effect: Double, error: Double)]

    public init() {
        basis = ""
        rows = []
        egger = nil
        filled = []
    }

    public func first(_ method: String) -> Row? { rows.first { $0.method == method } }

    /// Means corrected for bias; of PET and PEESE the one that PET decides for.
    public var corrected: [Row] {
        rows.filter { $0.kind == .corrected && $0.method != "PET" && $0.method != "PEESE" && $0.value.isFinite }
    }
}
