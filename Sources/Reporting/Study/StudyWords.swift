import Evidence
import Figures
import Formats
import Foundation
import Imaging
import Inference
import PrimaryStudy
import Statistics

/// What a primary study says, in sentences.
package struct StudyWords {
    let result: StudyResult

    package init(_ result: StudyResult) { self.result = result }

    private var design: ParticipantDesign { result.participants }

    /// `10 people`, `10 people (6 therapy, 4 waitlist)`.
    var people: String {
        let count = PrettyNumber.plural(design.people, "person", "people")
        let groups = design.sizesOfGroups.map { "\($0.count) \($0.name)" }
        return groups.isEmpty ? count : "\(count) (\(groups.joined(separator: ", ")))"
    }

    /// The smallest corrected p there can be.
    var step: Double { 1 / Double(max(result.inference.rearrangements.count, 1)) }

    func corrected(_ p: Double) -> String { PrettyNumber.correctedP(p, step: step) }

    /// `higher in post than in pre`.
    func side(_ finding: StudyFinding) -> String {
        guard let sides = design.sides else { return design.predictors.isEmpty ? "differs" : "goes with them" }
        return finding.cluster.sign > 0 ? sides.positive : sides.negative
    }

    /// Of the values that are shown: ordinary t or F, whatever was permuted (``tested``).
    var statisticName: String { result.inference.contrast.isJoint ? "F" : "t" }

    /// What was permuted.
    private var tested: String {
        switch result.choices.statistic {
        case .classical: "\(statisticName) by \(result.choices.statisticWords)"
        case .unequalVariances, .smoothedVariance:
            "\(result.choices.statisticWords); \(statisticName) shown at places are the ordinary ones"
        }
    }

    static func effect(_ effect: StudyEffect?) -> String {
        guard let effect else { return "–" }
        let decimals = 2
        return "\(PrettyNumber.fixed(effect.value, decimals)) (\(PrettyNumber.fixed(effect.lower, decimals)) to "
            + "\(PrettyNumber.fixed(effect.upper, decimals)))"
    }

    static func symbol(_ effect: StudyEffect?) -> String { effect?.symbol ?? "effect" }

    // MARK: - The answer

    var answer: HTML {
        let count = result.findings.count
        guard count > 0, let first = result.findings.first else { return nothing }
        let places = PrettyNumber.plural(count, result.isRegional ? "region" : "place")
        let list = result.findings.prefix(3).map { finding in
            "\(finding.name) (\(side(finding)), corrected p = \(corrected(finding.correctedP)))"
        }
        let more = count > 3 ? " and \(count - 3) more" : ""
        let share = first.share
        let who =
            result.countsPeople
            ? " In \(first.name) \(share.with) of \(share.of) people go that way, \(share.of - share.with) do not." : ""
        return HTML.element("strong", [], "\(design.title): \(places) in \(people).")
            + HTML.text(" \(list.joined(separator: "; "))\(more). Corrected for \(result.area.words).\(who)")
    }

    private var nothing: HTML {
        var text = " No \(result.isRegional ? "region" : "place") survives the correction for \(result.area.words)"
        if let nearest = result.others.min(by: { $0.correctedP < $1.correctedP }) {
            text +=
                "; the nearest is \(nearest.name) (\(side(nearest)), corrected p = \(corrected(nearest.correctedP)))"
        }
        text += ". That is not a finding that nothing is there"
        if let row = result.limits?.rows.last, let detectable = row.detectable {
            let symbol = result.isCorrelation ? "correlation of r" : "effect of d"
            text +=
                ": \(PrettyNumber.plural(design.people, "person", "people")) find a true \(symbol) = \(PrettyNumber.fixed(detectable, 2)) "
                + "in four of five studies\(result.limits?.isCorrected == true ? "" : " at one place named beforehand"), smaller ones seldom"
        }
        return HTML.element("strong", [], "\(design.title): nothing in \(people).") + HTML.text("\(text).")
    }

    /// The one thing a reader should doubt first.
    var doubt: String {
        if let caution = result.area.caution { return caution }
        if let first = result.findings.first, !first.carriers.isEmpty {
            let names = first.carriers.prefix(4).joined(separator: ", ")
            return "Without \(names) nothing is left of \(first.name) at the threshold that forms clusters: "
                + "\(first.carriers.count == 1 ? "one person carries" : "any one of \(first.carriers.count) people carries") it."
        }
        if let limit = result.limits?.rows.last, let middle = limit.cases.dropFirst().first, !result.findings.isEmpty,
            middle.exaggeration > 1.3
        {
            let symbol = result.isCorrelation ? "r" : "d"
            return
                "\(PrettyNumber.plural(design.people, "person", "people")) find only large effects, so what is found looks too large: a true "
                + "\(symbol) of \(PrettyNumber.fixed(middle.effect, 1)) would look \(PrettyNumber.fixed(middle.exaggeration, 1)) times as large when found at one \(result.isRegional ? "region" : "voxel")."
        }
        return design.causeWords
            ?? "An association in one sample. It says nothing of causes, and of other samples only as far as they are like this one."
    }

    // MARK: - How it was tested

    package var test: String {
        let rearrangements = result.inference.rearrangements
        let count = PrettyNumber.count(rearrangements.count)
        let kind = design.exchange == .signs ? "sign flips" : "arrangements"
        let all =
            rearrangements.isExhaustive
            ? "all \(count) \(kind) there are" : "\(count) of the \(kind), drawn by seed \(result.choices.seed)"
        let p = result.inference.smallestP(result.side)
        let tails = result.inference.contrast.isJoint ? "" : ", both tails together"
        return
            "\(design.exchangeWords(movingColumns: result.choices.nuisance == .draperStoneman)) Made were \(all), the data as they are among them; corrected p is the share in which "
            + "\(result.choices.correction.words) of \(result.area.words) is at least as large as here\(tails). The smallest p there can be is "
            + "\(NumberText.significant(p, 2)). Statistic: \(tested)."
    }

    /// For a paper.
    var methods: String {
        let input =
            result.isRegional
            ? "mean values of \(result.area.names.count) regions"
            : "one image a person\(design.sessions.count > 1 ? " and session" : "") (\(PrettyNumber.count(result.area.voxels)) voxels of "
                + "\(MapFacts.words(result.mask.grid.affine.voxelSize)))"
        let sentences = [
            "\(design.title) was tested in \(people) with Cuneus \(CuneusVersion.text), from \(input), over \(result.area.words).",
            test,
            result.isRegional
                ? ""
                : "Clusters are of voxels below one-sided p = \(NumberText.shortest(result.choices.clusterP)), faces touching; threshold-free cluster "
                    + "enhancement as Smith and Nichols (2009).",
            "Effect sizes read from a finding's own voxels are shown with the interval by \(interval), beside "
                + "the value in which each person is read from the cluster of the same rank found without that person (Esterman et al. 2010)."
                + (result.findings.contains { $0.effect?.bootstrap != nil }
                    ? " Bootstrap intervals are bias-corrected and accelerated, over whole people (Efron 1987)." : ""),
        ]
        return sentences.filter { !$0.isEmpty }.joined(separator: " ")
    }

    private var interval: String {
        if result.inference.contrast.isJoint { return "the noncentral F (of partial R²; Smithson 2001)" }
        return result.isCorrelation ? "Fisher's z" : "the noncentral t, which is exact"
    }

    /// Partial R² of F is above 0 by chance alone.
    var chance: String {
        guard result.inference.contrast.isJoint else { return "" }
        let tested = Double(result.inference.contrast.rows.count)
        let mean = tested / (tested + Double(design.degreesOfFreedom))
        return "; \(PrettyNumber.fixed(mean, 2)) on average where nothing is explained"
    }

    var references: [Reference] {
        Self.references + (result.inference.contrast.isJoint ? [Self.explainedVariance] : [])
    }

    private static let explainedVariance = Reference(
        "Smithson, 2001",
        "Smithson M. Correct confidence intervals for various regression effect sizes and parameters. Educational and Psychological Measurement 2001;61:605-632.",
        doi: "10.1177/00131640121971392")

    private static let references: [Reference] = [
        Reference(
            "Winkler et al., 2014",
            "Winkler AM, Ridgway GR, Webster MA, Smith SM, Nichols TE. Permutation inference for the general linear model. NeuroImage 2014;92:381-397.",
            doi: "10.1016/j.neuroimage.2014.01.060"),
        Reference(
            "Nichols & Holmes, 2002",
            "Nichols TE, Holmes AP. Nonparametric permutation tests for functional neuroimaging: a primer with examples. Human Brain Mapping 2002;15:1-25.",
            doi: "10.1002/hbm.1058"),
        Reference.tfce,
        Reference(
            "Esterman et al., 2010",
            "Esterman M, Tamber-Rosenau BJ, Chiu YC, Yantis S. Avoiding non-independence in fMRI data analysis: leave one subject out. NeuroImage 2010;50:572-576.",
            doi: "10.1016/j.neuroimage.2009.10.092"),
        Reference(
            "Gelman & Carlin, 2014",
            "Gelman A, Carlin J. Beyond power calculations: assessing type S (sign) and type M (magnitude) errors. Perspectives on Psychological Science 2014;9:641-651.",
            doi: "10.1177/1745691614551642"),
    ]
}
