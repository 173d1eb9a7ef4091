/// What became of a finding when each experiment, or each sample, was left out and the analysis repeated.
public struct JackknifeRuns: Hashable, Sendable {
    public struct Run: Hashable, Sendable {
        /// Experiment or sample that was left out.
        public var leftOut: String
        public var g: Double
        /// z at the place.
        public var z: Double
        public var isSignificant: Bool

        /// Whether the model can be estimated without it.
        public var isEstimable: Bool { !z.isNaN }

        public init(leftOut: String, g: Double, z: Double, isSignificant: Bool) {
            self.leftOut = leftOut
            self.g = g
            self.z = z
            self.isSignificant = isSignificant
        }
    }

    public var runs: [Run]
    /// |z| that had to be passed.
    public var threshold: Double
    /// z with all of them.
    public var z: Double
    /// What was left out, in the singular: `experiment` or `sample`.
    public var unit: String

    public init(runs: [Run], threshold: Double, z: Double, unit: String = "experiment") {
        self.runs = runs
        self.threshold = threshold
        self.z = z
        self.unit = unit
    }

    /// How many runs keep the finding.
    public var kept: Int { runs.count(where: \.isSignificant) }

    /// How many runs could be done.
    public var done: Int { runs.count(where: \.isEstimable) }

    /// What the model cannot be estimated without.
    public var notEstimable: [String] { runs.filter { !$0.isEstimable }.map(\.leftOut) }

    /// The run that moves the effect most; nil where none could be done.
    public func mostInfluential(on effect: Double) -> Run? {
        runs.filter(\.isEstimable).max { abs($0.g - effect) < abs($1.g - effect) }
    }

    /// Runs without which the finding is lost, the weakest first.
    public var losses: [Run] {
        runs.filter { $0.isEstimable && !$0.isSignificant }.sorted { abs($0.z) < abs($1.z) }
    }
}
