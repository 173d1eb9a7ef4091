package import Appraisal
import Statistics

/// Effects against their sampling errors: without bias the studies fill an upright funnel.
///
/// Every imputation of every study is a faint dot, its mean a circle. Lines: the pooled effect, where 95 % of studies of one
/// true effect would lie, and the Egger line. Behind them the contours of a single study's two-sided p of .1, .05 and .01
/// around zero (Peters et al. 2008, doi:10.1016/j.jclinepi.2007.11.010): studies that are missing where p would be large
/// point to bias, those missing elsewhere to something else. A legend names the shades. With covariates the residuals are shown, without contours.
package struct FunnelPlot {
    let assessment: PlaceAssessment
    let identifier: String

    package init(assessment: PlaceAssessment, identifier: String) {
        self.assessment = assessment
        self.identifier = identifier
    }

    private var fitted: [Double] {
        assessment.design.matrix * assessment.pooling.coefficients.coefficients
    }

    /// Whether effects themselves are shown, and not residuals.
    private var showsEffects: Bool { assessment.design.isInterceptOnly }

    private var centre: Double { showsEffects ? assessment.estimate.value : 0 }

    package var html: HTML {
        let offsets = showsEffects ? fitted.map { _ in 0 } : fitted
        let means = zip(assessment.studies, offsets).map { ($0.estimate.value - $1, $0.samplingError) }
        let clouds = zip(assessment.place.studies, offsets).flatMap { study, offset -> [(Double, Double)] in
            // A known effect does not vary; its circle says it all.
            guard Set(study.effects).count > 1 else { return [] }
            return zip(study.effects, study.variances).map { ($0 - offset, $1.squareRoot()) }
        }
        let all = means + clouds
        let largest = 1.06 * (all.map(\.1).max() ?? 1)
        let ends: [Double] =
            all.map(\.0) + [centre - 1.96 * largest, centre + 1.96 * largest] + (showsEffects ? [0] : [])
        let (low, high) = (ends.min() ?? 0, ends.max() ?? 0)
        let room = 0.03 * (high - low)
        let x = ScatterFrame.across(low - room...high + room)
        let y = PlotAxis(0...largest, from: ScatterFrame.top, to: ScatterFrame.base)
        var plot = Plot()

        if showsEffects { contours(largest, x, y, &plot) }
        let sides = [x(centre - 1.96 * largest), x(centre + 1.96 * largest)]
        plot.polygon(
            [(x(centre), y(0)), (sides[0], y(largest)), (sides[1], y(largest))], showsEffects ? "pseudo" : "funnel")
        plot.line(x(centre), y(0), x(centre), y(largest), "threshold")
        if x.range.contains(0), showsEffects { plot.line(x(0), y(0), x(0), y(largest), "zero") }
        plot.dots(clouds.map { (x($0.0), y($0.1)) }, "cloud")
        egger(largest, x, y, &plot)
        for (study, point) in zip(assessment.studies, means) {
            plot.circle(
                x(point.0), y(point.1), radius: 4, study.source.isReported ? "mark" : "mark open")
        }
        let unit = EffectWords(assessment).studyAxisName
        return plot.scatter(
            x, showsEffects ? unit : "Residual, \(unit)", y, "Standard error, \(unit)",
            room: showsEffects ? Plot.funnelLegendHeight : 0, identifier: identifier, description: description)
    }

    private func contours(_ largest: Double, _ x: PlotAxis, _ y: PlotAxis, _ plot: inout Plot) {
        plot.rectangle(x.start, y(0), x.end - x.start, y(largest) - y(0), "contour c1")
        for contour in Plot.funnelContours { plot.wedge(contour.style, p: contour.p, largest: largest, x, y) }
        plot.funnelLegend(ScatterFrame.bottom + 14)
    }

    /// From the smallest standard error to the largest, as far as it lies in the picture.
    private func egger(_ largest: Double, _ x: PlotAxis, _ y: PlotAxis, _ plot: inout Plot) {
        guard showsEffects, let bias = assessment.smallStudies else { return }
        let points = (0...60).map { largest * Double($0) / 60 }
            .map { (bias.limit.value + bias.asymmetry.value * $0, $0) }
            .filter { x.range.contains($0.0) }.map { (x($0.0), y($0.1)) }
        if points.count > 1 { plot.curve([points[0], points[points.count - 1]], "fit") }
    }

    private var description: String {
        var text = "Funnel plot of \(PrettyNumber.plural(assessment.studies.count, "study", "studies")) at "
        text += "\(assessment.place.name): effects against standard errors"
        if let bias = assessment.smallStudies {
            text += "; slope of the Egger line \(EffectWords.fixed(bias.asymmetry.value)), "
            text += "p = \(EffectWords.p(bias.asymmetry.pValue))"
        }
        return text + "."
    }
}
