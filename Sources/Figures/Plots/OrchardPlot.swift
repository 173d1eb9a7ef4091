package import Appraisal
package import Statistics

/// Groups of studies side by side: every study as a point whose area is its weight, over it the group's mean with its 95 %
/// interval (thick) and the prediction interval (thin). After Nakagawa et al. 2021 (doi:10.1002/jrsm.1424).
package struct OrchardPlot {
    package struct Group {
        let name: String
        let estimate: Double
        let interval: Interval
        let prediction: Interval?
        let studies: [StudySummary]

        /// - Parameters:
        ///   - interval: 95 %, of the mean.
        ///   - prediction: of a new study of the group; nil where there is none.
        package init(
            name: String, estimate: Double, interval: Interval, prediction: Interval?, studies: [StudySummary]
        ) {
            self.name = name
            self.estimate = estimate
            self.interval = interval
            self.prediction = prediction
            self.studies = studies
        }

        /// The mean of all studies of a place.
        package init(_ assessment: PlaceAssessment, name: String) {
            self.init(
                name: name, estimate: assessment.estimate.value, interval: assessment.interval,
                prediction: assessment.predictionInterval(), studies: assessment.studies)
        }

        /// The levels of a model's categorical covariates at a place; none of other models.
        package static func levels(_ assessment: PlaceAssessment) -> [Group] {
            assessment.means.compactMap { mean in
                guard let members = mean.studies, !members.isEmpty else { return nil }
                return Group(
                    name: mean.name, estimate: mean.estimate.value, interval: mean.estimate.interval(),
                    prediction: mean.predictionInterval, studies: members.map { assessment.studies[$0] })
            }
        }
    }

    let groups: [Group]
    let unit: String
    let identifier: String

    /// - Parameter unit: such as `Hedges' g`.
    package init(_ groups: [Group], unit: String, identifier: String) {
        self.groups = groups.filter { !$0.studies.isEmpty && $0.estimate.isFinite }
        self.unit = unit
        self.identifier = identifier
    }

    private static let width = 780.0
    private static let row = 76.0
    private static let left = 170.0
    private static let right = 610.0
    private static let estimateColumn = 774.0
    private static let largest = 9.0

    /// Wide enough for all points and intervals; prediction intervals may be cut.
    private var range: ClosedRange<Double> {
        let points = groups.flatMap { $0.studies.map(\.estimate.value) }
        let means = groups.flatMap { [$0.interval.lower, $0.interval.upper] }
        let needed = (points + means + [0]).filter(\.isFinite)
        let (low, high) = (needed.min() ?? -1, needed.max() ?? 1)
        let reach = 0.35 * (high - low)
        let ends = groups.compactMap(\.prediction).flatMap { [$0.lower, $0.upper] }
            .map { min(max($0, low - reach), high + reach) }
        let (first, last) = (min(low, ends.min() ?? low), max(high, ends.max() ?? high))
        let room = 0.04 * (last - first)
        return first - room...last + room
    }

    package var html: HTML {
        guard !groups.isEmpty else { return HTML() }
        let x = PlotAxis(range, from: Self.left, to: Self.right)
        let top = 26.0
        let base = top + Self.row * Double(groups.count)
        var plot = Plot()
        plot.text(Self.estimateColumn, 14, "mean [95 % CI]", .end, "head")
        plot.line(x(0), top - 4, x(0), base, "zero")
        let heaviest =
            groups.flatMap { $0.studies.map { 1 / ($0.estimate.standardError * $0.estimate.standardError) } }
            .filter(\.isFinite).max() ?? 1
        for (n, group) in groups.enumerated() {
            draw(group, top + Self.row * (Double(n) + 0.5), x, heaviest, &plot)
            if n > 0 { plot.line(0, top + Self.row * Double(n), Self.width, top + Self.row * Double(n), "rule") }
        }
        plot.axis(x, below: base, name: unit, count: 7)
        return plot.svg(width: Self.width, height: base + 38, identifier: identifier, description: description)
    }

    private func draw(_ group: Group, _ y: Double, _ x: PlotAxis, _ heaviest: Double, _ plot: inout Plot) {
        plot.text(0, y, Plot.shortened(group.name, to: 26), .start, "head")
        plot.text(0, y + 14, PrettyNumber.plural(group.studies.count, "experiment"), .start, "soft")
        let heights = Self.offsets(group.studies.count)
        // Light ones last, so that none is hidden.
        let order = group.studies.indices.sorted {
            group.studies[$0].estimate.standardError < group.studies[$1].estimate.standardError
        }
        for n in order {
            let study = group.studies[n]
            let precision = 1 / (study.estimate.standardError * study.estimate.standardError)
            plot.circle(
                x.clamped(study.estimate.value), y + heights[n] * (Self.row / 2 - Self.largest - 3),
                radius: max(1.8, Self.largest * (precision / heaviest).squareRoot()),
                study.source.isReported ? "bubble" : "bubble open")
        }
        if let prediction = group.prediction {
            plot.line(x.clamped(prediction.lower), y, x.clamped(prediction.upper), y, "twig")
        }
        plot.line(x.clamped(group.interval.lower), y, x.clamped(group.interval.upper), y, "trunk")
        plot.circle(x.clamped(group.estimate), y, radius: 4.6, "pooled")
        let interval = "[\(EffectWords.fixed(group.interval.lower)), \(EffectWords.fixed(group.interval.upper))]"
        plot.text(Self.estimateColumn, y, "\(EffectWords.fixed(group.estimate)) \(interval)", .end)
        if let prediction = group.prediction {
            let words = "PI [\(EffectWords.fixed(prediction.lower)), \(EffectWords.fixed(prediction.upper))]"
            plot.text(Self.estimateColumn, y + 14, words, .end, "soft")
        }
    }

    /// From −1 to 1, spread by the golden ratio so that neighbours lie apart: the same every time.
    private static func offsets(_ count: Int) -> [Double] {
        (0..<count).map { index in
            let turn = Double(index + 1) * 0.618_033_988_749_895
            return 2 * (turn - turn.rounded(.down)) - 1
        }
    }

    private var description: String {
        let parts = groups.map { group in
            "\(group.name) \(EffectWords.fixed(group.estimate)) (\(EffectWords.fixed(group.interval.lower)) to "
                + "\(EffectWords.fixed(group.interval.upper))), "
                + PrettyNumber.plural(group.studies.count, "experiment")
        }
        return "Orchard plot, \(unit): " + parts.joined(separator: "; ") + "."
    }
}
