import Evidence
import Figures
import Inference
import SeedBasedMapping

/// The words for a model's permutation test: the same wherever they appear.
struct PermutationWords {
    let test: FamilyWiseResult
    let settings: Settings

    /// Of the test that the tables are cut by; nil without one.
    init?(_ result: ModelResult) { self.init(result, result.familyWise) }

    /// Of the test by base rates beside it; nil without one.
    init?(baseRateOf result: ModelResult) { self.init(result, result.baseRate) }

    private init?(_ result: ModelResult, _ test: FamilyWiseResult?) {
        guard let test else { return nil }
        self.test = test
        settings = result.settings
        statistic = result.correctedStatistic
        // Of a slope the direction is another than that of the peaks.
        if test.kind == .relocations, result.regression == nil {
            unreported = NullDistribution.Tail.allCases.filter { !Self.reports(result.experiments, $0) }
        }
    }

    /// Directions of a mean that no experiment reports.
    private var unreported: [NullDistribution.Tail] = []

    /// Whether some experiment reports an effect of that sign, or may: a map has both.
    private static func reports(_ experiments: [Experiment], _ tail: NullDistribution.Tail) -> Bool {
        experiments.contains { experiment in
            let counts = PeakCounts(experiment)
            let signed = tail == .positive ? counts.increases : counts.decreases
            return experiment.hasMap || signed > 0 || counts.unknown > 0
        }
    }

    /// Why no value could be exceeded where every maximum of a null is 0.
    ///
    /// - Parameter tail: nil for both together.
    func emptiness(_ tail: NullDistribution.Tail?) -> String {
        if let tail, unreported.contains(tail) { return "no experiment reports this direction" }
        return "there is none, neither observed nor by chance"
    }

    var sentence: String {
        let smallest = NullDistribution.Tail.allCases.map { tail in
            let values = NullDistribution.Statistic.allCases.map { statistic in
                let p = test.map(statistic, tail).p.reduce(1) { $1.isNaN ? $0 : min($0, $1) }
                return "\(text(Double(p))) by \(statistic.words)"
            }
            return "\(tail.words): \(values.joined(separator: ", "))"
        }
        let count = test.isExhaustive ? "all \(test.permutations)" : PrettyNumber.count(test.permutations)
        let name =
            test.isBaseRate
            ? "Agreement test by base rates ("
            : test.kind == .relocations
                ? "Agreement test (" : testsCovariates ? "Test of covariates (" : "Permutation test (experimental, "
        let told =
            "\(name)\(count) \(unit)s, least possible p "
            + "\(NumberText.significant(test.smallestP, 2))), smallest p(FWE) \(smallest.joined(separator: "; "))."
        return ([told] + belowChance).joined(separator: " ")
    }

    /// A corrected p as it is printed everywhere: `0.032`.
    func text(_ p: Double) -> String { PrettyNumber.correctedP(p, step: test.smallestP) }

    /// The smallest corrected p anywhere, by the statistic that cuts the tables; nil without voxels.
    var best: Double? {
        NullDistribution.Tail.allCases.compactMap { tail in
            test.map(statistic, tail).p.lazy.filter { !$0.isNaN }.min().map(Double.init)
        }.min()
    }

    /// Directions in which the observed maximum lies below that of every permutation: the p of 1 it has then says nothing.
    var tailsBelowChance: [NullDistribution.Tail] {
        NullDistribution.Tail.allCases.filter { isBelowChance(statistic, $0) }
    }

    /// Whether the observed maximum is below every other of the null. Maxima of 0 are those of maps without any value of that sign.
    func isBelowChance(_ statistic: NullDistribution.Statistic, _ tail: NullDistribution.Tail) -> Bool {
        guard !test.isTwoTailed, let maxima = test.nulls.first?.maxima, maxima.count > 1 else { return false }
        let least = maxima.dropFirst().map { $0.value(statistic, tail) }.min() ?? 0
        return least > 0 && maxima[0].value(statistic, tail) < least
    }

    /// What such a direction is told as; empty where there is none.
    var belowChance: [String] {
        let tails = tailsBelowChance
        guard !tails.isEmpty else { return [] }
        let direction = tails.map(\.words).joined(separator: " and ")
        return [
            "The largest \(statistic.words) \(direction) is smaller than in every single \(unit): the null does not describe these data in "
                + "that direction, and its p(FWE) of 1 says nothing."
        ]
    }

    /// What the corrected p says, and how far to rely on it.
    var standing: String {
        if testsCovariates { return Self.covariates }
        return test.isBaseRate ? Self.aboveBaseRate : test.kind == .relocations ? Self.agreement : Self.experimental
    }

    /// Whether it is the test of scores by permuted studies (Docs/covariate-test.md).
    var testsCovariates: Bool { test.kind == .studies && settings.mainMethod == .effects }

    /// Whether nobody should rely on it yet.
    var isExperimental: Bool { test.kind != .relocations && !testsCovariates }

    /// `The permutation test`
    var title: String {
        if test.isBaseRate { return "Does it agree beyond the brain's busy places? The test by base rates" }
        if testsCovariates { return "Does it go with the covariate? The test by permuted studies" }
        return test.kind == .relocations ? "Does it agree? The test by relocated peaks" : "The permutation test"
    }

    /// Of the test of covariates (Docs/covariate-test.md).
    static let covariates =
        "A small corrected p says that what studies report here goes with the tested covariate more than if its values had been dealt out "
        + "among them at random. It does not say how large the slope is, nor that the covariate is the cause: studies that differ in it may "
        + "differ in much else."

    /// Of the agreement test (Docs/agreement-test.md).
    static let agreement =
        "A small corrected p says that effects agree in place and sign more than the same peaks placed at random would: not that the "
        + "effect differs from zero in any study. Peaks of unrelated publications converge too, at the brain's hubs: about one in "
        + "six sets of 20 unrelated tables passes this test, every second one that of ALE's cluster sizes (200 sets)."

    /// Of the agreement test by base rates.
    static let aboveBaseRate =
        "A small corrected p says that effects agree in place and sign more than the same peaks would if they were placed where "
        + "publications at large print theirs, whatever they are about: more than the brain's busy places. It does not say that the "
        + "effect differs from zero in any study."

    /// Why nobody should rely on it yet.
    static let experimental =
        "Experimental: whether the test keeps its error rate depends on how the studies chose the peaks they print. In our "
        + "simulations it was conservative where they print a few peaks of each large cluster, and far too liberal where "
        + "they print every local maximum (Docs/family-wise-error.md)."

    /// A reader who sees p FWE below p looks for the mistake.
    static let correctedBelowUncorrected =
        "p(FWE) can be below p: p comes from z, whose error includes that of what was imputed; the test compares with the same "
        + "maps of permuted data, which carry that error too."

    let statistic: NullDistribution.Statistic
    var level: String { NumberText.shortest(settings.correctedP) }
    var smallestP: String { NumberText.significant(test.smallestP, 3) }
    /// `1,000 permutations`.
    var count: String { PrettyNumber.plural(test.permutations, unit) }

    /// `relocations`
    var unitPlural: String { "\(unit)s" }

    private var unit: String { test.kind == .relocations ? "relocation" : "permutation" }

    /// What one value of a null distribution is of.
    var drawn: String {
        switch test.kind {
        case .subjects: "permutation of the subject images"
        case .studies: "permutation of the studies"
        case .relocations: "relocation of the peaks"
        }
    }

    /// `p(FWE) ≤ 0.05 (voxel height z)`.
    var criteria: String { "p(FWE) ≤ \(level) (\(statistic.words))" }

    /// What the corrected p can and cannot say.
    var limits: String { [attainable, reach, tails].filter { !$0.isEmpty }.joined(separator: " ") }

    private var attainable: String {
        if test.isExhaustive {
            return "All \(count) that are distinct were used; the smallest attainable p is \(smallestP)."
        }
        let parts =
            test.isBaseRate
            ? " (each p is twice the smaller of two: of the plain largest statistic, and of the largest in units of what is usual "
                + "at its voxel)" : ""
        return
            "With \(count) of \(permuted), the unpermuted data included, the smallest attainable p is \(smallestP)\(parts)."
    }

    /// What was permuted.
    var permuted: String {
        switch test.kind {
        case .subjects: "subject images"
        case .studies: "the studies"
        case .relocations: "the peaks"
        }
    }

    /// Whether no result, however strong, could have survived.
    var cannotSurvive: Bool { test.smallestP > settings.correctedP }

    private var reach: String {
        guard cannotSurvive else { return "" }
        let few = !test.isExhaustive ? "\(unit)s" : test.kind == .studies ? "experiments" : "participants"
        return "So with these few \(few) no result, however strong, can reach p ≤ \(level)."
    }

    private var tails: String {
        test.isTwoTailed
            ? "The correction covers effects above and below zero together (two-tailed)."
            : "Effects above and below zero are each tested on their own (one-tailed)."
    }

    /// For a model of which no cluster is left.
    var nothing: String {
        guard hasSurvivors else { return "Nothing survived the correction: no effect has a \(criteria)." }
        return "Voxels survived the correction (\(criteria)), but no cluster of at least "
            + "\(PrettyNumber.plural(settings.extent, "voxel")): the tables of corrected clusters are empty."
    }

    /// Whether some voxel has a corrected p at or below the level, whatever the size of its cluster.
    private var hasSurvivors: Bool {
        NullDistribution.Tail.allCases.contains { tail in
            test.map(statistic, tail).p.contains { $0 <= Float(settings.correctedP) }
        }
    }

    /// The smallest corrected p in a cluster, in its direction; nil where there is none. It may be smaller than that at the cluster's
    /// peak: of TFCE always where the peak is narrow, and of z because the test has a statistic of its own.
    func p(_ statistic: NullDistribution.Statistic, of cluster: Cluster) -> Double? {
        let values = cluster.voxels.compactMap { p(statistic, sign: cluster.sign, at: Int($0)) }.filter { !$0.isNaN }
        return values.min()
    }

    /// Corrected p at a position of the mask; nil where there is none.
    func p(_ statistic: NullDistribution.Statistic, sign: Int, at position: Int) -> Double? {
        let values = test.map(statistic, .init(sign: sign)).p
        return values.indices.contains(position) ? Double(values[position]) : nil
    }
}
