import Evidence
import Figures
import Foundation
import Statistics
public import Synthesis

/// An outcome in a terminal: the answer, a small table, and a forest plot of letters that lines up in 80 columns.
public struct OutcomeText: Sendable {
    private let finding: OutcomeFinding
    private let words: OutcomeWords

    public init(_ finding: OutcomeFinding) {
        self.finding = finding
        words = OutcomeWords(finding)
    }

    /// Columns of a terminal that no line exceeds.
    public static let columns = 80
    /// Effects beyond these are not drawn one by one.
    private static let mostLines = 40
    private static let nameColumns = 24
    private static let plotColumns = 30

    /// The answer alone, for a list of several.
    public var summary: String {
        Self.wrapped("\(finding.name): \(words.verdict)").joined(separator: "\n")
    }

    public var text: String {
        let pooled = finding.pooled
        var lines = [finding.name + (finding.question.isEmpty ? "" : ": \(finding.question)")]
        lines = lines.flatMap { Self.wrapped($0) }
        lines.append(String(repeating: "─", count: Self.columns))
        lines += Self.wrapped(words.verdict)
        lines += Self.wrapped("What to doubt: \(words.doubt)")
        lines.append("")
        func row(_ name: String, _ value: String) {
            let rows = Self.wrapped(value, to: Self.columns - 18)
            for (n, part) in rows.enumerated() { lines.append(Self.padded(n == 0 ? name : "", 18) + part) }
        }
        row("studies", "\(words.material), \(words.people)")
        row("measure", finding.scale.displayName)
        row("model", pooled.model)
        row(
            "mean",
            "\(words.number(pooled.estimate.value)) (\(words.level) CI \(words.range(pooled.interval)))"
                + (words.meanP == nil ? "" : ", \(OutcomeWords.pEquals(pooled.estimate.pValue))")
        )
        if let prediction = pooled.prediction {
            row("a new study", "\(words.level) prediction interval \(words.range(prediction))")
        }
        if finding.effects.count > 1 {
            let q = pooled.heterogeneity
            row(
                "differences",
                "τ \(PrettyNumber.fixed(pooled.tau2.squareRoot(), 2)), I² \(PrettyNumber.fixed(100 * pooled.i2, 0)) %, "
                    + "Q(\(PrettyNumber.fixed(q.degreesOfFreedom, 0))) \(PrettyNumber.fixed(q.statistic, 1)), \(OutcomeWords.pEquals(q.pValue))"
            )
        }
        if words.isMerged, finding.bias.first("PET-PEESE") != nil {
            row("mean per study", "\(words.number(words.basis.value)) (\(words.range(words.basisInterval)))")
        }
        for name in ["PET-PEESE", "trim and fill", "selection model (three parameters)"] {
            guard let corrected = finding.bias.first(name) else { continue }
            let short = name.hasPrefix("selection") ? "selection model" : name
            row(short, words.number(corrected.value) + (corrected.interval.map { " (\(words.range($0)))" } ?? ""))
        }
        if let egger = finding.bias.rows.first(where: { $0.method.hasPrefix("Egger") }), let p = egger.pValue {
            row("Egger", OutcomeWords.pEquals(p) + (finding.studies < 10 ? " (fewer than ten studies: no power)" : ""))
        }
        if let posterior = finding.posterior {
            row(
                "Bayes",
                "\(words.number(posterior.mean)) (\(words.range(posterior.interval))), Bayes factor "
                    + PrettyNumber.bayesFactor(posterior.bayesFactor)
            )
        }
        for group in finding.subgroups?.groups ?? [] {
            row(
                Self.cut(group.name, to: 16),
                "\(words.number(group.estimate.value)) (\(words.range(group.interval))), "
                    + PrettyNumber.plural(group.studies, "study", "studies")
            )
        }
        if let subgroups = finding.subgroups { row("groups differ?", OutcomeSection.test(subgroups.between)) }
        for moderator in finding.moderators {
            row(
                Self.cut(moderator.columns.joined(separator: "+"), to: 16),
                moderator.coefficients.count == 2
                    ? "slope \(Self.slope(moderator.coefficients[1].estimate.value)), "
                        + OutcomeWords.pEquals(moderator.coefficients[1].estimate.pValue)
                    : OutcomeSection.test(moderator.test))
        }
        if let arms = words.arms { row("doses", arms) }
        for curve in finding.armDose?.curves ?? [] {
            guard let last = curve.points.last else { continue }
            row(
                "  \(curve.name)",
                "\(words.number(last.value)) (\(words.range(last.interval))) at \(NumberText.significant(last.at, 3)), "
                    + OutcomeWords.pEquals(curve.test.pValue)
                    + (curve.bend.map { ", bent: \(OutcomeWords.pEquals($0.pValue))" } ?? ""))
        }
        for (n, treatment) in (finding.network?.treatments ?? []).enumerated() {
            if n == 0 { row("treatments", words.network.joined(separator: " ")) }
            guard let estimate = treatment.estimate else { continue }
            row(
                "  " + Self.cut(treatment.name, to: 14),
                "\(words.number(estimate.value)) (\(words.range(estimate.interval(level: finding.settings.level)))), "
                    + "\(PrettyNumber.plural(treatment.studies, "study", "studies")), P-score "
                    + PrettyNumber.fixed(treatment.pScore, 2))
        }
        lines.append("")
        lines += forest
        for withheld in finding.withheld {
            lines += Self.wrapped("not given: \(withheld.what): \(withheld.why)")
        }
        return lines.joined(separator: "\n")
    }

    private static func slope(_ value: Double) -> String {
        NumberText.significant(value, 3).replacingOccurrences(of: "-", with: "\u{2212}")
    }

    // MARK: - Forest

    private struct Row {
        var name: String
        var value: Double
        var low: Double
        var high: Double
        var mark: Character
    }

    private var forest: [String] {
        guard finding.effects.count > 1 else { return [] }
        let pooled = finding.pooled
        let level = finding.settings.level
        var rows: [Row] = []
        if finding.effects.count <= Self.mostLines {
            rows = finding.effects.map { effect in
                let interval = effect.estimate.interval(level: level)
                return Row(
                    name: effect.label, value: effect.value, low: interval.lower, high: interval.upper,
                    mark: effect.isWholeBrain ? "□" : "■")
            }
        } else if let subgroups = finding.subgroups {
            rows = subgroups.groups.map {
                Row(
                    name: $0.name, value: $0.estimate.value, low: $0.interval.lower, high: $0.interval.upper, mark: "■")
            }
        }
        let heading =
            finding.effects.count > Self.mostLines && finding.subgroups == nil
            ? [
                "\(PrettyNumber.count(finding.effects.count)) effects are too many for a line each; the report draws them."
            ] : []
        var sums = [
            Row(
                name: "Pooled", value: pooled.estimate.value, low: pooled.interval.lower, high: pooled.interval.upper,
                mark: "◆")
        ]
        if let prediction = pooled.prediction {
            sums.append(
                Row(
                    name: "New study", value: pooled.estimate.value, low: prediction.lower, high: prediction.upper,
                    mark: "╌"))
        }
        let range = Self.range(rows, sums, null: finding.scale.measure.hasNullValue ? 0 : nil)
        let rule = String(repeating: "─", count: Self.columns)
        return heading + rows.map { line($0, range) } + [rule] + sums.map { line($0, range) } + [axis(range)]
    }

    /// Single intervals only so far that one very wide one does not squeeze the others.
    private static func range(_ rows: [Row], _ sums: [Row], null: Double?) -> ClosedRange<Double> {
        let halves = rows.map { ($0.high - $0.low) / 2 }.sorted()
        let usual = halves.isEmpty ? Double.infinity : halves[halves.count / 2]
        var ends: [Double] = sums.flatMap { [$0.low, $0.high] }
        for row in rows {
            let half = min((row.high - row.low) / 2, 1.5 * usual)
            ends += [row.value - half, row.value + half]
        }
        if let null { ends.append(null) }
        let finite = ends.filter(\.isFinite)
        let (low, high) = (finite.min() ?? -1, finite.max() ?? 1)
        return low < high ? low...high : low - 1...high + 1
    }

    /// The cell of a value: 0 to ``plotColumns`` − 1; nil outside.
    private func cell(_ value: Double, _ range: ClosedRange<Double>) -> Int? {
        let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
        guard share.isFinite, share >= -1e-9, share <= 1 + 1e-9 else { return nil }
        let place = (share * Double(Self.plotColumns - 1)).rounded()
        return Int(exactly: min(max(place, 0), Double(Self.plotColumns - 1)))
    }

    private func line(_ row: Row, _ range: ClosedRange<Double>) -> String {
        var cells = Array(repeating: Character(" "), count: Self.plotColumns)
        if finding.scale.measure.hasNullValue, let zero = cell(0, range) { cells[zero] = "┊" }
        let first = cell(max(row.low, range.lowerBound), range) ?? 0
        let last = cell(min(row.high, range.upperBound), range) ?? Self.plotColumns - 1
        if first <= last, row.low <= range.upperBound, row.high >= range.lowerBound {
            for n in first...last { cells[n] = row.mark == "╌" ? "╌" : "─" }
        }
        if row.low < range.lowerBound - 1e-9 { cells[0] = "◂" }
        if row.high > range.upperBound + 1e-9 { cells[Self.plotColumns - 1] = "▸" }
        if row.mark != "╌", let middle = cell(row.value, range) { cells[middle] = row.mark }
        let numbers =
            row.mark == "╌"
            ? "[\(words.number(row.low)), \(words.number(row.high))]"
            : "\(words.number(row.value)) [\(words.number(row.low)), \(words.number(row.high))]"
        let rest = Self.columns - Self.nameColumns - Self.plotColumns - 1
        let left = Self.padded(Self.cut(row.name, to: Self.nameColumns - 1), Self.nameColumns) + String(cells)
        let space = max(1, rest + 1 - DisplayWidth.of(numbers))
        return left + String(repeating: " ", count: space) + numbers
    }

    /// The ends of the axis and, where there is room between them, where there is no effect.
    private func axis(_ range: ClosedRange<Double>) -> String {
        var cells = Array(repeating: Character(" "), count: Self.plotColumns)
        func put(_ text: String, from start: Int) {
            for (n, letter) in text.enumerated() where cells.indices.contains(start + n) { cells[start + n] = letter }
        }
        let low = words.number(range.lowerBound)
        let high = words.number(range.upperBound)
        put(low, from: 0)
        put(high, from: Self.plotColumns - high.count)
        if finding.scale.measure.hasNullValue, let zero = cell(0, range) {
            let null = NumberText.shortest(finding.scale.shown(0))
            if zero > low.count + 1, zero + null.count < Self.plotColumns - high.count - 1 { put(null, from: zero) }
        }
        return String(repeating: " ", count: Self.nameColumns) + String(cells)
    }

    // MARK: - Widths

    static func padded(_ text: String, _ columns: Int) -> String {
        text + String(repeating: " ", count: max(0, columns - DisplayWidth.of(text)))
    }

    static func cut(_ text: String, to columns: Int) -> String {
        guard DisplayWidth.of(text) > columns else { return text }
        // The year at the end tells studies of one author apart.
        if columns > 12, let year = text.firstMatch(of: /, \d{4}$/) {
            return cut(String(text[..<year.range.lowerBound]), to: columns - 6) + String(year.output)
        }
        var result = ""
        var width = 0
        for letter in text {
            let own = DisplayWidth.of(String(letter))
            guard width + own <= columns - 1 else { break }
            result.append(letter)
            width += own
        }
        return result + "…"
    }

    /// Lines of at most so many columns, broken at blanks.
    static func wrapped(_ text: String, to columns: Int = columns) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, DisplayWidth.of(line) + 1 + DisplayWidth.of(String(word)) > columns {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return lines + (line.isEmpty ? [] : [line])
    }
}
