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

    private static let width = 520.0
    private static let left = 62.0
    private static let right = 508.0
    private static let top = 14.0
    private static let base = 292.0

    package var html: HTML {
        guard covariate.values.count == assessment.studies.count, let low = covariate.values.min(),
            let high = covariate.values.max()
        else { return HTML() }
        let margin = 0.06 * (high - low)
        let x = PlotAxis(low - margin...high + margin, from: Self.left + 6, to: Self.right)
        let steps = (0...48).map { low + (high - low) * Double($0) / 48 }
        let line = steps.map { value in
            (value, assessment.pooling.coefficients.contrast(covariate.row(value)))
        }
        let heights =
            assessment.studies.map(\.estimate.value) + line.flatMap { [$0.1.interval().lower, $0.1.interval().upper] }
        let room = 0.06 * ((heights.max() ?? 1) - (heights.min() ?? 0))
        let y = PlotAxis(
            (heights.min() ?? 0) - room...(heights.max() ?? 1) + room, from: Self.base, to: Self.top)
        var plot = Plot()
        let lower = line.map { (x($0.0), y($0.1.interval().lower)) }
        let upper = line.map { (x($0.0), y($0.1.interval().upper)) }
        plot.polygon(upper + lower.reversed(), "band")
        if y.range.contains(0) { plot.line(Self.left + 6, y(0), Self.right, y(0), "zero") }
        plot.curve(line.map { (x($0.0), y($0.1.value)) }, "fit")
        let heaviest = assessment.studies.map(\.weight).max() ?? 1
        // Light ones last, so that none is hidden.
        for n in assessment.studies.indices.sorted(by: { assessment.studies[$0].weight > assessment.studies[$1].weight }
        ) {
            let study = assessment.studies[n]
            plot.circle(
                x(covariate.values[n]), y(study.estimate.value),
                radius: max(2, 9 * (study.weight / heaviest).squareRoot()),
                study.source.isReported ? "bubble" : "bubble open")
        }
        let unit = EffectWords(assessment).studyAxisName
        let name = covariate.unit.isEmpty ? covariate.name : "\(covariate.name) (\(covariate.unit))"
        plot.axis(x, below: Self.base, name: name, count: 7)
        plot.axis(y, leftOf: Self.left, name: unit)
        let description =
            "Effects of \(PrettyNumber.plural(assessment.studies.count, "study", "studies")) at \(assessment.place.name) "
            + "against \(covariate.name), with the fitted line and its 95 % band."
        return plot.svg(width: Self.width, height: Self.base + 38, identifier: identifier, description: description)
    }
}
