import Evidence
import Figures
import Foundation
import Statistics
package import Synthesis

/// An outcome in plain sentences that claim no more than the numbers do.
package struct OutcomeWords {
    let finding: OutcomeFinding

    package init(_ finding: OutcomeFinding) { self.finding = finding }

    private var scale: OutcomeScale { finding.scale }
    private var pooled: PooledOutcome { finding.pooled }

    // MARK: - Numbers

    /// A pooled value as it is read: two decimals, three significant digits of small and of large ones.
    func number(_ value: Double) -> String {
        let shown = scale.shown(value)
        let size = abs(shown)
        if size >= 1000 { return PrettyNumber.fixed(shown, 0) }
        if size >= 100 { return PrettyNumber.fixed(shown, 1) }
        if size > 0, size < 0.01 {
            return NumberText.significant(shown, 2).replacingOccurrences(of: "-", with: "\u{2212}")
        }
        return PrettyNumber.fixed(shown, 2)
    }

    func range(_ interval: Interval) -> String { "\(number(interval.lower)) to \(number(interval.upper))" }

    /// `g = 0.62 (95 % CI 0.36 to 0.88)`.
    var estimate: String {
        "\(scale.symbol) = \(number(pooled.estimate.value)) (\(level) CI \(range(pooled.interval)))"
    }

    var level: String { "\(NumberText.shortest((finding.settings.level * 1000).rounded() / 10)) %" }

    static func p(_ value: Double) -> String {
        guard value.isFinite else { return "not known" }
        if value < 0.0001 { return "< 0.0001" }
        return PrettyNumber.fixed(value, value < 0.001 ? 4 : value < 0.1 ? 3 : 2)
    }

    private var predictionWords: String {
        switch finding.settings.prediction {
        case .higgins: "t with studies − 2 degrees of freedom"
        case .partlettRiley: "t with studies − 1 degrees of freedom"
        case .skipka: "normal distribution"
        }
    }

    /// A measure without a value of no effect, such as a proportion, has no p of its mean.
    var meanP: String? {
        finding.scale.measure.hasNullValue ? Self.p(finding.pooled.estimate.pValue) : nil
    }

    static func pEquals(_ value: Double) -> String { value < 0.0001 ? "p < 0.0001" : "p = \(p(value))" }

    var people: String {
        finding.participants.map { PrettyNumber.plural($0, "person", "people") } ?? "people not counted in every row"
    }

    /// `12 effects of 9 studies`; where publications share people, `9 studies (10 publications, some of the same people)`.
    package var material: String {
        let shared =
            finding.publications > finding.studies
            ? " (\(finding.publications) publications, some of the same people)" : ""
        let studies = PrettyNumber.plural(finding.studies, "study", "studies") + shared
        guard finding.effects.count > finding.studies else { return studies }
        return "\(PrettyNumber.plural(finding.effects.count, "effect")) of \(studies)"
    }

    // MARK: - Sentences

    /// What was found, in a sentence.
    var verdict: String {
        let (lower, upper) = (pooled.interval.lower, pooled.interval.upper)
        let count = finding.studies
        if count == 1, finding.effects.count == 1 {
            return "One study says \(estimate): a single result, not a synthesis."
        }
        guard scale.measure.hasNullValue else { return "On average \(estimate) over \(material)." }
        let found: String
        if lower > 0 || upper < 0 {
            found = "The mean effect is \(lower > 0 ? "above" : "below") \(null): \(estimate), over \(material)"
        } else {
            found =
                "The mean effect cannot be told from \(null): \(estimate), over \(material). That is not evidence of no effect"
        }
        return found + spread + "."
    }

    /// 0, or 1 of a ratio.
    private var null: String { scale.measure.scale == .exponential ? "1 (no difference)" : "zero" }

    private var spread: String {
        guard let prediction = pooled.prediction else { return "" }
        let (lower, upper) = (pooled.interval.lower, pooled.interval.upper)
        let isSure = lower > 0 || upper < 0
        let words = range(prediction)
        guard prediction.lower < 0, prediction.upper > 0 else {
            return isSure ? "; a new study’s true effect would be expected at \(words), on the same side" : ""
        }
        return isSure
            ? "; but studies differ so much that a new one’s true effect may be anywhere from \(words)"
            : "; a new study’s true effect may be anywhere from \(words)"
    }

    /// The main thing to doubt, in a sentence.
    var doubt: String {
        let count = finding.studies
        if count < 5 {
            return
                "There \(count == 1 ? "is" : "are") only \(PrettyNumber.plural(count, "study", "studies")): one more can change everything."
        }
        if let moved = strongestCorrection { return moved }
        if let flipped = flips.first {
            return
                "It hangs on one study: without \(flipped.study) the interval \(holdsZero(basisInterval) ? "leaves" : "takes in") "
                + "the null value (\(number(flipped.estimate.value)), \(range(flipped.estimate.interval(level: finding.settings.level))))."
        }
        if let prediction = pooled.prediction, prediction.lower < 0, prediction.upper > 0, !holdsZero(pooled.interval) {
            return
                "Studies differ: I² \(PrettyNumber.fixed(100 * pooled.i2, 0)) %, so that the mean says little about any single setting."
        }
        if pooled.i2 > 0.75 {
            return
                "Studies differ a great deal (I² \(PrettyNumber.fixed(100 * pooled.i2, 0)) %), and the mean is one of unlike things."
        }
        return "Nothing stands out; that the studies were fair is not something that numbers can show."
    }

    private func holdsZero(_ interval: Interval) -> Bool { interval.lower <= 0 && interval.upper >= 0 }

    /// Whether tests of bias, influence and the posterior are of one mean per study, and not of the effects.
    var isMerged: Bool { finding.effects.count > finding.studies && finding.settings.dependence != .independent }

    /// The mean that corrected means and omissions are compared with: of the same basis as these.
    var basis: Estimate { isMerged ? finding.influence.whole ?? pooled.estimate : pooled.estimate }

    var basisInterval: Interval {
        isMerged ? basis.interval(level: finding.settings.level) : pooled.interval
    }

    /// Studies without which the answer is another.
    private var flips: [OutcomeInfluence.Omission] {
        let whole = holdsZero(basisInterval)
        return finding.influence.omissions.filter {
            holdsZero($0.estimate.interval(level: finding.settings.level)) != whole
        }
    }

    /// Small studies report more, and a corrected mean is much lower: told only where a test says so.
    private var strongestCorrection: String? {
        guard scale.measure.hasNullValue,
            let egger = finding.bias.rows.first(where: { $0.method.hasPrefix("Egger") }), let p = egger.pValue, p < 0.1,
            finding.studies >= 10
        else { return nil }
        let corrected = finding.bias.corrected.filter { $0.value.isFinite }
        let (low, high) = (corrected.map(\.value).min(), corrected.map(\.value).max())
        guard let low, let high else { return nil }
        return
            "Small studies report other effects than large ones (\(Self.pEquals(p))); means corrected for what may be missing "
            + "lie between \(number(low)) and \(number(high)), against \(number(basis.value)) as published"
            + (isMerged ? ", one mean per study." : ".")
    }

    /// How sure: interval, spread, and what other rules say.
    package var sureness: [String] {
        var sentences: [String] = []
        if finding.effects.count > 1 {
            let q = pooled.heterogeneity
            var text =
                "The true effects have a standard deviation of τ = \(PrettyNumber.fixed(pooled.tau2.squareRoot(), 2)) around the mean"
            if scale.isTransformed { text += " on the scale of \(scale.axisName)" }
            text += "; I² = \(PrettyNumber.fixed(100 * pooled.i2, 0)) %"
            if let interval = pooled.i2Interval {
                text +=
                    " (\(PrettyNumber.fixed(100 * interval.lower, 0)) to \(PrettyNumber.fixed(100 * interval.upper, 0)) %)"
            }
            if q.degreesOfFreedom > 0 {
                text +=
                    ", Q(\(PrettyNumber.fixed(q.degreesOfFreedom, 0))) = \(PrettyNumber.fixed(q.statistic, 1)), \(Self.pEquals(q.pValue))"
            }
            sentences.append(text + ".")
        }
        if let prediction = pooled.prediction {
            sentences.append(
                "The true effect of a new study is expected between \(number(prediction.lower)) and \(number(prediction.upper)) (\(level) prediction interval, "
                    + "\(predictionWords)).")
        }
        if pooled.components.count > 1 {
            let parts = pooled.components.map { part in
                let range = part.interval.map {
                    " (\(PrettyNumber.fixed($0.lower, 3)) to \(PrettyNumber.fixed($0.upper, 3)))"
                }
                return "\(part.name) \(PrettyNumber.fixed(part.variance, 3))\(range ?? "")"
            }
            sentences.append("Variance: \(parts.joined(separator: ", ")).")
        }
        if let text = alternatives { sentences.append(text) }
        if finding.bracket.count > 1, let first = finding.bracket.first, let last = finding.bracket.last {
            let values = finding.bracket.map(\.estimate.value)
            let crosses = finding.bracket.map { holdsZero($0.interval) }
            let told =
                crosses.contains(true) && crosses.contains(false)
                ? "it matters: the interval holds the null value for some and not for others"
                : "the answer is the same for all"
            sentences.append(
                "A correlation of before and after had to be assumed; from \(NumberText.shortest(first.correlation)) to "
                    + "\(NumberText.shortest(last.correlation)) the mean goes from \(number(values.min() ?? .nan)) to "
                    + "\(number(values.max() ?? .nan)): \(told).")
        }
        if let difference = finding.wholeBrain {
            let interval = difference.interval(level: finding.settings.level)
            sentences.append(
                "Results taken from whole-brain experiments differ from those that were reported for the region by "
                    + "\(PrettyNumber.fixed(difference.value, 2)) (\(PrettyNumber.fixed(interval.lower, 2)) to "
                    + "\(PrettyNumber.fixed(interval.upper, 2)), \(Self.pEquals(difference.pValue))).")
        }
        return sentences
    }

    /// The mean by other rules, those that take effects of one study for independent told apart; nil where there are none.
    private var alternatives: String? {
        func range(_ some: [OutcomeFinding.Alternative]) -> String? {
            let values = some.map(\.estimate.value)
            guard let low = values.min(), let high = values.max() else { return nil }
            let (first, last) = (number(low), number(high))
            return first == last ? first : "between \(first) and \(last)"
        }
        let random = finding.alternatives.filter { !$0.isCommonEffect }
        var parts: [String] = []
        if let told = range(random.filter { !$0.countsEffectsApart }) {
            parts.append("By other estimators and tests the mean is \(told)")
        }
        if let told = range(random.filter(\.countsEffectsApart)) {
            parts.append("taking effects of one study as independent, which they are not, it would be \(told)")
        }
        if let common = finding.alternatives.first(where: \.isCommonEffect) {
            parts.append("if all studies had one common effect, it would be \(number(common.estimate.value))")
        }
        guard let first = parts.first else { return nil }
        let text = ([first.prefix(1).uppercased() + first.dropFirst()] + parts.dropFirst()).joined(separator: "; ")
        return text + " (pooled.tsv)."
    }

    /// What the doses say, in a sentence; nil of rows that are no arms.
    package var arms: String? {
        guard let dose = finding.armDose, let line = dose.curves.first, let slope = line.coefficients.first?.estimate
        else {
            return nil
        }
        let interval = slope.interval(level: finding.settings.level)
        func per(_ value: Double) -> String {
            NumberText.significant(value, 2).replacingOccurrences(of: "-", with: "\u{2212}")
        }
        var text =
            "Within \(PrettyNumber.plural(dose.studies, "study", "studies")) the effect changes by \(per(slope.value)) "
            + "(\(per(interval.lower)) to \(per(interval.upper)), \(Self.pEquals(slope.pValue))) for each unit of \(dose.column)"
        if scale.isTransformed { text += " on the scale of \(scale.axisName)" }
        let bent = dose.curves.filter { ($0.bend?.pValue ?? 1) < 0.05 }.map(\.name)
        if dose.curves.count > 1 {
            text +=
                bent.isEmpty
                ? "; no test says that the relation is bent"
                : "; a straight line does not fit: the \(bent.joined(separator: " and the ")) is bent"
        }
        return text + "." + (information.map { " \($0)" } ?? "")
    }

    /// What AIC says of the curves, beside the tests; nil where it is not known of the line and another curve.
    ///
    /// A test of a coefficient and AIC ask different things. AIC also sees how far curves of studies differ, for which a bent
    /// curve has variances of its own; it is told where it sides with another curve by more than 2 (Burnham & Anderson 2004,
    /// doi:10.1177/0049124104268644).
    private var information: String? {
        guard let curves = finding.armDose?.curves, let line = curves.first(where: { $0.bend == nil }),
            let best = curves.min(by: { $0.aic < $1.aic }), curves.count > 1, line.aic.isFinite, best.aic.isFinite
        else { return nil }
        let gain = line.aic - best.aic
        guard best.name != line.name, gain > 2 else { return nil }
        let isBent = (best.bend?.pValue ?? 1) < 0.05
        let size = "AIC of the \(best.name) curve is \(PrettyNumber.fixed(gain, 1)) below that of the straight line"
        return isBent
            ? "\(size), which says the same."
            : "But \(size): it describes these studies better, be it that their curves bend in different ways, be it that the test "
                + "lacks power; a bend of the mean curve is not shown (\(Self.pEquals(best.bend?.pValue ?? .nan)))."
    }

    /// What the comparison of treatments says, in sentences.
    package var network: [String] {
        guard let network = finding.network else { return [] }
        var sentences = [
            "\(PrettyNumber.plural(network.treatments.count, "treatment")) in \(PrettyNumber.plural(network.contrasts, "comparison")) of "
                + "\(PrettyNumber.plural(network.studies, "study", "studies")), each shown against \(network.reference); τ = "
                + "\(PrettyNumber.fixed(network.tau2.squareRoot(), 2))."
        ]
        let checked = network.pairs.compactMap(\.disagreement)
        if checked.isEmpty {
            sentences.append("No comparison can be checked against an indirect one: consistency is taken on trust.")
        } else {
            let apart = checked.count { $0.pValue < 0.05 }
            let expected = PrettyNumber.fixed(0.05 * Double(checked.count), 1)
            sentences.append(
                "Of \(PrettyNumber.plural(checked.count, "comparison")) known both directly and through others, \(apart) "
                    + "\(apart == 1 ? "disagrees" : "disagree") at p < 0.05 (\(expected) would by chance).")
        }
        if !network.unconnected.isEmpty {
            sentences.append(
                "No comparison connects \(network.unconnected.joined(separator: ", ")) with the others; left out.")
        }
        if network.unnamed > 0 {
            sentences.append(
                "\(PrettyNumber.plural(network.unnamed, "row")) that name no two different treatments are left out.")
        }
        if let sentence = Self.shared(network.shared) { sentences.append(sentence) }
        sentences.append("The mean above is over all comparisons, whatever they compare, and is no answer of its own.")
        return sentences
    }

    /// What was taken for the errors of comparisons that share an arm; nil where no study has more than two arms.
    private static func shared(_ errors: NetworkFinding.SharedErrors) -> String? {
        let all = errors.known + errors.bySize + errors.assumed
        guard all > 0 else { return nil }
        func count(_ some: Int) -> String { some == all ? "all" : "\(some)" }
        var parts: [String] = []
        if errors.known > 0 { parts.append("from the variance of that arm for \(count(errors.known))") }
        if errors.bySize > 0 { parts.append("from the sizes of the arms for \(count(errors.bySize))") }
        if errors.assumed > 0 {
            let names = errors.assuming.prefix(3).joined(separator: ", ") + (errors.assuming.count > 3 ? ", …" : "")
            parts.append(
                "as a correlation of ½ for \(count(errors.assumed)) (\(names)), for lack of variances or sizes of the arms that fit "
                    + "together")
        }
        return
            "How far errors of two comparisons with one arm in common go together (\(PrettyNumber.plural(all, "pair")) in studies of more "
            + "than two arms) is taken \(parts.joined(separator: ", "))."
    }

    /// What it hangs on.
    var rests: [String] {
        let influence = finding.influence
        guard !influence.omissions.isEmpty else { return [] }
        var sentences: [String] = []
        if flips.isEmpty {
            sentences.append("No single study decides: leaving out any one leaves the interval on the same side.")
        } else {
            let names = flips.prefix(4).map(\.study).joined(separator: ", ")
            sentences.append(
                "The answer changes without \(names)\(flips.count > 4 ? " or one of \(flips.count - 4) others" : "").")
        }
        if isMerged {
            sentences.insert(
                "Of one mean per study, with the mean \(number(basis.value)) (\(range(basisInterval))):", at: 0)
        }
        if let far = influence.farthest(from: basis.value) {
            sentences.append("It moves most without \(far.study): \(number(far.estimate.value)).")
        }
        if let largest = influence.largest {
            sentences.append(
                "Without the largest (\(largest.study), \(PrettyNumber.fixed(100 * largest.weight, 0)) % of the weight) it is "
                    + "\(number(largest.estimate.value)).")
        }
        if let count = influence.reversals[.largestEffect] {
            sentences.append(
                "The answer is another once \(PrettyNumber.plural(count, "largest effect")) \(count == 1 ? "is" : "are") left out."
            )
        }
        let marked = influence.omissions.filter(\.isInfluential)
        if !marked.isEmpty {
            sentences.append(
                "Influential by the usual rule of thumb: \(marked.prefix(5).map(\.study).joined(separator: ", "))"
                    + (marked.count > 5 ? " and \(marked.count - 5) others." : "."))
        }
        if let risk = finding.risk {
            var text =
                "\(PrettyNumber.plural(risk.low, "study", "studies")) of \(risk.studies.count) judged \(risk.low == 1 ? "is" : "are") at low risk of bias (\(risk.instrument.rawValue))"
            if let low = risk.lowOnly {
                text += "; their mean is \(number(low.value)) (\(range(low.interval(level: finding.settings.level))))"
            }
            sentences.append(text + ".")
        }
        return sentences
    }

    /// How large, with what it means.
    var size: [String] {
        var sentences = OutcomeEffectSize(finding).rows.map {
            "\($0.name.prefix(1).uppercased() + $0.name.dropFirst()): \($0.text)."
        }
        if let posterior = finding.posterior {
            var text =
                "As a probability (\(isMerged ? "one mean per study; " : "")\(posterior.prior)): the mean is \(number(posterior.mean)) (\(range(posterior.interval))), "
                + "\(posterior.mean < 0 ? "below" : "above") \(null) with probability "
                + Self.probability(posterior.mean < 0 ? 1 - posterior.aboveZero : posterior.aboveZero)
            text += "; Bayes factor for an effect \(PrettyNumber.bayesFactor(posterior.bayesFactor))."
            sentences.append(text)
            if let beyond = posterior.beyondSmallest, let smallest = finding.settings.smallestEffect {
                sentences.append(
                    "It passes the smallest effect that matters (\(PrettyNumber.plain(smallest))) with probability "
                        + "\(Self.probability(beyond)).")
            }
        }
        if let monitoring = finding.monitoring {
            let share = "\(PrettyNumber.fixed(100 * monitoring.fraction, 0)) %"
            let text =
                switch monitoring.verdict {
                case .crossed(let look):
                    "the boundary of repeated looks was crossed in \(PrettyNumber.fixed(monitoring.looks[look].key, 0))"
                case .completeWithoutEffect: "all information is in, and no boundary was crossed"
                case .goOn: "no boundary was crossed yet: more studies are needed"
                }
            sentences.append(
                "Monitored for the smallest effect that matters, \(share) of the information required has accrued; \(text)."
            )
            if let next = monitoring.nextStudy {
                sentences.append(
                    "A next study would need \(PrettyNumber.count(next)) people to show the mean by itself (power 80 %)."
                )
            }
        }
        return sentences
    }

    /// Two decimals; never 1 or 0 where it is neither.
    static func probability(_ value: Double) -> String {
        if value > 0.995 { return "above 0.99" }
        return value < 0.005 ? "below 0.01" : PrettyNumber.fixed(value, 2)
    }
}
