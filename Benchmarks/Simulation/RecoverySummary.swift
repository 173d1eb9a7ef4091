import Foundation
import Statistics

/// All replicates of a simulation.
public struct RecoverySummary: Sendable {
    public let regions: TruthRegions
    public let replicates: [Recovery.Replicate]

    public var peaks: [ReplicateScore] { replicates.compactMap(\.peaks) }
    public var maps: [ReplicateScore] { replicates.compactMap(\.maps) }
}

/// A mean over replicates and its Monte-Carlo standard error.
public struct MonteCarloMean: Hashable, Sendable {
    public let mean: Double
    public let standardError: Double

    public init(_ values: [Double]) {
        let n = Double(values.count)
        let mean = values.reduce(0, +) / n
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
        self.mean = mean
        standardError = (variance / n).squareRoot()
    }
}

/// A share over replicates with Wilson's 95 % interval.
///
/// Voxels of one replicate are correlated, so a region's share does not count as voxels × replicates trials but as the
/// number that gives the variance seen between replicates (Korn & Graubard 1998, Survey Methodology 24:193), and never
/// fewer than one trial per replicate.
public struct MonteCarloShare: Hashable, Sendable {
    public let share: Double
    public let interval: ClosedRange<Double>

    /// - Parameter values: the share of each replicate, 0…1; at least two.
    public init(_ values: [Double]) {
        let estimate = MonteCarloMean(values)
        let p = min(max(estimate.mean, 0), 1)
        let squaredError = estimate.standardError * estimate.standardError
        let equivalent = squaredError > 0 ? p * (1 - p) / squaredError : 0
        share = p
        interval = Self.wilson(p, trials: max(equivalent, Double(values.count)))
    }

    /// Wilson 1927, doi:10.1080/01621459.1927.10502953.
    public static func wilson(_ p: Double, trials n: Double) -> ClosedRange<Double> {
        let z = 1.959964
        let centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
        return max(0, centre - half)...min(1, centre + half)
    }
}
