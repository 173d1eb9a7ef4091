import Evidence
import Figures
import Inference
import SeedBasedMapping
import Statistics

/// The null distributions of a permutation test as small pictures and one table.
struct NullHistograms {
    private let words: PermutationWords
    private let identifier: String
    /// Whether what the pictures show is explained before.
    private let isBrief: Bool

    init(_ words: PermutationWords, identifier: String, isBrief: Bool = false) {
        self.words = words
        self.identifier = identifier
        self.isBrief = isBrief
    }

    /// A statistic's null, in one tail or in both together.
    private struct Null {
        var statistic: NullDistribution.Statistic
        /// Of maps in units of what is usual at each voxel.
        var isStandardised: Bool
        /// nil: both tails together.
        var tail: NullDistribution.Tail?
        /// Ascending.
        var maxima: [Float]
        var observed: Float
        var threshold: Float?
        var p: Float
        /// Whether the observed maximum is below every other of the null.
        var isBelowChance: Bool

        var name: String { isStandardised ? "\(statistic.words), standardised" : statistic.words }
        var title: String { "\(name), \(tail?.words ?? "either direction")" }
        /// Whether neither the data nor chance have any value.
        var isEmpty: Bool { (maxima.last ?? 0) <= 0 }
    }

    private var nulls: [Null] {
        let test = words.test
        let tails: [NullDistribution.Tail?] = test.isTwoTailed ? [nil] : [.positive, .negative]
        return test.nulls.enumerated().flatMap { part, null in self.nulls(null, tails, isStandardised: part > 0) }
    }

    /// Of one of the nulls that are tested together.
    private func nulls(
        _ null: NullDistribution, _ tails: [NullDistribution.Tail?], isStandardised: Bool
    ) -> [Null] {
        let test = words.test
        guard let first = null.maxima.first else { return [] }
        // The two directions of a statistic stand side by side, whatever the page's width.
        return NullDistribution.Statistic.allCases.flatMap { statistic in
            tails.map { tail in
                let maxima = null.sorted(statistic, tail ?? .positive, isTwoTailed: tail == nil)
                let corrected = NullDistribution.CorrectedP(sorted: maxima)
                let observed =
                    tail.map { first.value(statistic, $0) }
                    ?? max(first.value(statistic, .positive), first.value(statistic, .negative))
                return Null(
                    statistic: statistic, isStandardised: isStandardised, tail: tail, maxima: maxima,
                    observed: observed, threshold: corrected.threshold(level: test.level(words.settings.correctedP)),
                    p: observed > 0 ? min(1, Float(test.nulls.count) * corrected(observed)) : 1,
                    isBelowChance: tail.map { !isStandardised && words.isBelowChance(statistic, $0) } ?? false)
            }
        }
    }

    var html: HTML {
        let nulls = nulls
        let pictures = nulls.enumerated().map { n, null in svg(null, "\(identifier)-\(n + 1)") }.joined()
        let caption =
            isBrief
            ? "Largest statistics by chance; solid line: observed, dashed line: needed for p(FWE) ≤ \(words.level)."
            : "How large the largest statistic of the whole brain gets by chance: one value per \(words.drawn). Solid line: "
                + "observed; dashed line: what had to be reached for p(FWE) ≤ \(words.level)."
        return HTML.element(
            "figure", [],
            HTML.element("div", [("class", "nulls")], pictures) + HTML.element("figcaption", [], caption))
            + table(nulls) + (isBrief ? HTML() : HTML.element("p", [("class", "soft")], sizes))
    }

    /// Sizes of one cluster stand in several tables.
    private var sizes: String {
        "Cluster size and mass here are those of clusters formed at an uncorrected one-tailed p < "
            + "\(NumberText.shortest(words.settings.clusterFormingP)). Sizes in the tables of clusters are of other thresholds, which their "
            + "captions name, so that the same cluster is larger or smaller there."
    }

    /// The p of a null, or what it is that p cannot tell.
    private func text(_ null: Null) -> String {
        null.isBelowChance ? "below all of chance" : words.text(Double(null.p))
    }

    /// What has to be reached, or why nothing reaches it.
    private func needed(_ null: Null) -> String {
        if null.isEmpty { return words.emptiness(null.tail) }
        return null.threshold.map(null.statistic.pretty) ?? "cannot be reached"
    }

    private func table(_ nulls: [Null]) -> HTML {
        HTMLTable(
            caption: "Largest statistics observed, and what chance gives",
            columns: [
                .init("Statistic"), .init("Effect", unbroken: true), .init("Observed", number: true),
                .init("Needed for p ≤ \(words.level)", number: true), .init("p(FWE)", number: true),
            ],
            rows: nulls.map { null in
                [
                    null.name, null.tail?.words ?? "either", null.statistic.pretty(null.observed),
                    needed(null), text(null),
                ].map(HTML.text)
            }
        ).html
    }

    // MARK: - One picture

    private static let width = 236.0
    private static let left = 8.0
    private static let top = 46.0
    private static let base = 128.0
    private static let bins = 28

    private func svg(_ null: Null, _ identifier: String) -> HTML {
        let marks = [null.observed, null.threshold, null.maxima.last].compactMap { $0 }
        let low = Double(min(null.maxima.first ?? 0, null.observed))
        // Room at the right, so that a line at the end does not touch the edge.
        let high = max(Double(marks.max() ?? 0), low + 1e-3)
        let span = (high - low) * 1.02
        func x(_ value: Float) -> Double { Self.left + (Double(value) - low) / span * (Self.width - 2 * Self.left) }

        var counts = [Int](repeating: 0, count: Self.bins)
        for value in null.maxima {
            counts[max(0, min(Self.bins - 1, Int(saturating: (Double(value) - low) / span * Double(Self.bins))))] += 1
        }
        let tallest = Double(max(counts.max() ?? 1, 1))
        let step = (Self.width - 2 * Self.left) / Double(Self.bins)
        let bars = counts.enumerated().filter { $0.element > 0 }.map { n, count in
            let height = Double(count) / tallest * (Self.base - Self.top)
            return "<rect x=\"\(number(Self.left + Double(n) * step))\" y=\"\(number(Self.base - height))\" "
                + "width=\"\(number(step - 0.6))\" height=\"\(number(height))\" class=\"bar\"/>"
        }
        let threshold = null.threshold.map { value in
            line(x(value), from: 40, style: "threshold")
                + label(x(value), 38, "\(PrettyNumber.plain(words.settings.correctedP * 100)) %")
        }
        let observed =
            line(x(null.observed), from: 26, style: "observed") + label(x(null.observed), 24, "observed")
        let needed =
            null.isEmpty
            ? words.emptiness(null.tail)
            : null.threshold.map { "needed for a p(FWE) of \(words.level) \(null.statistic.pretty($0))" }
                ?? "a p(FWE) of \(words.level) cannot be reached"
        let alternative =
            "Histogram of the largest \(null.title), over \(PrettyNumber.plural(null.maxima.count, "permutation")): observed "
            + "\(null.statistic.pretty(null.observed)), \(needed), p(FWE) \(text(null))."
        return HTML(
            raw: """
                <svg class="null" viewBox="0 0 \(number(Self.width)) 146" role="img" \
                aria-labelledby="\(identifier)-alt" xmlns="http://www.w3.org/2000/svg">
                <title id="\(identifier)-alt">\(HTML.escape(alternative))</title>
                <text x="\(number(Self.left))" y="11" class="name">\(HTML.escape(null.title))</text>
                \(bars.joined(separator: "\n"))
                <line x1="\(number(Self.left))" y1="\(number(Self.base))" x2="\(number(Self.width - Self.left))" \
                y2="\(number(Self.base))" class="axis"/>
                \(threshold ?? "")
                \(observed)
                <text x="\(number(Self.left))" y="141">\(null.statistic.pretty(Float(low)))</text>
                <text x="\(number(Self.width - Self.left))" y="141" \
                text-anchor="end">\(null.statistic.pretty(Float(high)))</text>
                </svg>
                """)
    }

    private func number(_ value: Double) -> String { NumberText.shortest((value * 100).rounded() / 100) }

    private func line(_ x: Double, from top: Double, style: String) -> String {
        "<line x1=\"\(number(x))\" y1=\"\(number(top))\" x2=\"\(number(x))\" y2=\"\(number(Self.base))\" class=\"\(style)\"/>"
    }

    /// Beside a line, on the side where there is room.
    private func label(_ x: Double, _ y: Double, _ text: String) -> String {
        let isRight = x > Self.width / 2
        return "<text x=\"\(number(x + (isRight ? -3 : 3)))\" y=\"\(number(y + 8))\" "
            + "text-anchor=\"\(isRight ? "end" : "start")\">\(HTML.escape(text))</text>"
    }
}
