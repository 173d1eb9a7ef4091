public import Statistics

/// The mean and the heterogeneity of every subset of the studies: the GOSH plot of Olkin, Dahabreh & Trikalinos 2012
/// (doi:10.1002/jrsm.1053), metafor's `gosh`. Two clouds mean two kinds of studies.
///
/// All subsets where there are few, else a random part of them, each equally likely; the draws are counted, not drawn in turn,
/// so they do not depend on threads.
public struct SubsetPooling: Sendable {
    public struct Subset: Hashable, Sendable {
        /// Numbers of its studies.
        public var studies: [Int]
        public var effect: Double
        public var tau2: Double
        /// A share.
        public var i2: Double
        public var q: Double
    }

    public let subsets: [Subset]
    /// Whether these are all.
    public let isComplete: Bool
    public let studies: Int

    /// - Parameters:
    ///   - effects, variances: S each.
    ///   - estimator: of τ².
    ///   - smallest: studies that a subset has at least, 1 or more.
    ///   - most: as many subsets; a sample of so many where there are more.
    ///   - seed: of the sample.
    public init(
        effects: [Double], variances: [Double], estimator: RandomEffects.Estimator = .reml, smallest: Int = 2,
        most: Int = 32_768, seed: UInt64 = 1
    ) throws(MetaRegressionError) {
        let count = effects.count
        guard count == variances.count else {
            throw .shape(effects: count, variances: variances.count, designRows: count)
        }
        for i in effects.indices where !(effects[i].isFinite && variances[i].isFinite && variances[i] > 0) {
            throw .badValue(row: i)
        }
        let smallest = max(1, smallest)
        guard count >= smallest else { throw .tooFewStudies(studies: count, coefficients: 1) }
        func pooled(_ kept: [Int]) -> Subset {
            let fit = RandomEffects(
                effects: kept.map { effects[$0] }, variances: kept.map { variances[$0] }, estimator: estimator)
            return Subset(studies: kept, effect: fit.effect, tau2: fit.tau2, i2: max(0, fit.i2), q: fit.q)
        }
        let isComplete = count <= 30 && (1 << count) <= max(2, most)
        var subsets: [Subset] = []
        if isComplete {
            for bits in 1..<(1 << count) where bits.nonzeroBitCount >= smallest {
                subsets.append(pooled((0..<count).filter { bits >> $0 & 1 == 1 }))
            }
        } else {
            let draw = Philox(seed: seed, name: "subsets of studies", purpose: 0)
            var number: UInt64 = 0
            // Each study is in with chance ½, and subsets too small are drawn again: all others are equally likely.
            while subsets.count < most, number < 100 * UInt64(max(1, most)) {
                let kept = (0..<count).filter { i in
                    let block = draw([
                        UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: number >> 32),
                        UInt32(truncatingIfNeeded: i / 128), 0,
                    ])
                    return block[i / 32 % 4] >> UInt32(i % 32) & 1 == 1
                }
                number += 1
                if kept.count >= smallest { subsets.append(pooled(kept)) }
            }
        }
        self.subsets = subsets
        self.isComplete = isComplete
        studies = count
    }

    /// The median of the subsets' means with, and without, a study: far apart where much hangs on it. Nil where it is in all
    /// subsets or in none.
    public func medians(study: Int) -> (with: Double, without: Double)? {
        var (with, without): ([Double], [Double]) = ([], [])
        for subset in subsets {
            if subset.studies.contains(study) { with.append(subset.effect) } else { without.append(subset.effect) }
        }
        guard !with.isEmpty, !without.isEmpty else { return nil }
        return (Self.median(with), Self.median(without))
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return 0.5 * (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2])
    }
}
