import Appraisal
import Figures
import SeedBasedMapping
import Statistics

/// What a model with covariates says at a finding besides its test: the tested combinations of a joint test one by one, the
/// means of groups with their own heterogeneity, and predictions.
struct ModelMeansTable {
    private let assessment: PlaceAssessment
    private let words: EffectWords

    init(_ assessment: PlaceAssessment) {
        self.assessment = assessment
        words = EffectWords(assessment)
    }

    private var means: [PlaceAssessment.Mean] { assessment.means }

    var html: HTML {
        let tested = assessment.design.isJoint ? assessment.tested : []
        let means = means
        guard !tested.isEmpty || !means.isEmpty else { return HTML() }
        let rows =
            tested.map { name, estimate in
                row("tested", name, nil, estimate, nil, nil)
            }
            + means.map { mean in
                row(
                    mean.studies == nil ? "prediction" : "mean", mean.name, mean.studies?.count, mean.estimate,
                    mean.predictionInterval, mean.alone)
            }
        return HTMLTable(
            caption:
                "The model here, term by term (\(words.studyAxisName); heterogeneity of each group pooled by itself)",
            columns: [
                .init("Kind", unbroken: true), .init("Name"), .init("Experiments", number: true),
                .init("Effect", number: true), .init("95 % CI", number: true),
                .init("Prediction interval", number: true), .init("p", number: true), .init("τ²", number: true),
                .init("I² (%)", number: true), .init("Q, p", number: true),
            ], rows: rows
        ).html
    }

    private func row(
        _ kind: String, _ name: String, _ count: Int?, _ estimate: Estimate, _ prediction: Interval?,
        _ alone: PlacePooling?
    ) -> [HTML] {
        var cells = [
            kind, name, count.map { String($0) } ?? "–", EffectWords.fixed(estimate.value), range(estimate.interval()),
            prediction.map(range) ?? "–", EffectWords.p(estimate.pValue),
        ]
        if let alone, alone.heterogeneity.degreesOfFreedom > 0 {
            cells += [
                PrettyNumber.fixed(alone.tau2, 3), PrettyNumber.fixed(100 * alone.i2, 0),
                EffectWords.p(alone.heterogeneity.pValue),
            ]
        } else {
            cells += ["–", "–", "–"]
        }
        return cells.map(HTML.text)
    }

    private func range(_ interval: Interval) -> String {
        "\(EffectWords.fixed(interval.lower)) to \(EffectWords.fixed(interval.upper))"
    }
}
