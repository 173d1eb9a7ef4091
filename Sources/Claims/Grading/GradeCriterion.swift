/// One demand of a grade, what was found, and whether that is enough.
public struct GradeCriterion: Hashable, Sendable {
    /// What is asked; each has a line in Docs/claims.md.
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        /// Studies that measured the effect.
        case measured
        /// Studies that measured it or gave its sign.
        case reporting
        /// Share of studies that reported nothing of the region.
        case silence
        /// Bayes factor for the claim against no effect, with the claim's own scale.
        case bayesFor = "bayes-for"
        /// The smallest of it over three scales of the prior.
        case bayesForAllScales = "bayes-for-all-scales"
        /// Bayes factor for the claim against the other direction.
        case bayesOverOpposite = "bayes-over-opposite"
        /// End of the 95 % interval on the side away from the claim, in the claim's direction.
        case interval
        /// The smallest Bayes factor against no effect with a study left out.
        case withoutOne = "without-one"
        /// p of small-study effects.
        case smallStudies = "small-studies"
        /// p of an excess of significant studies.
        case excess
        /// Share of new studies whose true effect is expected to go the claim's way.
        case sharePositive = "share-positive"
        /// The largest Bayes factor for the claim over three scales: for no effect it has to be small.
        case bayesAgainst = "bayes-against"
        /// End of the 95 % interval on the claim's side: for no effect it has to leave out what would matter.
        case upperEnd = "upper-end"
        /// The same of the studies alone that measured it: silent ones are imputed around nothing.
        case upperEndMeasured = "upper-end-measured"
        /// The largest of these ends with a study left out.
        case upperEndWithoutOne = "upper-end-without-one"
        /// The smallest Bayes factor of the other direction against no effect over three scales.
        case bayesOpposite = "bayes-opposite"
        /// End of the 95 % interval on the claim's side: for the other direction it has to be below 0.
        case oppositeInterval = "opposite-interval"
        /// The smallest Bayes factor of the other direction with a study left out.
        case oppositeWithoutOne = "opposite-without-one"
    }

    public var kind: Kind
    /// Nil where it cannot be computed; then it is not passed.
    public var value: Double?
    public var cutoff: Double
    /// Whether the value has to be above the cut-off (or equal), or below.
    public var isAtLeast: Bool
    public var isPassed: Bool

    init(_ kind: Kind, _ value: Double?, atLeast cutoff: Double) {
        self.kind = kind
        self.value = value.flatMap { $0.isNaN ? nil : $0 }
        self.cutoff = cutoff
        isAtLeast = true
        isPassed = self.value.map { $0 >= cutoff } ?? false
    }

    init(_ kind: Kind, _ value: Double?, atMost cutoff: Double) {
        self.kind = kind
        self.value = value.flatMap { $0.isNaN ? nil : $0 }
        self.cutoff = cutoff
        isAtLeast = false
        isPassed = self.value.map { $0 <= cutoff } ?? false
    }

    /// In a sentence.
    public var words: String {
        switch kind {
        case .measured: "studies that measured the effect"
        case .reporting: "studies that measured it or gave its direction"
        case .silence: "share of studies that reported nothing of the region"
        case .bayesFor: "Bayes factor for the sentence against no effect"
        case .bayesForAllScales: "the same, smallest over three prior scales"
        case .bayesOverOpposite: "Bayes factor for the sentence against the other direction"
        case .interval: "lower end of the 95 % interval, in the sentence’s direction"
        case .withoutOne: "smallest Bayes factor without any one study"
        case .smallStudies: "p of larger effects in smaller studies"
        case .excess: "p of more significant studies than their power allows"
        case .sharePositive: "share of new studies expected to go the sentence’s way"
        case .bayesAgainst: "Bayes factor for the sentence, largest over three prior scales"
        case .upperEnd: "upper end of the 95 % interval, in the sentence’s direction"
        case .upperEndMeasured: "the same, of the studies alone that measured it"
        case .upperEndWithoutOne: "upper end of the 95 % interval, largest without any one study"
        case .bayesOpposite: "Bayes factor for the other direction, smallest over three prior scales"
        case .oppositeInterval: "upper end of the 95 % interval, in the sentence’s direction"
        case .oppositeWithoutOne: "smallest Bayes factor for the other direction without any one study"
        }
    }
}
