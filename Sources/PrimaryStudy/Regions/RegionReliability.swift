import Foundation

/// How reliable a region's values are, whose change is more than that, and what regression to the mean would make of it.
public struct RegionReliability: Sendable {
    public struct Person: Hashable, Sendable {
        public let subject: String
        public let first: Double
        public let last: Double
        /// Change over its standard error of measurement (``ReliableChange/index(first:second:)``).
        public let index: Double
        /// Whether it is beyond what unreliability makes in 95 % of unchanged people.
        public let isReliable: Bool
        /// The change that regression to the mean alone would make of a person with this first value.
        public let expected: Double
    }

    public let region: String
    /// Of sessions without treatment; nil where the reliability was stated.
    public let estimate: IntraclassCorrelation?
    public let change: ReliableChange
    /// Those with both values.
    public let people: [Person]

    /// Where mean and spread are of other measurements than the first of these people, a group's change by regression to the mean can be
    /// told: people who were chosen for high values fall. Else it is 0 by construction.
    public var expectedOfGroup: Double? {
        guard estimate != nil, !people.isEmpty else { return nil }
        return people.reduce(0) { $0 + $1.expected } / Double(people.count)
    }

    /// By a reliability that is stated: mean and spread are those of the people's first values. nil where they have no spread.
    public init?(_ region: String, reliability: Double, subjects: [String], first: [Double], last: [Double]) {
        let present = first.filter(\.isFinite)
        guard let (mean, deviation) = Self.moments(present),
            let change = ReliableChange(reliability: reliability, mean: mean, standardDeviation: deviation)
        else { return nil }
        self.init(region, nil, change, subjects, first, last)
    }

    /// By sessions without treatment: consistency ICC(3,1), 0 where it is below, and the mean and spread of all their values. nil where there
    /// is no spread.
    ///
    /// - Parameter repeats: [people][sessions].
    public init?(_ region: String, repeats: [[Double]], subjects: [String], first: [Double], last: [Double]) {
        guard let icc = IntraclassCorrelation(repeats) else { return nil }
        // The spread within sessions: differences of session means are no spread between people.
        let sessions = repeats[0].indices.compactMap { session in Self.moments(repeats.map { $0[session] }) }
        let count = Double(sessions.count)
        let variance = sessions.reduce(0) { $0 + $1.1 * $1.1 } / count
        guard
            let change = ReliableChange(
                reliability: max(0, icc.consistency), mean: sessions.reduce(0) { $0 + $1.0 } / count,
                standardDeviation: variance.squareRoot())
        else { return nil }
        self.init(region, icc, change, subjects, first, last)
    }

    private init(
        _ region: String, _ estimate: IntraclassCorrelation?, _ change: ReliableChange, _ subjects: [String],
        _ first: [Double], _ last: [Double]
    ) {
        self.region = region
        self.estimate = estimate
        self.change = change
        let least = change.smallestReliable()
        people = subjects.indices.filter { first[$0].isFinite && last[$0].isFinite }.map { n in
            Person(
                subject: subjects[n], first: first[n], last: last[n],
                index: change.index(first: first[n], second: last[n]), isReliable: abs(last[n] - first[n]) > least,
                expected: change.regressionToMean(first: first[n]))
        }
    }

    /// Mean and standard deviation; nil of fewer than 3.
    private static func moments(_ values: [Double]) -> (Double, Double)? {
        guard values.count >= 3 else { return nil }
        let n = Double(values.count)
        let mean = values.reduce(0, +) / n
        return (mean, (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)).squareRoot())
    }
}
