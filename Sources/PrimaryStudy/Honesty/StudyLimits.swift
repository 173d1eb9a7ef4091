/// What a study of this size can and cannot show: the smallest effect it finds, and how far what it finds is too large.
///
/// All at one voxel (or region) that was named beforehand (``StudyPower``). With the threshold that the permutations
/// gave for the whole area, the same numbers hold for an effect at one place while everything is searched.
public struct StudyLimits: Hashable, Sendable {
    /// A true effect and what becomes of it.
    public struct Case: Hashable, Sendable {
        /// d, of correlations r.
        public let effect: Double
        /// Chance that it is found.
        public let power: Double
        /// Type M: how many times too large it looks on average when it is found.
        public let exaggeration: Double
        /// Type S: chance that it has the wrong sign when it is found.
        public let wrongSign: Double
        /// People (in all) who would find it in four of five studies; nil beyond 5,000.
        public let needed: Int?
    }

    /// One threshold.
    public struct Row: Hashable, Sendable {
        public let name: String
        /// |t| that has to be passed; nil where no |t| is enough.
        public let critical: Double?
        /// The smallest |d| (|r|) that can be called a finding.
        public let smallest: Double?
        /// The true |d| (|r|) that is found in four of five studies.
        public let detectable: Double?
        public let cases: [Case]
    }

    public let degreesOfFreedom: Int
    /// Whether effects are correlations.
    public let isCorrelation: Bool
    public let rows: [Row]

    /// Whether the last row is of the corrected test; else all are of one test without correction.
    public var isCorrected: Bool { rows.count > 1 }

    /// Small, middling and large by Cohen's words.
    static let plausible = [0.2, 0.5, 0.8]
    static let plausibleCorrelations = [0.1, 0.3, 0.5]

    /// - Parameters:
    ///   - dPerT: √(1/n), or √(1/n₁ + 1/n₂).
    ///   - people: n in all.
    ///   - thresholds: names, and |t| (nil: not to be had).
    public init(
        degreesOfFreedom df: Int, dPerT: Double, people: Int, isCorrelation: Bool,
        thresholds: [(name: String, critical: Double?)]
    ) {
        degreesOfFreedom = df
        self.isCorrelation = isCorrelation
        rows = thresholds.map { name, critical in
            guard let critical, critical.isFinite, df > 0 else {
                return Row(name: name, critical: nil, smallest: nil, detectable: nil, cases: [])
            }
            let size = StudyPower(degreesOfFreedom: Double(df), dPerT: dPerT, isCorrelation: isCorrelation)
            let effects = isCorrelation ? Self.plausibleCorrelations : Self.plausible
            return Row(
                name: name, critical: critical, smallest: size.effect(t: critical),
                detectable: size.detectable(critical),
                cases: effects.map { effect in
                    let found = size.outcome(effect, critical)
                    return Case(
                        effect: effect, power: found.power, exaggeration: found.exaggeration,
                        wrongSign: found.wrongSign,
                        needed: size.needed(effect, critical: critical, people: people))
                })
        }
    }
}
