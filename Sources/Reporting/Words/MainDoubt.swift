import Appraisal
import Evidence
import Figures
import Inference
import SeedBasedMapping
import Statistics

/// What a reader should doubt first about a model: the first of a list of rules that applies, in the order of their weight. The list is in
/// Docs/report.md.
struct MainDoubt {
    private let answer: ModelAnswer

    init(_ answer: ModelAnswer) { self.answer = answer }

    /// A few words for the table.
    var short: String { all.first ?? "a peak's effect is too large" }

    /// All that apply.
    var all: [String] { (correction + size + reports + strongest + tables).filter { !$0.isEmpty } }

    private var experiments: [Experiment] { answer.model.experiments }

    /// Whether anything was corrected, and whether that correction can be relied on.
    private var correction: [String] {
        guard answer.model.findings != nil else { return [] }
        guard let words = answer.words else { return ["not corrected for the whole brain"] }
        if words.cannotSurvive { return ["too few \(words.unitPlural) for any p ≤ \(words.level)"] }
        if answer.corrected.isEmpty, words.tailsBelowChance.count == 2 {
            return ["the null does not describe these data"]
        }
        guard words.isExperimental else { return [] }
        return [
            words.test.kind == .studies ? "p(FWE) of covariates err too often" : "the permutation test is experimental"
        ]
    }

    private var size: [String] {
        experiments.count < 10 ? ["only \(PrettyNumber.plural(experiments.count, "experiment"))"] : []
    }

    /// What the tables gave.
    private var reports: [String] {
        let peaks = experiments.flatMap(\.peaks)
        guard !experiments.contains(where: \.hasMap), !peaks.isEmpty, answer.model.findings != nil else { return [] }
        let hasStatistic = peaks.contains { if case .t = $0.height { true } else { false } }
        return hasStatistic ? [] : ["no table gives a statistic, only directions"]
    }

    /// What the strongest finding rests on.
    private var strongest: [String] {
        var doubts: [String] = []
        if let basis = answer.strongestBasis {
            if basis.restsOnImputation {
                doubts.append("no experiment measured the strongest place")
            } else if basis.imputedShare > 0.5 {
                doubts.append("\(basis.share) of the strongest effect is imputed")
            }
        }
        if let card = answer.strongestCard, let first = card.jackknife?.losses.first {
            doubts.append("the strongest is lost without \(card.names[first.leftOut] ?? first.leftOut)")
        }
        return doubts
    }

    private var tables: [String] {
        var doubts: [String] = []
        let counts = experiments.map { PeakCounts($0) }
        let (up, down) = counts.reduce((0, 0)) { ($0.0 + $1.increases, $0.1 + $1.decreases) }
        if !experiments.contains(where: \.hasMap), up + down > 0, up == 0 || down == 0 {
            doubts.append("tables print \(down == 0 ? "increases" : "decreases") only")
        }
        // A map has no threshold to be passed.
        let thresholded = experiments.filter { !$0.hasMap }
        let assumed = thresholded.count(where: \.thresholdIsAssumed)
        if answer.model.findings != nil, 2 * assumed > thresholded.count {
            doubts.append("thresholds assumed in \(assumed) of \(thresholded.count)")
        }
        return doubts
    }

    /// A sentence or two below the verdict.
    var sentence: String {
        var sentences: [String] = []
        if let basis = answer.strongestBasis {
            var text =
                "At the strongest place \(basis.measured) of \(PrettyNumber.plural(basis.experiments, "experiment")) measured the effect, "
                + "\(basis.signOnly) gave its sign only, \(basis.silent) \(basis.silent == 1 ? "was" : "were") silent"
            if basis.imputedShare.isFinite { text += ": \(basis.share) of its weight is imputed" }
            sentences.append(text + ".")
        }
        let first = all.prefix(2).filter { !$0.contains("of the strongest effect is imputed") }
        if !first.isEmpty { sentences.append(first.joined(separator: "; ").withCapital + ".") }
        return sentences.isEmpty ? "\(short.withCapital)." : sentences.joined(separator: " ")
    }
}

extension String {
    fileprivate var withCapital: String { prefix(1).uppercased() + dropFirst() }
}
