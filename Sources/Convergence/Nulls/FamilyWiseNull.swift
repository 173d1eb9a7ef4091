import Foundation

/// The largest statistics of random foci or permuted labels, and what they make of observed values.
public struct FamilyWiseNull: Sendable, Hashable {
    /// What is compared with its largest value anywhere.
    public enum Measure: String, Sendable, CaseIterable {
        case voxel, size, mass, tfce
    }

    /// Statistic that voxels of a cluster exceed.
    public var threshold: Double
    /// One row per measure, one value per iteration; no row for a measure that was not taken.
    public var maxima: [Measure: [Double]]

    public init(threshold: Double, maxima: [Measure: [Double]]) {
        self.threshold = threshold
        self.maxima = maxima
    }

    /// Iterations.
    public var count: Int { maxima[.voxel]?.count ?? 0 }

    /// The smallest corrected p that this many iterations can give: 1/N.
    public var smallestP: Double { 1 / Double(max(count, 1)) }

    /// Corrected p: the share of iterations whose maximum is at least as large, never below 1/N nor above 1 − 1/N.
    public struct CorrectedP: Sendable {
        private let sorted: [Double]

        public init(maxima: [Double]) { sorted = maxima.sorted() }

        /// How many maxima are smaller.
        fileprivate func rank(_ value: Double) -> Int {
            var low = 0
            var high = sorted.count
            while low < high {
                let middle = (low + high) / 2
                if sorted[middle] < value { low = middle + 1 } else { high = middle }
            }
            return low
        }

        fileprivate func p(rank: Int) -> Double {
            let n = Double(max(sorted.count, 1))
            return min(1 - 1 / n, max(1 / n, 1 - Double(rank) / n))
        }

        fileprivate var ranks: ClosedRange<Int> { 0...sorted.count }

        public func callAsFunction(_ value: Double) -> Double { p(rank: rank(value)) }
    }

    public func correctedP(_ measure: Measure) -> CorrectedP? { maxima[measure].map(CorrectedP.init(maxima:)) }

    /// ln of the corrected p of every value of a map.
    package func logP(_ measure: Measure, _ values: [Double]) -> [Double]? {
        guard let corrected = correctedP(measure) else { return nil }
        let logs = corrected.ranks.map { log(corrected.p(rank: $0)) }
        return values.map { logs[corrected.rank($0)] }
    }
}
