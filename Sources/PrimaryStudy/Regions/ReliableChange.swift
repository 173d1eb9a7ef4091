import Statistics

/// Whose change is more than the measurement's unreliability would make (Jacobson & Truax 1991,
/// doi:10.1037/0022-006X.59.1.12), and how much of a group's change regression to the mean explains.
public struct ReliableChange: Hashable, Sendable {
    /// r of two measurements without treatment: stated, or estimated (``IntraclassCorrelation/consistency``).
    public let reliability: Double
    /// Of the first measurement over people.
    public let mean: Double
    public let standardDeviation: Double

    /// nil unless the reliability is from 0 to below 1 and the deviation above 0.
    ///
    /// - Parameters:
    ///   - mean, standardDeviation: of the population the people come from, best from norms; of the sample itself regression to
    ///     the mean cannot be told.
    public init?(reliability: Double, mean: Double, standardDeviation: Double) {
        guard reliability >= 0, reliability < 1, standardDeviation > 0, mean.isFinite, standardDeviation.isFinite else {
            return nil
        }
        self.reliability = reliability
        self.mean = mean
        self.standardDeviation = standardDeviation
    }

    /// SD·√(1 − r).
    public var standardErrorOfMeasurement: Double { standardDeviation * (1 - reliability).squareRoot() }

    /// √2·SEM.
    public var standardErrorOfDifference: Double { 2.0.squareRoot() * standardErrorOfMeasurement }

    /// (second − first)/(√2·SEM).
    public func index(first: Double, second: Double) -> Double { (second - first) / standardErrorOfDifference }

    /// The smallest change that is reliable at a two-sided level.
    public func smallestReliable(level: Double = 0.95) -> Double {
        -Normal.quantile((1 - level) / 2) * standardErrorOfDifference
    }

    /// The change that regression to the mean alone would make of a person, or of a group's mean, chosen for a first value: (1 − r)(M − first).
    public func regressionToMean(first: Double) -> Double { (1 - reliability) * (mean - first) }
}
