public import Statistics

/// How high a peak is of which only the sign was reported, relative to the threshold it exceeded: a few ratios
/// t / t(threshold) with weights.
///
/// Such a peak is not as small as can be. In 746 peaks of 56 studies of two projects (threshold p ≈ .001, studies
/// weighted equally) the 10, 25, 50, 75 and 90 % quantiles of t / t(threshold) are the default ratios; n hardly matters, the
/// reporting rule and the threshold do. A mixture over heights is robust where one factor for all would be wrong.
public struct SignOnlyHeights: Hashable, Sendable {
    /// Ascending, at least 1, at most eight.
    public let ratios: [Double]
    /// Of each; they sum to 1.
    public let weights: [Double]

    /// Most heights.
    public static let most = 8

    /// - Returns: nil unless there are one to eight ratios, each positive and finite, and as many weights, positive.
    public init?(ratios: [Double], weights: [Double]) {
        let sum = weights.reduce(0, +)
        guard !ratios.isEmpty, ratios.count <= Self.most, ratios.count == weights.count,
            ratios.allSatisfy({ $0 > 0 && $0.isFinite }), weights.allSatisfy({ $0 > 0 }), sum.isFinite
        else { return nil }
        self.ratios = ratios
        self.weights = weights.map { $0 / sum }
    }

    private init(known ratios: [Double], _ weights: [Double]) {
        self.ratios = ratios
        self.weights = weights
    }

    /// As found for thresholds of about p = .001.
    public static let expected = SignOnlyHeights(
        known: [1.10, 1.22, 1.49, 2.07, 2.86], [0.175, 0.2, 0.25, 0.2, 0.175])
    /// Every such peak is as high as its threshold.
    public static let threshold = SignOnlyHeights(known: [1], [1])

    /// From a project's own peaks with t: the five quantiles of the default, studies weighted equally.
    /// - Parameter studies: for each, t / t(threshold) of its peaks; ratios that are not positive do not count.
    /// - Returns: nil where fewer than `least` peaks have a ratio.
    public init?(ofStudies studies: [[Double]], atLeast least: Int = 30) {
        let usable = studies.map { $0.filter { $0 > 0 && $0.isFinite } }.filter { !$0.isEmpty }
        guard usable.reduce(0, { $0 + $1.count }) >= max(least, 1) else { return nil }
        let weighted = usable.flatMap { study in study.map { (ratio: $0, weight: 1 / Double(study.count)) } }
            .sorted { $0.ratio < $1.ratio }
        let total = Double(usable.count)
        let quantiles = [0.1, 0.25, 0.5, 0.75, 0.9].map { share in
            var sum = 0.0
            for (ratio, weight) in weighted {
                sum += weight
                if sum >= share * total * (1 - 1e-12) { return ratio }
            }
            return weighted[weighted.count - 1].ratio
        }
        self.init(known: quantiles, Self.expected.weights)
    }

    /// Effects at these heights in multiples of the effect at the threshold: the ratios themselves of a change, whose g is
    /// proportional to t; less of a correlation, whose Fisher's z bends.
    public func multiples(scale: EffectScale, thresholdT: Double) -> [Double] {
        let b = scale.g(fromT: thresholdT)
        return ratios.map { scale.g(fromT: $0 * thresholdT) / b }
    }
}
