import Evidence
import Figures
import Statistics
import Synthesis

/// What was done, in words for a paper, from the settings of the run, with the publications to cite.
struct OutcomeMethods {
    private let findings: [OutcomeFinding]

    init(_ findings: [OutcomeFinding]) { self.findings = findings }

    private var settings: SynthesisSettings { findings.first?.settings ?? SynthesisSettings() }
    private var isLevelled: Bool { findings.contains { $0.pooled.model.contains("CR2") } }

    var text: String {
        guard !findings.isEmpty else { return "" }
        var measures: [String] = []
        for finding in findings where !measures.contains(finding.scale.measure.words) {
            measures.append(finding.scale.measure.words)
        }
        var text =
            "Effects (\(measures.joined(separator: "; "))) and their sampling variances were made from the numbers of each row as in "
            + "metafor (\(Reference.metafor.mark)). "
        var models: [String] = []
        for finding in findings where !models.contains(finding.pooled.model) { models.append(finding.pooled.model) }
        text += "They were pooled by \(models.joined(separator: ", or ")) (\(marks))"
        text +=
            "; prediction intervals are t-based with studies − 2 degrees of freedom (\(Reference.predictionInterval.mark)), I² follows "
            + "\(Reference.heterogeneity.mark). "
        if let column = settings.subgroup {
            text += "Groups by \(column) were compared in one model with a common variance between studies. "
        }
        if !settings.moderators.isEmpty {
            text +=
                "Meta-regressions had \(settings.moderators.joined(separator: ", ")) as moderators, numbers centred at their mean. "
        }
        if let dose = settings.dose {
            text +=
                "Dose–response on \(dose) was fitted as a straight line, a parabola and a restricted cubic spline with three knots. "
        }
        if findings.contains(where: { $0.studies > 2 }) {
            text +=
                "Small-study effects were tested by regression on the standard error (\(Reference.egger.mark)); PET-PEESE "
                + "(\(Reference.petPeese.mark)) and trim and fill (\(Reference.trimAndFill.mark)) give corrected means, excess significance "
                + "follows \(Reference.excessSignificance.mark), fail-safe numbers \(Reference.rosenthal.mark) and "
                + "\(Reference.rosenberg.mark). "
            if isLevelled {
                text +=
                    "Methods that need independent effects took one mean per study, sampling errors within a study correlated by "
                    + "\(NumberText.shortest(settings.correlation)). "
            }
            text += "Influence was judged by leaving each study out (\(Reference.influence.mark))."
        }
        return text
    }

    private var marks: String {
        references.prefix { $0 != .predictionInterval }.filter { $0 != .metafor }.map(\.mark).joined(separator: "; ")
    }

    /// In the order of ``text``.
    var references: [Reference] {
        guard !findings.isEmpty else { return [] }
        var list: [Reference] = [.metafor]
        switch settings.estimator {
        case .reml, .maximumLikelihood: list.append(.reml)
        case .dersimonianLaird: list.append(.derSimonianLaird)
        default: break
        }
        if isLevelled {
            list += [.threeLevel, .clusterRobust]
        } else if settings.test != .wald {
            list.append(.knappHartung)
        }
        list += [.predictionInterval, .heterogeneity]
        if findings.contains(where: { $0.studies > 2 }) {
            list += [.egger, .petPeese, .trimAndFill, .excessSignificance, .rosenthal, .rosenberg, .influence]
        }
        return list
    }
}

extension Reference {
    static let metafor = Reference(
        "Viechtbauer, 2010",
        "Viechtbauer W. Conducting meta-analyses in R with the metafor package. Journal of Statistical Software 2010; 36(3): "
            + "1–48.",
        doi: "10.18637/jss.v036.i03")
    static let threeLevel = Reference(
        "Konstantopoulos, 2011",
        "Konstantopoulos S. Fixed effects and variance components estimation in three-level meta-analysis. Research "
            + "Synthesis Methods 2011; 2: 61–76.",
        doi: "10.1002/jrsm.35")
    static let clusterRobust = Reference(
        "Tipton, 2015",
        "Tipton E. Small sample adjustments for robust variance estimation with meta-regression. Psychological Methods 2015; "
            + "20: 375–393.",
        doi: "10.1037/met0000011")
}
