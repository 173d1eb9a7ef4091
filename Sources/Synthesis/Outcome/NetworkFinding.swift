public import Statistics

/// Treatments compared with each other, directly and through others: rows are contrasts of the treatments that two columns
/// name (``TreatmentNetwork``).
///
/// Several results of a study on one comparison are taken as their mean. Of a study with more than two arms only contrasts
/// that do not follow from the others are kept; errors of two contrasts with one arm in common have the variance of that arm
/// in common where the rows tell it, and else are taken to correlate by ½ (``SharedErrors``).
public struct NetworkFinding: Sendable {
    public struct Treatment: Hashable, Sendable {
        public var name: String
        /// Studies with it.
        public var studies: Int
        /// It minus the reference; nil of the reference itself.
        public var estimate: Estimate?
        /// How surely its effects are larger than the others' (``TreatmentNetwork/pScores()``).
        public var pScore: Double
    }

    public struct Pair: Hashable, Sendable {
        public var treatment: String
        public var comparator: String
        /// `treatment` minus `comparator`, by all comparisons together.
        public var estimate: Estimate
        /// By the studies that compared the two, with the network's τ²; nil where none did.
        public var direct: Estimate?
        public var directStudies: Int

        /// What the other comparisons say, by taking the direct one out of the network's (König, Krahn & Binder 2013,
        /// doi:10.1002/sim.6001; with studies of more than two arms an approximation); nil without either kind.
        public var indirect: Estimate? {
            guard let direct else { return nil }
            let whole = 1 / (estimate.standardError * estimate.standardError)
            let own = 1 / (direct.standardError * direct.standardError)
            // As precise as the direct one: there is no other way from one to the other.
            guard whole > own * (1 + 1e-6) else { return nil }
            let rest = whole - own
            return Estimate(
                value: (whole * estimate.value - own * direct.value) / rest, standardError: (1 / rest).squareRoot())
        }

        /// Direct minus indirect: do they agree?
        public var disagreement: Estimate? {
            guard let direct, let indirect else { return nil }
            let error = (direct.standardError * direct.standardError + indirect.standardError * indirect.standardError)
                .squareRoot()
            return Estimate(value: direct.value - indirect.value, standardError: error)
        }
    }

    /// The reference first, then by their effect, the largest first.
    public var treatments: [Treatment]
    /// Every two treatments once.
    public var pairs: [Pair]
    public var reference: String
    public var studies: Int
    /// Contrasts that were pooled.
    public var contrasts: Int
    /// Between studies, of a contrast.
    public var tau2: Double
    /// Q of the common-effect model within designs and between them; differences between studies raise both.
    public var within: JointTest
    public var between: JointTest
    /// Treatments that no chain of comparisons connects with the rest, left out.
    public var unconnected: [String]
    /// Rows whose two treatments are not named, or are the same.
    public var unnamed: Int
    /// What is known of the errors of contrasts with an arm in common.
    public var shared: SharedErrors

    /// Pairs of contrasts of one study with an arm in common, by what the covariance of their errors was made from.
    public struct SharedErrors: Hashable, Sendable {
        /// The variance of that arm, told by the rows or by the variances of all comparisons of the study; of standardised
        /// differences by Gleser & Olkin.
        public var known: Int
        /// The sizes of the arms alone.
        public var bySize: Int
        /// Nothing: a correlation of ½ was taken.
        public var assumed: Int
        /// Studies with such pairs.
        public var assuming: [String]
    }

    /// nil where no two treatments can be compared, with the reason.
    static func read(
        _ effects: [SynthesisEffect], settings: SynthesisSettings
    ) -> (finding: NetworkFinding?, problem: String?) {
        guard let columns = settings.compared else { return (nil, nil) }
        let all = NetworkContrasts(effects, columns: columns, correlation: settings.correlation)
        guard !all.contrasts.isEmpty else { return (nil, "no row names two different treatments") }
        let (kept, unconnected) = all.connected
        do throws(SynthesisError) {
            let finding = try NetworkFinding(
                kept, reference: settings.reference,
                method: settings.likelihood,
                comparisons: all.comparisons, unconnected: unconnected, unnamed: all.unnamed)
            return (finding, nil)
        } catch {
            return (nil, "\(error)")
        }
    }

    private init(
        _ contrasts: [TreatmentNetwork.Contrast], reference stated: String?, method: MultilevelModel.Method,
        comparisons: [StudyComparison], unconnected: [String], unnamed: Int
    ) throws(SynthesisError) {
        let names = Grouping(contrasts.flatMap { [$0.comparator, $0.treatment] })
        // What most studies compared with.
        let comparators = Grouping(contrasts.map(\.comparator))
        let most = comparators.labels.indices.max {
            (comparators.members[$0].count, -$0) < (comparators.members[$1].count, -$1)
        }
        let reference = stated ?? most.map { comparators.labels[$0] } ?? names.labels[0]
        let arms = try SharedArms(contrasts, among: comparisons)
        let network = try TreatmentNetwork(
            contrasts, sampling: arms.sampling, reference: reference, method: method)
        let scores = try network.pScores()
        var treatments: [Treatment] = []
        for (n, name) in network.treatments.enumerated() {
            let own = contrasts.filter { $0.treatment == name || $0.comparator == name }
            treatments.append(
                Treatment(
                    name: name, studies: Set(own.map(\.study)).count,
                    estimate: n == 0 ? nil : try network.comparison(name, with: reference), pScore: scores[n]))
        }
        let others = treatments.dropFirst().sorted {
            ($0.estimate?.value ?? 0, $1.name) > ($1.estimate?.value ?? 0, $0.name)
        }
        self.treatments = treatments.prefix(1) + others
        var pairs: [Pair] = []
        for (n, first) in self.treatments.enumerated() {
            for second in self.treatments.dropFirst(n + 1) {
                // The reference stands second, as readers expect.
                let (a, b) = n == 0 ? (second.name, first.name) : (first.name, second.name)
                let direct = Self.direct(contrasts, a, b, tau2: network.tau2)
                pairs.append(
                    Pair(
                        treatment: a, comparator: b, estimate: try network.comparison(a, with: b),
                        direct: direct.estimate, directStudies: direct.studies))
            }
        }
        self.pairs = pairs
        self.reference = reference
        studies = Set(contrasts.map(\.study)).count
        self.contrasts = contrasts.count
        tau2 = network.tau2
        within = network.withinDesigns
        between = network.betweenDesigns
        self.unconnected = unconnected
        self.unnamed = unnamed
        func count(_ rules: SharedArms.Rule...) -> Int { rules.reduce(0) { $0 + (arms.pairs[$1] ?? 0) } }
        shared = SharedErrors(
            known: count(.variance, .standardized, .triangle), bySize: count(.sizes), assumed: count(.half),
            assuming: arms.assuming)
    }

    /// The inverse-variance mean of the contrasts of these two.
    private static func direct(
        _ contrasts: [TreatmentNetwork.Contrast], _ a: String, _ b: String, tau2: Double
    ) -> (estimate: Estimate?, studies: Int) {
        var weight = 0.0
        var sum = 0.0
        var studies = 0
        for contrast in contrasts where Set([contrast.treatment, contrast.comparator]) == Set([a, b]) {
            let w = 1 / (contrast.variance + tau2)
            weight += w
            sum += w * (contrast.treatment == a ? contrast.effect : -contrast.effect)
            studies += 1
        }
        guard weight > 0 else { return (nil, 0) }
        return (Estimate(value: sum / weight, standardError: (1 / weight).squareRoot()), studies)
    }
}
