import Appraisal
public import Evidence
import Inference
import SeedBasedMapping
import Statistics
public import Synthesis

/// Effects that whole-brain experiments have at an outcome's region, as rows beside those that were reported for it.
///
/// Taken are experiments that measured something there: a map, or a peak with a statistic near (``StudyEffects/Source``).
/// Where only a direction or nothing was reported the effect would be imputed, and is not a result. That makes these rows
/// a selection, as results for a region of interest are; the finding asks whether the two kinds differ.
public enum WholeBrainEffects {
    /// - Parameters:
    ///   - plan: its ``OutcomePlan/region`` names a region of the project's plan.
    ///   - measure: of the outcome's rows.
    /// - Returns: from the first model that judges the region in the same unit; empty where none does.
    public static func of(
        _ plan: OutcomePlan, measure: OutcomeMeasure, in models: [ModelFindings]
    ) -> [SynthesisEffect] {
        guard let name = plan.region else { return [] }
        for model in models where isAlike(measure, model.result.measure) {
            guard let region = model.regions.first(where: { $0.region.name == name }) else { continue }
            let years = Dictionary(
                model.result.experiments.map { ($0.id, $0.year) }, uniquingKeysWith: { first, _ in first })
            return region.place.studies.filter { $0.source == .map || $0.source == .peak }.map { study in
                // Over imputations by Rubin's rules; a map has one value.
                let estimate = StudySummary(study, weight: 0).estimate
                return SynthesisEffect(
                    study: study.id, sample: study.sample, value: estimate.value,
                    variance: estimate.standardError * estimate.standardError, participants: study.n1 + study.n2,
                    year: years[study.id] ?? nil,
                    origin: "whole-brain \(study.source == .map ? "map" : "peak") at \(name)", isWholeBrain: true)
            }
        }
        return []
    }

    /// Why nothing joins the rows of an outcome for which ``of(_:measure:in:)`` found nothing; nil where no region is named.
    public static func missing(
        _ plan: OutcomePlan, measure: OutcomeMeasure, in models: [ModelFindings]
    ) -> Notice? {
        guard let name = plan.region else { return nil }
        let judging = models.filter { isAlike(measure, $0.result.measure) }
            .contains { $0.regions.contains { $0.region.name == name } }
        let reason =
            judging
            ? "no experiment of a model has a map, or a peak with a statistic, near it"
            : "no model of effect sizes in the same unit (\(measure.rawValue)) judges it"
        return Notice(
            .note, code: "whole-brain-none", at: plan.source,
            "nothing of whole-brain experiments joins the outcome \"\(plan.name)\" at the region \"\(name)\": \(reason).",
            remedy: judging ? nil : "Run a model with method effects or sdm-psi whose regions include it.")
    }

    private static func isAlike(_ measure: OutcomeMeasure, _ model: EffectMeasure) -> Bool {
        switch measure {
        case .standardizedMeanDifference, .heteroscedasticDifference: model == .change
        case .fisherZ: model == .correlation
        default: false
        }
    }
}
