import Evidence
import Figures
import Foundation
import Statistics
import Synthesis

/// How large an effect is, in the numbers that readers know: overlap, probability of superiority, U₃ and the number
/// needed to treat of a standardised difference (``StandardizedDifference``), r² of a correlation, the ratio of a
/// ratio.
struct OutcomeEffectSize {
    struct Row {
        var name: String
        var value: Double
        var interval: Interval?
        var formula: String
        /// As it is told: `69 %`.
        var text: String
    }

    let finding: OutcomeFinding

    init(_ finding: OutcomeFinding) { self.finding = finding }

    var rows: [Row] {
        let scale = finding.scale
        if scale.measure.isInPeopleSD { return standardised }
        switch scale.measure.scale {
        case .fisher:
            return [
                row("explained variance", "r²") {
                    pow(scale.shown($0), 2)
                } text: {
                    Self.percent($0)
                }
            ]
        case .exponential:
            return [
                row("change in percent", "100 (exp y − 1)") {
                    100 * (scale.shown($0) - 1)
                } text: {
                    "\(PrettyNumber.fixed($0, 0)) %"
                }
            ]
        default: return []
        }
    }

    /// By ``EffectInWords``. The number needed to treat is of the size of the difference, in whichever direction more is better.
    private var standardised: [Row] {
        let d = finding.pooled.estimate.value
        let interval = finding.pooled.interval
        let words = EffectInWords(d, interval: interval, standardDeviation: finding.settings.scaleDeviation)
        let size = EffectInWords(
            abs(d), interval: d < 0 ? Interval(lower: -interval.upper, upper: -interval.lower) : interval)
        func row(
            _ name: String, _ formula: String, _ value: Double, _ interval: Interval?, text: (Double) -> String
        ) -> Row {
            let told = interval.map { "\(text(value)) (\(text($0.lower)) to \(text($0.upper)))" } ?? text(value)
            return Row(name: name, value: value, interval: interval, formula: formula, text: told)
        }
        var rows = [
            row(
                "overlap of the two groups", "OVL = 2Φ(−|d|/2)", words.overlap.value, words.overlap.interval,
                text: Self.percent),
            row(
                "probability of superiority", "Φ(d/√2)", words.probabilityOfSuperiority.value,
                words.probabilityOfSuperiority.interval, text: Self.percent),
            row(
                "above the middle of the other group", "Cohen’s U3 = Φ(d)", words.u3.value, words.u3.interval,
                text: Self.percent),
        ]
        func needed(_ name: String, _ formula: EffectInWords.NeededToTreat, _ written: String) {
            let found = size.numberNeededToTreat(formula)
            guard found.value.isFinite else { return }
            rows.append(
                row(name, "\(formula.words): \(written)", found.value, found.interval) { PrettyNumber.fixed($0, 1) })
        }
        needed("number needed to treat", .kraemerKupfer, "1/(2Φ(d/√2) − 1)")
        if let rate = finding.settings.controlRate {
            needed(
                "number needed to treat for one more response", .furukawa(controlEventRate: rate),
                "1/(Φ(d + Φ⁻¹(CER)) − CER)")
        }
        if let change = words.expectedChange {
            rows.append(
                row("on the outcome’s own scale", "d · SD", change.value, change.interval) {
                    PrettyNumber.fixed($0, 1)
                })
        }
        return rows
    }

    /// The interval is that of the mean, carried through; not where it holds zero and the number has no limit or turns
    /// there.
    private func row(
        _ name: String, _ formula: String, _ number: (Double) -> Double, text: (Double) -> String
    ) -> Row {
        let value = number(finding.pooled.estimate.value)
        let ends = finding.pooled.interval
        let isOneSided = ends.lower > 0 || ends.upper < 0
        let all = [number(ends.lower), number(ends.upper)].sorted()
        let interval = isOneSided && all.allSatisfy(\.isFinite) ? Interval(lower: all[0], upper: all[1]) : nil
        let told =
            interval.map { "\(text(value)) (\(text($0.lower)) to \(text($0.upper)))" } ?? text(value)
        return Row(name: name, value: value, interval: interval, formula: formula, text: told)
    }

    private static func percent(_ share: Double) -> String { "\(PrettyNumber.fixed(100 * share, 0)) %" }
}
