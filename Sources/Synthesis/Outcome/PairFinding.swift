public import Statistics

/// An outcome whose rows are connections between two regions: every pair pooled by itself, and corrected for their number.
///
/// Estimates, p values and the false discovery rate are those of the outcome's own test. The family-wise p takes the largest |z|
/// (Wald) of all pairs under sign flips of whole studies. See ``RegionPairs``.
public struct PairFinding: Sendable {
    public var pairs: RegionPairs
    /// By pair; nil without permutations.
    public var familyWise: [Double?] { pairs.pairs.map(\.familyWise) }
    /// Sign flips, the observed one among them.
    public var permutations: Int { pairs.permutations }
    /// Whether these are all flips that there are.
    public var isExact: Bool { pairs.isExact }
    /// The smallest family-wise p that so many studies and flips can give.
    public var smallestP: Double { 1 / Double(max(1, permutations)) }

    /// - Returns: nil where fewer than two pairs are named, or no pair has two studies.
    init?(_ effects: [SynthesisEffect], settings: SynthesisSettings) {
        // Publications on the same people are one study: they flip together.
        let clusters = SampleClusters(effects).names
        let entries = zip(effects, clusters).compactMap { effect, cluster -> RegionPairs.Entry? in
            guard let first = effect.region, let second = effect.secondRegion else { return nil }
            return RegionPairs.Entry(
                study: cluster, first: first, second: second, effect: effect.value, variance: effect.variance)
        }
        guard Set(entries.map { [$0.first, $0.second].sorted() }).count > 1,
            let pairs = try? RegionPairs(
                entries, estimator: settings.estimator, test: settings.estimator == .fixed ? .wald : settings.test,
                flipTest: .wald, correlation: settings.correlation, permutations: settings.permutations ?? 1000)
        else { return nil }
        self.pairs = pairs
    }
}
