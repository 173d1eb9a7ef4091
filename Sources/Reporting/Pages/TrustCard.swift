import Appraisal
import Evidence
import Figures
import Foundation
import SeedBasedMapping
import Statistics

/// One finding: what it is, how sure, whether it is too good, what it hangs on; figures behind it.
struct TrustCard {
    private let finding: FindingCard
    private let settings: Settings
    private let number: Int
    private let identifier: String
    private let words: EffectWords

    init(_ finding: FindingCard, settings: Settings, number: Int, identifier: String) {
        self.finding = finding
        self.settings = settings
        self.number = number
        self.identifier = identifier
        words = EffectWords(finding.assessment)
    }

    private var assessment: PlaceAssessment { finding.assessment }
    private var estimate: Estimate { assessment.estimate }
    private var place: StudyEffects { assessment.place }

    /// `1. Left amygdala (−30, −2, −14)`.
    var title: String {
        let name = finding.region.isEmpty ? place.name : finding.region
        return "\(number). \(name) (\(ReportSummary.place(place.coordinate)))"
    }

    var html: HTML {
        let grade = EvidenceWords(grade: finding.grade, standing: finding.standing, settings: settings)
        let heading = HTML.element(
            "summary", [],
            HTML.text(title + " ") + finding.basis.html + HTML.text(" ")
                + HTML.element("span", [("class", "class")], finding.standing.title))
        let parts = [
            ("What was found", found), ("How sure", sure + " " + grade.sentence), ("Too good?", tooGood),
            ("What it hangs on", hangs), ("How large", size), ("Elsewhere", elsewhere),
        ].filter { !$0.1.isEmpty }
        let list = HTML.element(
            "dl", [], parts.map { HTML.element("dt", [], $0.0) + HTML.element("dd", [], $0.1) }.joined())
        return HTML.element(
            "details", [("class", "trust"), ("id", identifier)],
            heading + list + ModelMeansTable(assessment).html + PlaceElsewhere.table(finding) + figures + grade.table)
    }

    // MARK: - Words

    private var found: String {
        if let joint = assessment.joint { return found(joint) }
        let studies = PrettyNumber.plural(assessment.studies.count, "experiment")
        let extent = place.voxelCount > 1 ? ", mean over \(PrettyNumber.count(place.voxelCount)) voxels" : ""
        var text =
            "\(words.symbol) = \(words.withInterval), from \(studies) with "
            + "\(PrettyNumber.plural(assessment.participants, "participant"))\(extent): \(finding.basis.words)."
        if assessment.restsOnImputation {
            text += " \(EffectBasis.withheld)"
        } else if let prediction = assessment.predictionInterval() {
            let spansZero = prediction.contains(0)
            text +=
                " The true effect of a new study like these is expected between \(words.number(prediction.lower)) and "
                + "\(words.number(prediction.upper)) (95 % prediction interval), "
            text += spansZero ? "so it may be of either sign." : "on the same side of zero."
        } else {
            text += assessment.design.isMean ? " Too few studies for a prediction interval." : noPrediction
        }
        return text + priors + shared
    }

    /// How much of the answer is prior, of a posterior.
    private var priors: String {
        guard let posterior = assessment.posterior, !posterior.otherPriors.isEmpty else { return "" }
        let others = posterior.otherPriors.map { other in
            "\(words.number(other.mean)) (\(words.range(other.interval))) with one of "
                + "\(NumberText.shortest(other.priorDeviation))"
        }
        let own = NumberText.shortest(posterior.effect.priorDeviation)
        return " That is the mean of a posterior whose prior has an SD of \(own); it would be "
            + others.joined(separator: " and ") + "."
    }

    private func found(_ joint: JointTest) -> String {
        let names = assessment.tested.map { "“\($0.name)”" }.joined(separator: ", ")
        return "Tested together: \(names). \(EffectWords.chiSquare(joint)) (Wald; for groups this is Q between), from "
            + "\(PrettyNumber.plural(assessment.studies.count, "experiment")) with "
            + "\(PrettyNumber.plural(assessment.participants, "participant")). The test has no direction: what differs, and by "
            + "how much, stands in the table below." + noPrediction + shared
    }

    private var noPrediction: String {
        " A prediction interval is about the effect of a new study, not about a slope or a difference"
            + (assessment.design.means.isEmpty ? "." : "; the model's means have theirs below.")
    }

    private var shared: String {
        assessment.sharesSamples
            ? " Some experiments share a sample and are treated as independent: the interval is too narrow." : ""
    }

    private var sure: String {
        var text =
            assessment.joint.map {
                "\(EffectWords.chiSquare($0)), p = \(EffectWords.p($0.pValue)) (joint test, uncorrected)"
            }
            ?? "z = \(EffectWords.fixed(estimate.statistic)), p = \(EffectWords.p(estimate.pValue)) (two-sided, uncorrected)"
        if let corrected = finding.corrected {
            text +=
                "; corrected for the whole brain p(FWE) = \(PrettyNumber.correctedP(corrected.value, step: finding.smallestP)) "
                + "(\(corrected.statistic ?? "by the criterion"))"
        } else {
            text += "; no permutation test was run, so nothing corrects for the search through the brain"
        }
        return text + "." + heterogeneity
    }

    private var heterogeneity: String {
        guard assessment.pooling.heterogeneity.degreesOfFreedom > 0, !assessment.restsOnImputation else { return "" }
        var text =
            " Between experiments: τ² = \(PrettyNumber.fixed(assessment.tau2, 3)), I² = "
            + "\(PrettyNumber.fixed(100 * assessment.i2, 0)) %, H² = \(EffectWords.fixed(1 / (1 - assessment.i2)))"
        if let q = assessment.heterogeneity {
            text +=
                ", Q = \(PrettyNumber.fixed(q.statistic, 1)) on \(Int(q.degreesOfFreedom)) df, p = "
                + EffectWords.p(q.pValue)
        }
        return text + "."
    }

    private var tooGood: String {
        var parts: [String] = []
        if let bias = assessment.smallStudies {
            let slope = bias.asymmetry
            let isFound = slope.pValue < 0.05
            let p = EffectWords.p(slope.pValue)
            parts.append(
                isFound
                    ? "Small studies differ from large ones (slope on the standard error \(EffectWords.fixed(slope.value)), "
                        + "p = \(p)): bias, or a real difference between them."
                    : "No sign that small studies differ from large ones (slope on the standard error "
                        + "\(EffectWords.fixed(slope.value)), p = \(p)).")
        } else {
            parts.append("Too few studies to ask whether small ones differ from large ones.")
        }
        let excess = assessment.excess
        let isExcess = excess.pValue < 0.05
        let average = excess.observed == excess.observed.rounded() ? "" : " on average over imputations"
        parts.append(
            "Expected to be significant here at the studies' power: \(PrettyNumber.fixed(excess.expected, 1)); are: "
                + "\(PrettyNumber.fixed(excess.observed, 1))\(average) (p = \(EffectWords.p(excess.pValue)))"
                + (isExcess ? ": more than there should be." : "."))
        if let bias = assessment.smallStudies, assessment.design.isMean {
            let interval = bias.corrected.interval()
            parts.append(
                "Sensitivity, not an estimate to rely on: corrected for small-study effects "
                    + "(\(bias.usesPEESE ? "PEESE" : "PET")) it would be \(words.number(bias.corrected.value)) "
                    + "(\(words.range(interval))).")
        } else if assessment.smallStudies != nil {
            parts.append("PET-PEESE corrects means; of slopes and differences there is no corrected value.")
        }
        if let missing = assessment.missingStudies { parts.append(text(missing)) }
        if assessment.studies.count < SmallStudyBias.fewestStudies {
            parts.append("With fewer than 10 studies these checks say next to nothing.")
        }
        return parts.joined(separator: " ")
    }

    /// Trim and fill, and fail-safe numbers.
    private func text(_ missing: MissingStudies) -> String {
        let fill =
            missing.missing == 0
            ? "Trim and fill takes no study for missing."
            : "Trim and fill takes \(PrettyNumber.plural(missing.missing, "study", "studies")) for missing "
                + "\(missing.side == .below ? "below" : "above") the effect (as it takes any asymmetry); with "
                + "\(missing.missing == 1 ? "its mirror image" : "their mirror images") the mean of the studies would be "
                + "\(words.number(missing.filled.value)) (\(words.range(missing.filled.interval()))), without "
                + "\(words.number(missing.mean.value))."
        let counts = missing.failSafe
        return fill
            + " Fail-safe numbers, old rules of thumb: \(PrettyNumber.plural(counts.rosenthal, "study", "studies")) "
            + "without effect would take significance from the sum of z (Rosenthal), \(PrettyNumber.count(counts.rosenberg)) "
            + "from the weighted mean (Rosenberg)."
    }

    private var hangs: String {
        [carried, jackknife, influence, imputed].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private var jackknife: String {
        guard let jackknife = finding.jackknife, !jackknife.runs.isEmpty else {
            return assessment.studies.count > 1 ? "" : "With one experiment there is nothing to leave out."
        }
        let count = jackknife.done
        let impossible =
            jackknife.notEstimable.isEmpty
            ? "" : " The model cannot be estimated at all without \(some(jackknife.notEstimable))."
        guard let first = jackknife.losses.first else {
            return count == 0
                ? "Jackknife:\(impossible)"
                : "Jackknife: significant in all \(count) runs with one \(jackknife.unit) left out.\(impossible)"
        }
        return
            "Jackknife: significant in \(jackknife.kept) of \(count) runs with one \(jackknife.unit) left out; lost without "
            + "\(some(jackknife.losses.map(\.leftOut))) (least z \(EffectWords.fixed(first.z))).\(impossible)"
    }

    /// The first three of many names.
    private func some(_ ids: [String]) -> String {
        let names = ids.map(name)
        return names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) others" : "")
    }

    /// What a study is called.
    private func name(_ id: String) -> String { finding.names[id] ?? id }

    private var influence: String {
        if finding.isToldByJackknife { return influenceByJackknife }
        guard let most = assessment.mostInfluential else {
            return "No experiment can be left out of this model, so that influence cannot be told."
        }
        var text = "Most influential: \(name(most.id))"
        if let without = most.without {
            text +=
                "; without it the effect is \(words.number(without.value)) (\(words.range(without.interval())))"
        } else if let without = most.jointWithout {
            text += "; without it \(EffectWords.chiSquare(without)), p = \(EffectWords.p(without.pValue))"
        }
        if let measures = most.measures {
            text += ", Cook's distance \(EffectWords.fixed(measures.cooksDistance))"
        }
        let flagged = assessment.influence.filter { $0.measures?.isInfluential ?? false }.map { name($0.id) }
        text += flagged.isEmpty ? "; none is influential by the usual rules." : "; influential by the usual rules: "
        if !flagged.isEmpty { text += flagged.joined(separator: ", ") + "." }
        return text
    }

    /// The same runs as the jackknife's sentence and figure, so that the numbers agree.
    private var influenceByJackknife: String {
        guard let most = finding.mostInfluential, let effect = most.effect else { return "" }
        return "Most influential: \(name(most.id)); without it the effect is \(words.number(effect))."
    }

    /// Who makes the cluster, and from what.
    private var carried: String {
        let parts = finding.contributions.sorted { ($0.share ?? 0) > ($1.share ?? 0) }
        guard parts.count > 1, let first = parts.first?.share, first.isFinite else { return "" }
        let most = parts.prefix(3).map { "\(name($0.id)) (\(PrettyNumber.fixed(100 * ($0.share ?? .nan), 0)) %)" }
        var half = 0
        var sum = 0.0
        for part in parts where sum < 0.5 {
            sum += part.share ?? 0
            half += 1
        }
        var text =
            "Over the whole cluster the effect is carried most by \(most.joined(separator: ", ")); "
            + "\(PrettyNumber.plural(half, "experiment")) of \(parts.count) make"
            + (half == 1 ? "s half of it." : " half of it.")
        let silent = parts.reduce(0) { $0 + ($1.share ?? 0) * ($1.sources[.nothing] ?? 0) }
        text +=
            " Where experiments reported nothing in the cluster, so that their effects are imputed, lies "
            + "\(PrettyNumber.fixed(100 * silent, 0)) % of it."
        let against = parts.count { ($0.share ?? 0) < 0 }
        if against > 0 {
            text += against == 1 ? " One is against it." : " \(against) are against it."
        }
        return text
    }

    /// The other models in a sentence.
    private var elsewhere: String { PlaceElsewhere.sentence(finding) }

    private var imputed: String {
        let basis = finding.basis
        var text =
            "Of \(PrettyNumber.plural(basis.experiments, "experiment")), \(basis.measured) measured the effect here (a map, or a peak with a "
            + "statistic near), \(basis.signOnly) gave its sign only, \(basis.silent) \(basis.silent == 1 ? "was" : "were") silent"
        if basis.signOnly + basis.silent > 0 {
            text += "; those without a statistic, whose effects are imputed, carry \(basis.share) of the weight"
        }
        if assessment.missingInformation.isFinite {
            text +=
                ", and \(PrettyNumber.fixed(100 * assessment.missingInformation, 0)) % of the information about the effect is "
                + "missing"
        }
        return text + "."
    }

    /// What the effect means for people, where that can be said.
    private var size: String {
        guard assessment.design.isMean else {
            return
                "A slope or a difference says how effects depend on the studies; it cannot be read as an overlap of people."
        }
        guard assessment.measure == .change else {
            let z = estimate.value
            return
                "A correlation of \(EffectWords.fixed(FisherZ.r(fromZ: z))) leaves "
                + "\(PrettyNumber.fixed(100 * (1 - FisherZ.r(fromZ: z) * FisherZ.r(fromZ: z)), 0)) % of the differences between people "
                + "unexplained."
        }
        let groups = place.studies.count { $0.n2 > 0 }
        guard groups == place.studies.count else {
            let which = groups == 0 ? "These experiments compare" : "Some of these experiments compare"
            return which
                + " people with themselves or with zero: their g is in units of the spread of differences, from which the "
                + "overlap of groups cannot be told without the correlation of the measurements."
        }
        let d = StandardizedDifference(estimate.value)
        return
            "Two normal groups this far apart overlap by \(PrettyNumber.fixed(100 * d.overlap, 0)) %; a person drawn from the "
            + "first is above one from the second in \(PrettyNumber.fixed(100 * d.probabilityOfSuperiority, 0)) of 100 pairs. "
            + "Where groups were compared in their change, this holds for changes."
    }

    // MARK: - Figures

    private var figures: HTML {
        let isPlain = assessment.design.isInterceptOnly && assessment.smallStudies != nil
        let egger =
            isPlain
            ? "Solid line: Egger regression."
            : assessment.design.isInterceptOnly ? "" : "Shown is what the model's covariates do not explain."
        let contours =
            assessment.design.isInterceptOnly
            ? "Shades: the two-sided p of a single study whose effect and standard error lie there. " : ""
        var figures = Self.figure(
            ForestPlot(
                assessment: assessment, subgroups: finding.subgroups, names: finding.names,
                identifier: "\(identifier)-forest"
            ).html,
            "Forest plot (\(finding.basis.words)). Filled squares: the experiment measured the effect (statistic or map); open: imputed, with a "
                + "dot from a direction, without one from silence. Area by weight; intervals include the uncertainty of imputation. Diamond: pooled "
                + "effect with 95 % CI\(assessment.restsOnImputation ? "." : "; bar below: 95 % prediction interval.")")
        let funnel = Self.figure(
            FunnelPlot(assessment: assessment, identifier: "\(identifier)-funnel").html,
            "Funnel plot. Circles: means over imputations (open: imputed); dots: single imputations. Inside the triangle 95 % of "
                + "studies of one true effect would lie. \(contours)\(egger) Imputed effects are drawn between bounds and cannot show the "
                + "bias that left them unreported.", isCompact: true)
        let bubbles = finding.covariates.enumerated().map { n, covariate in
            Self.figure(
                BubblePlot(assessment: assessment, covariate: covariate, identifier: "\(identifier)-bubble-\(n + 1)")
                    .html,
                "Effect and \(covariate.name). Area by weight (open: imputed); line and 95 % band of the regression.",
                isCompact: true)
        }
        figures += HTML.element("div", [("class", "figures-pair")], ([funnel] + bubbles).joined())
        if finding.contributions.count > 1 {
            figures += Self.figure(
                ContributionPlot(
                    contributions: finding.contributions, isMean: assessment.design.isInterceptOnly,
                    names: finding.names, identifier: "\(identifier)-contributions"
                ).html,
                "What each experiment brings to the cluster. Wide bar: share of the effect (to the left: against it); thin bar: "
                    + (assessment.design.isInterceptOnly
                        ? "share of the weights. " : "share of the information about what is tested. ")
                    + "At the right what it reported over the cluster's voxels: dark a statistic or a map, lighter a direction "
                    + "only, empty nothing.")
        }
        if let jackknife = finding.jackknife, jackknife.done > 0 {
            figures += Self.figure(
                JackknifeStrip(jackknife: jackknife, names: finding.names, identifier: "\(identifier)-jackknife").html,
                "Jackknife: z when one \(jackknife.unit) is left out. Past the dashed line, on the side of zero, the finding is lost."
            )
        }
        return HTML.element("details", [], HTML.element("summary", [], "Figures: forest, funnel and more") + figures)
            + TrustPlots(finding: finding, names: finding.names, identifier: identifier).html
    }

    /// - Parameter isCompact: on paper it takes half the width, as its letters are large enough; a page then holds two figures.
    static func figure(_ picture: HTML, _ caption: String, isCompact: Bool = false) -> HTML {
        let unbroken = caption.replacingOccurrences(of: " %", with: "\u{A0}%")
        return HTML.element(
            "figure", [("class", isCompact ? "compact" : nil)], picture + HTML.element("figcaption", [], unbroken))
    }
}
