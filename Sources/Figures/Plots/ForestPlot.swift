package import Appraisal
import Evidence
import Foundation
import Statistics

/// Every study's effect at a place with its interval, then the pooled effect and the prediction interval.
///
/// Squares have areas in proportion to the weights: filled where a statistic or a map was reported there, open with a dot where
/// a direction only, open where nothing. With subgroups, each has its block and its own pooled effect. Under the diamond
/// stand the prediction interval and τ², I² and Q.
package struct ForestPlot {
    let assessment: PlaceAssessment
    /// One per study, or none.
    let subgroups: [String]
    let identifier: String
    /// What rows are called, by the id of their study; the id itself where there is none.
    let names: [String: String]

    package init(
        assessment: PlaceAssessment, subgroups: [String] = [], names: [String: String] = [:], identifier: String
    ) {
        self.assessment = assessment
        self.subgroups = subgroups
        self.names = names
        self.identifier = identifier
    }

    private static let width = 780.0
    private static let row = 18.0
    private static let nColumn = 232.0
    private static let sourceColumn = 246.0
    private static let left = 318.0
    private static let right = 598.0
    private static let weightColumn = 774.0
    private static let estimateColumn = 722.0

    /// A line of the figure.
    private enum Row {
        case heading(String)
        case study(StudySummary)
        case subtotal(String, Estimate)
        case gap
    }

    private var rows: [Row] {
        guard subgroups.count == assessment.studies.count, Set(subgroups).count > 1 else {
            return assessment.studies.map(Row.study)
        }
        var names: [String] = []
        for name in subgroups where !names.contains(name) { names.append(name) }
        return names.flatMap { name -> [Row] in
            let members = subgroups.indices.filter { subgroups[$0] == name }
            let pooled = try? PlacePooling(
                effects: members.map { assessment.place.studies[$0].effects },
                variances: members.map { assessment.place.studies[$0].variances },
                design: Matrix(rows: members.count, columns: 1, repeating: 1), estimator: assessment.estimator)
            let subtotal = pooled.map { Row.subtotal("\(name), pooled", $0.coefficients.coefficient(0)) }
            return [.heading(name)] + members.map { .study(assessment.studies[$0]) }
                + [subtotal, .gap].compactMap { $0 }
        }
    }

    /// All estimates and what belongs to the pooled effect; single intervals only so far that one very wide one does not
    /// squeeze the others.
    private var range: ClosedRange<Double> {
        let all = assessment.studies.map(\.estimate)
        let errors = all.map(\.standardError).sorted()
        let usual = 1.96 * errors[errors.count / 2]
        let ends = all.flatMap { estimate in
            let half = min(1.96 * estimate.standardError, 2.2 * usual)
            return [estimate.value - half, estimate.value + half]
        }
        var shown = ends + [0]
        if assessment.design.isMean {
            let pooled = assessment.interval
            shown += [pooled.lower, pooled.upper]
            if let prediction { shown += [prediction.lower, prediction.upper] }
        }
        let finite = shown.filter(\.isFinite)
        let (low, high) = (finite.min() ?? -1, finite.max() ?? 1)
        return low - 0.03 * (high - low)...high + 0.03 * (high - low)
    }

    package var html: HTML {
        let rows = rows
        let axis = PlotAxis(range, from: Self.left, to: Self.right)
        let top = 34.0
        let bottom = top + Self.row * Double(rows.count)
        let summaries = assessment.design.isMean ? (prediction == nil ? 1.0 : 2.0) : 0
        let heterogeneity = between == nil ? 0.0 : 1.0
        let base = bottom + 6 + Self.row * (summaries + heterogeneity) + 8
        var plot = Plot()

        plot.text(0, 14, "Study", .start, "head")
        plot.text(Self.nColumn, 14, "n", .end, "head")
        plot.text(Self.sourceColumn, 14, "reported", .start, "head")
        plot.text(Self.estimateColumn, 14, "\(shortUnit) [95 % CI]", .end, "head")
        plot.text(Self.weightColumn, 14, "weight", .end, "head")
        plot.line(0, 21, Self.width, 21, "axis")
        plot.line(axis(0), 24, axis(0), base, "zero")
        if assessment.design.isMean {
            plot.line(axis(assessment.estimate.value), 24, axis(assessment.estimate.value), base, "threshold")
        }

        let heaviest = assessment.studies.map(\.weight).max() ?? 1
        for (n, row) in rows.enumerated() {
            let y = top + Self.row * Double(n) + 0.5 * Self.row - 4
            switch row {
            case .heading(let name): plot.text(0, y + 4, Plot.shortened(name, to: 36), .start, "head")
            case .study(let study): draw(study, y, axis, heaviest, &plot)
            case .subtotal(let name, let estimate):
                plot.diamond(estimate.value, estimate.interval(), y, axis, "subtotal")
                plot.text(0, y + 4, Plot.shortened(name, to: 44), .start, "soft")
                plot.text(Self.estimateColumn, y + 4, bracketed(estimate), .end, "soft")
            case .gap: break
            }
        }
        if assessment.design.isMean { summary(bottom + 2, axis, &plot) }
        if let between { plot.text(0, bottom + 6 + Self.row * (summaries + 0.5), between, .start, "soft") }
        plot.axis(axis, below: base, name: EffectWords(assessment).studyAxisName, count: 7)
        plot.text(Self.left, base + 31, "← below zero", .start, "soft")
        plot.text(Self.right, base + 31, "above zero →", .end, "soft")
        return plot.svg(width: Self.width, height: base + 38, identifier: identifier, description: description)
    }

    /// Not where no experiment measured the effect: then it would describe what was imputed.
    private var prediction: Interval? {
        assessment.restsOnImputation ? nil : assessment.predictionInterval()
    }

    private var shortUnit: String { assessment.measure == .change ? "g" : "z" }

    private func draw(_ study: StudySummary, _ y: Double, _ axis: PlotAxis, _ heaviest: Double, _ plot: inout Plot) {
        let interval = study.estimate.interval()
        plot.text(0, y + 4, Plot.shortened(names[study.id] ?? study.id, to: 31))
        plot.text(Self.nColumn, y + 4, PrettyNumber.count(study.participants), .end)
        plot.text(Self.sourceColumn, y + 4, study.source.words, .start, study.source.isReported ? "" : "soft")
        plot.text(Self.estimateColumn, y + 4, bracketed(study.estimate), .end)
        plot.text(Self.weightColumn, y + 4, "\(PrettyNumber.fixed(100 * study.weight, 1)) %", .end)
        plot.bar(interval, y, axis, "interval")
        plot.square(
            study.estimate.value, y, axis, share: study.weight / heaviest,
            study.source.isReported ? "mark" : "mark open")
        if study.source == .sign { plot.circle(axis.clamped(study.estimate.value), y, radius: 1.5, "near") }
    }

    /// τ², I² and Q of the studies; nil where nothing could differ. Not told where no study reported a statistic: then they
    /// would describe what was imputed.
    private var between: String? {
        guard assessment.design.isMean, assessment.pooling.heterogeneity.degreesOfFreedom > 0 else { return nil }
        guard assessment.studies.contains(where: { $0.source.isReported }) else {
            return "Between studies: cannot be told, no study reported a statistic here"
        }
        let tau2 = PrettyNumber.fixed(assessment.tau2, 3)
        var text = "Between studies: τ² = \(tau2), I² = \(PrettyNumber.fixed(100 * assessment.i2, 0)) %"
        if let q = assessment.heterogeneity {
            text += ", Q(\(Int(q.degreesOfFreedom))) = \(PrettyNumber.fixed(q.statistic, 1)), "
            text += "p = \(EffectWords.p(q.pValue))"
        }
        return text
    }

    private func summary(_ top: Double, _ axis: PlotAxis, _ plot: inout Plot) {
        let y = top + 0.5 * Self.row
        plot.line(0, top - 4, Self.width, top - 4, "rule")
        let name = assessment.design.isInterceptOnly ? "Pooled" : "Pooled: \(assessment.design.combination.name)"
        plot.text(0, y + 4, Plot.shortened(name, to: 31), .start, "head")
        plot.text(Self.nColumn, y + 4, PrettyNumber.count(assessment.participants), .end, "head")
        let value = assessment.estimate.value
        plot.text(Self.estimateColumn, y + 4, bracketed(value, assessment.interval), .end, "head")
        plot.diamond(value, assessment.interval, y, axis, "pooled")
        guard let prediction else { return }
        let below = y + Self.row
        plot.text(0, below + 4, "A new study (95 % prediction interval)", .start, "soft")
        plot.text(
            Self.estimateColumn, below + 4,
            "[\(EffectWords.fixed(prediction.lower)), \(EffectWords.fixed(prediction.upper))]", .end, "soft")
        plot.bar(prediction, below, axis, "prediction")
    }

    private func bracketed(_ estimate: Estimate) -> String { bracketed(estimate.value, estimate.interval()) }

    private func bracketed(_ value: Double, _ interval: Interval) -> String {
        "\(EffectWords.fixed(value)) [\(EffectWords.fixed(interval.lower)), "
            + "\(EffectWords.fixed(interval.upper))]"
    }

    private var description: String {
        let words = EffectWords(assessment)
        var text = "Forest plot of \(PrettyNumber.plural(assessment.studies.count, "study", "studies")) at "
        text += "\(assessment.place.name); \(words.symbol) = \(words.withInterval)"
        if let prediction {
            text += ", 95 % prediction interval \(words.range(prediction))"
        }
        return text + ". The same numbers are in the figure's columns."
    }
}
