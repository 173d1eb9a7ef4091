import Appraisal
import Evidence
import Figures
import SeedBasedMapping

/// The appraisal of findings in words for a paper, from the settings of the run.
struct TrustMethods {
    private let findings: [FindingCard]
    private let settings: Settings

    /// nil where nothing was appraised.
    init?(_ models: [ModelFindings]) {
        findings = models.flatMap(\.trust)
        guard !findings.isEmpty, let settings = models.first(where: { !$0.trust.isEmpty })?.result.settings else {
            return nil
        }
        self.settings = settings
    }

    var text: String {
        let jackknife = findings.contains { $0.jackknife != nil }
        var text =
            "At each peak the effects of all experiments were extracted from every imputation. Prediction intervals "
            + "(\(Reference.predictionInterval.mark)) used the t distribution. Small-study effects were tested by adding the "
            + "standard error to the model (restricted maximum likelihood; \(Reference.egger.mark)) in each imputation and "
            + "pooling with Rubin's rules, with PET-PEESE (\(Reference.petPeese.mark)) as a sensitivity analysis; excess "
            + "significance by comparing the observed number of significant experiments with that expected at their power for "
            + "the pooled effect (noncentral t, binomial test; \(Reference.excessSignificance.mark)). Influence of single "
            + "experiments is described by Cook's distance and related measures (\(Reference.influence.mark))"
        text += jackknife ? ", and by leaving each out and repeating the analysis. " : ". "
        if findings.contains(where: { $0.assessment.missingStudies != nil }) {
            text +=
                "Trim and fill (L₀; \(Reference.trimAndFill.mark)) and fail-safe numbers (\(Reference.rosenthal.mark); "
                + "\(Reference.rosenberg.mark)) on the experiments' means over imputations are given beside them. "
        }
        return text + classes
    }

    private var classes: String {
        let people = settings.evidenceCount == .cases ? "cases" : "participants"
        func p(_ value: Double) -> String { NumberText.shortest(value) }
        let size = "more than \(PrettyNumber.count(settings.evidenceSize)) \(people)"
        return "Evidence was classed (\(Reference.evidenceClasses.mark)) as convincing (I: \(size), p < "
            + "\(p(settings.evidenceConvincingP)), I² < \(PrettyNumber.plain(settings.evidenceI2)) %, 95 % prediction interval "
            + "excluding zero, small-study effects p > \(p(settings.evidenceSmallStudyP)), excess significance p > "
            + "\(p(settings.evidenceExcessP))), highly suggestive (II: \(size), p < \(p(settings.evidenceConvincingP)), largest "
            + "experiment's 95 % CI excluding zero), suggestive (III: \(size), p < \(p(settings.evidenceSuggestiveP))), weak "
            + "(IV: p < \(p(settings.evidenceWeakP))) or not significant, with two-sided uncorrected p of the peak."
    }

    /// What ``text`` cites, in its order.
    static func references(_ models: [ModelFindings]) -> [Reference] {
        let fills = models.flatMap(\.trust).contains { $0.assessment.missingStudies != nil }
        return [.predictionInterval, .egger, .petPeese, .excessSignificance, .influence]
            + (fills ? [.trimAndFill, .rosenthal, .rosenberg] : []) + [.evidenceClasses]
    }
}
