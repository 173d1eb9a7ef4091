package import Appraisal
package import Evidence
import Foundation
import Statistics

/// Effects of regions with their intervals: a block per region, in it a line per model; an arrow says where the hypothesis
/// points.
package struct RegionFigure {
    package struct Block {
        let region: RegionHypothesis
        /// By name of the model, in the order of the plan.
        let lines: [(model: String, finding: RegionFinding)]

        package init(region: RegionHypothesis, lines: [(model: String, finding: RegionFinding)]) {
            self.region = region
            self.lines = lines
        }
    }

    private let blocks: [Block]

    package init?(_ blocks: [Block]) {
        let filled = blocks.filter { !$0.lines.isEmpty }
        guard !filled.isEmpty else { return nil }
        self.blocks = filled
    }

    private static let width = 860.0
    private static let left = 210.0
    private static let right = 610.0
    private static let line = 19.0
    private static let head = 24.0
    private static let top = 30.0

    /// Wide enough for every interval, round numbers at the ends, zero inside.
    private var reach: (range: ClosedRange<Double>, step: Double) {
        let ends = blocks.flatMap(\.lines).flatMap { [$0.finding.interval.lower, $0.finding.interval.upper] }
            .filter(\.isFinite)
        let (low, high) = (min(ends.min() ?? 0, 0), max(ends.max() ?? 0, 0))
        let step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 50].first { (high - low) / $0 <= 8 } ?? 100
        let lower = (low / step).rounded(.down) * step
        return (lower...max((high / step).rounded(.up) * step, lower + step), step)
    }

    package var html: HTML {
        let (range, step) = reach
        func x(_ value: Double) -> Double {
            Self.left + (value - range.lowerBound) / (range.upperBound - range.lowerBound) * (Self.right - Self.left)
        }
        var parts: [String] = []
        var y = Self.top
        var rules: [Double] = []
        for block in blocks {
            rules.append(y)
            parts.append(text(8, y + 16, block.region.name, style: "head"))
            parts.append(arrow(block.region.direction, x(0), y + 12))
            y += Self.head
            for (model, finding) in block.lines {
                let words = RegionLabels(finding)
                parts.append(text(20, y + 13, model))
                parts.append(line(finding, y + 9, x))
                parts.append(text(Self.right + 52, y + 13, words.effect, anchor: "end"))
                parts.append(text(Self.right + 58, y + 13, "[\(words.interval)]"))
                parts.append(text(Self.width - 8, y + 13, words.bayesFactor, anchor: "end"))
                y += Self.line
            }
            y += 6
        }
        let bottom = y + 2
        let count = Int(((range.upperBound - range.lowerBound) / step).rounded())
        let ticks = (0...count).map { index -> String in
            let value = range.lowerBound + Double(index) * step
            let isZero = abs(value) < 1e-9
            return rule(x(value), Self.top, x(value), bottom, isZero ? "zero" : "grid")
                + text(x(value), bottom + 15, PrettyNumber.fixed(value, step < 1 ? 1 : 0), anchor: "middle")
        }
        let heads =
            text(20, 18, "Region, model", style: "soft")
            + text((Self.left + Self.right) / 2, 18, "Hedges’ g, 95 % interval", anchor: "middle", style: "soft")
            + text(Self.right + 28, 18, "g [95 % CI]", style: "soft")
            + text(Self.width - 8, 18, "BF", anchor: "end", style: "soft")
        let separators = rules.map { rule(0, $0, Self.width, $0, "rule") }
        return HTML(
            raw: """
                <svg class="regions" viewBox="0 0 \(number(Self.width)) \(number(bottom + 24))" role="img" \
                aria-labelledby="regions-alt" xmlns="http://www.w3.org/2000/svg">
                <title id="regions-alt">\(HTML.escape(alternative))</title>
                \(separators.joined())\(ticks.joined(separator: "\n"))
                \(heads)
                \(parts.joined(separator: "\n"))
                </svg>
                """)
    }

    private var alternative: String {
        let sentences = blocks.flatMap { block in
            block.lines.map { model, finding in
                let words = RegionLabels(finding)
                return "\(block.region.name) in \(model): g \(words.effect), \(words.interval)"
            }
        }
        return "Pooled effect of each region in each model. " + sentences.joined(separator: "; ") + "."
    }

    // MARK: - Marks

    /// The interval, and a dot: filled where the evidence is for the hypothesis, hollow where it is inconclusive, a cross
    /// where it is against.
    private func line(_ finding: RegionFinding, _ y: Double, _ x: (Double) -> Double) -> String {
        let interval = finding.interval
        guard interval.lower.isFinite, interval.upper.isFinite else { return "" }
        let centre = x(finding.estimate.value)
        let bar = rule(x(interval.lower), y, x(interval.upper), y, "interval")
        if finding.verdict.isAgainst {
            return bar + rule(centre - 4, y - 4, centre + 4, y + 4, "cross")
                + rule(centre - 4, y + 4, centre + 4, y - 4, "cross")
        }
        let style = finding.verdict.isFor ? "dot" : "dot open"
        return bar + "<circle cx=\"\(number(centre))\" cy=\"\(number(y))\" r=\"4.2\" class=\"\(style)\"/>"
    }

    /// From zero to where the hypothesis points.
    private func arrow(_ direction: RegionHypothesis.Direction, _ zero: Double, _ y: Double) -> String {
        let tips: [Double] =
            switch direction {
            case .increase: [1]
            case .decrease: [-1]
            case .either: [-1, 1]
            }
        return tips.map { sign in
            let tip = zero + sign * 34
            let points = [(tip, y), (tip - sign * 8, y - 4), (tip - sign * 8, y + 4)]
                .map { "\(number($0.0)),\(number($0.1))" }.joined(separator: " ")
            return rule(zero, y, tip - sign * 7, y, "hypothesis") + "<polygon points=\"\(points)\" class=\"tip\"/>"
        }.joined()
    }

    private func rule(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) -> String {
        "<line x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\" class=\"\(style)\"/>"
    }

    private func text(
        _ x: Double, _ y: Double, _ text: String, anchor: String? = nil, style: String? = nil
    ) -> String {
        let attributes = (anchor.map { " text-anchor=\"\($0)\"" } ?? "") + (style.map { " class=\"\($0)\"" } ?? "")
        return "<text x=\"\(number(x))\" y=\"\(number(y))\"\(attributes)>\(HTML.escape(text))</text>"
    }

    private func number(_ value: Double) -> String { NumberText.hundredths(value) }
}
