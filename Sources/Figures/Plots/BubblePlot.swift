package import Appraisal
import Statistics

/// Effects of the studies against a covariate, with the fitted line and its 95 % band.
public struct BubblePlot: Sendable {
    /// A numeric covariate of a model, in the units of the study table.
    public struct Covariate: Sendable {
        public var name: String
        /// Such as `weeks`; empty when there is none.
        public var unit: String
        /// One per study of the place, in their order.
        public var values: [Double]
        /// The combination of coefficients that is the mean at a value, other covariates held at their means.
        public var row: @Sendable (Double) -> [Double]

        public init(
            name: String, unit: String = "", values: [Double], row: @escaping @Sendable (Double) -> [Double]
        ) {
            self.name = name
            self.unit = unit
            self.values = values
            self.row = row
        }
    }

    let assessment: PlaceAssessment
    let covariate: Covariate
    let identifier: String

    package init(assessment: PlaceAssessment, covariate: Covariate, identifier: String) {
        self.assessment = assessment
        self.covariate = covariate
        self.identifier = identifier
    }

    package var html: HTML {
        guard covariate.values.count == assessment.studies.count, let low = covariate.values.min(),
            let high = covariate.values.max()
        else { return HTML() }
        let margin = 0.06 * (high - low)
        let x = ScatterFrame.across(low - margin...high + margin)
        let steps = (0...48).map { low + (high - low) * Double($0) / 48 }
        let line = steps.map { value in
            (value, assessment.pooling.coefficients.contrast(covariate.row(value)))
        }
        let heights =
            assessment.studies.map(\.estimate.value) + line.flatMap { [$0.1.interval().lower, $0.1.interval().upper] }
        let room = 0.06 * ((heights.max() ?? 1) - (heights.min() ?? 0))
        let y = ScatterFrame.upwards((heights.min() ?? 0) - room...(heights.max() ?? 1) + room)
        var plot = Plot()
        plot.curve(
            line.map { value, mean in
                (at: value, value: mean.value, lower: mean.interval().lower, upper: mean.interval().upper)
            }, x, y)
        plot.bubbles(
            zip(assessment.studies, covariate.values).map { study, value in
                (at: value, value: study.estimate.value, weight: study.weight, isOpen: !study.source.isReported)
            }, x, y)
        let unit = EffectWords(assessment).studyAxisName
        let name = covariate.unit.isEmpty ? covariate.name : "\(covariate.name) (\(covariate.unit))"
        let description =
            "Effects of \(PrettyNumber.plural(assessment.studies.count, "study", "studies")) at \(assessment.place.name) "
            + "against \(covariate.name), with the fitted line and its 95 % band."
        return plot.scatter(x, name, y, unit, identifier: identifier, description: description)
    }
}
