package import Statistics

/// A curve of the effect against a dose with its band, the studies' results as circles whose area is their weight, and the knots
/// of the spline as ticks above the axis.
///
/// Takes numbers: whoever fits the curve knows its shape. Results of one study are joined by a thin line in the order of their
/// doses, as they share their comparison group and are not independent (Greenland & Longnecker 1992,
/// doi:10.1093/oxfordjournals.aje.a116237).
package struct DoseResponsePlot: Sendable {
    /// The curve at one dose.
    package struct Step: Hashable, Sendable {
        package var dose: Double
        package var effect: Double
        /// 95 % of the curve there.
        package var interval: Interval

        package init(dose: Double, effect: Double, interval: Interval) {
            self.dose = dose
            self.effect = effect
            self.interval = interval
        }
    }

    /// What a study found at one dose.
    package struct Point: Hashable, Sendable {
        /// Points of one study have the same.
        package var study: String
        package var dose: Double
        package var effect: Double
        /// Positive; the circle's area is in proportion.
        package var weight: Double
        /// Drawn open where it was not reported but imputed.
        package var isReported: Bool

        package init(study: String, dose: Double, effect: Double, weight: Double, isReported: Bool = true) {
            self.study = study
            self.dose = dose
            self.effect = effect
            self.weight = weight
            self.isReported = isReported
        }
    }

    let steps: [Step]
    let points: [Point]
    let knots: [Double]
    let reference: Double?
    let dose: String
    let effect: String
    let identifier: String

    /// Steps, points and knots that are not finite are left out, as are points without a weight.
    ///
    /// - Parameters:
    ///   - curve: at least two doses; in any order.
    ///   - knots: doses at which the pieces of the spline meet; none of a straight line.
    ///   - reference: the dose that effects are differences from; nil where there is none.
    ///   - dose: the horizontal axis with its unit, such as `sessions per week`.
    ///   - effect: the vertical axis, such as `Hedges' g`.
    ///   - identifier: unique on the page.
    package init(
        curve: [Step], points: [Point], knots: [Double] = [], reference: Double? = nil, dose: String, effect: String,
        identifier: String
    ) {
        steps = curve.filter {
            $0.dose.isFinite && $0.effect.isFinite && $0.interval.lower.isFinite && $0.interval.upper.isFinite
        }.sorted { $0.dose < $1.dose }
        self.points = points.filter {
            $0.dose.isFinite && $0.effect.isFinite && $0.weight.isFinite && $0.weight > 0
        }
        self.knots = knots.filter(\.isFinite).sorted()
        self.reference = reference.flatMap { $0.isFinite ? $0 : nil }
        self.dose = dose
        self.effect = effect
        self.identifier = identifier
    }

    /// Nothing without a curve.
    package var html: HTML {
        guard steps.count > 1, let first = steps.first, let last = steps.last, first.dose < last.dose else {
            return HTML()
        }
        let doses = points.map(\.dose) + [first.dose, last.dose]
        let (least, most) = (doses.min() ?? 0, doses.max() ?? 1)
        let margin = 0.04 * (most - least)
        let x = ScatterFrame.across(least - margin...most + margin)
        let heights = points.map(\.effect) + steps.flatMap { [$0.interval.lower, $0.interval.upper] } + [0]
        let (low, high) = (heights.min() ?? 0, heights.max() ?? 1)
        let room = 0.06 * (high - low)
        let y = ScatterFrame.upwards(low - room...high + room)
        var plot = Plot()
        if let reference, x.range.contains(reference) {
            plot.line(x(reference), ScatterFrame.top, x(reference), ScatterFrame.base, "threshold")
            let isRight = x(reference) > 0.8 * ScatterFrame.right
            plot.text(
                x(reference) + (isRight ? -4 : 4), ScatterFrame.top + 9, "reference", isRight ? .end : .start, "soft")
        }
        plot.curve(
            steps.map { (at: $0.dose, value: $0.effect, lower: $0.interval.lower, upper: $0.interval.upper) }, x, y)
        for line in joined where line.count > 1 { plot.curve(line.map { (x($0.dose), y($0.effect)) }, "join") }
        plot.bubbles(
            points.map { (at: $0.dose, value: $0.effect, weight: $0.weight, isOpen: !$0.isReported) }, x, y)
        for knot in knots where x.range.contains(knot) {
            plot.line(x(knot), ScatterFrame.base - 9, x(knot), ScatterFrame.base, "knot")
        }
        return plot.scatter(x, dose, y, effect, identifier: identifier, description: description)
    }

    /// The points of every study by dose, studies in the order in which they first come.
    private var joined: [[Point]] {
        var order: [String] = []
        var members: [String: [Point]] = [:]
        for point in points {
            if members[point.study] == nil { order.append(point.study) }
            members[point.study, default: []].append(point)
        }
        return order.map { (members[$0] ?? []).sorted { $0.dose < $1.dose } }
    }

    private var description: String {
        guard let first = steps.first, let last = steps.last else { return "" }
        let studies = Set(points.map(\.study)).count
        var text = "\(effect) against \(dose), of \(PrettyNumber.plural(studies, "study", "studies")), with the fitted "
        text +=
            "curve and its 95 % band: \(EffectWords.fixed(first.effect)) at \(PrettyNumber.hundredths(first.dose)), "
        text += "\(EffectWords.fixed(last.effect)) at \(PrettyNumber.hundredths(last.dose))"
        if !knots.isEmpty {
            text += "; knots at \(knots.map(PrettyNumber.hundredths).joined(separator: ", "))"
        }
        return text + "."
    }
}
