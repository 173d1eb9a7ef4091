import Evidence
package import Figures
import Foundation
import Statistics
package import Synthesis

/// An outcome on the page, in the form of every finding: what was found, how sure, too good?, what it hangs on, how
/// large.
package struct OutcomeSection {
    let finding: OutcomeFinding
    /// Unique on the page.
    let identifier: String

    /// Of the outcome at this place in the order of the plan, for links.
    static func identifier(_ number: Int) -> String { "outcome-\(number + 1)" }

    private let words: OutcomeWords
    private let figures: OutcomeFigures

    package init(_ finding: OutcomeFinding, identifier: String) {
        self.finding = finding
        self.identifier = identifier
        words = OutcomeWords(finding)
        figures = OutcomeFigures(finding, identifier: identifier)
    }

    /// - Parameter isFirstScreen: whether verdict, table and forest are shown above already.
    package func html(isFirstScreen: Bool = false) -> HTML {
        var html = HTML()
        if !isFirstScreen { html += found }
        return html + further
    }

    /// In the report of a run, where the answer stands open and the rest behind a click.
    var inReport: HTML {
        verdict + folded("Numbers, forest plot, how sure, too good, what it hangs on, how large", details)
    }

    private var details: HTML { table + figure(figures.forest, forestCaption) + further }

    private var found: HTML { part("What was found", verdict + table + figure(figures.forest, forestCaption)) }

    private var further: HTML {
        var html = part("How sure", Self.paragraphs(words.sureness) + groups + moderators + dose + pairs)
        html += part("Dose and response within studies", arms) + part("Treatments compared", network)
        html += part("Too good?", bias + plausibility)
        html += part("What it hangs on", rests)
        html += part("How large", size)
        html += effects + withheld
        return html
    }

    /// Question, verdict in plain words, table and picture.
    var firstScreen: HTML {
        let left = verdict + table
        let right = figure(figures.forest, forestCaption)
        // A forest needs the page's whole width; a caterpillar goes beside the words.
        if finding.effects.count > OutcomeFigures.mostLines {
            return HTML.element(
                "div", [("class", "top")], HTML.element("div", [], left) + HTML.element("div", [], right))
        }
        return left + right
    }

    private func part(_ title: String, _ content: HTML) -> HTML {
        content.source.isEmpty ? HTML() : HTML.element("h3", [], title) + content
    }

    static func paragraphs(_ sentences: [String]) -> HTML {
        sentences.isEmpty ? HTML() : HTML.element("p", [], sentences.joined(separator: " "))
    }

    private func figure(_ plot: HTML, _ caption: String) -> HTML {
        guard !plot.source.isEmpty else { return HTML() }
        return HTML.element("figure", [], plot + HTML.element("figcaption", [], caption))
    }

    private func folded(_ title: String, _ content: HTML) -> HTML {
        content.source.isEmpty ? HTML() : ReportPage.folded(title, content)
    }

    // MARK: - What was found

    private var verdict: HTML {
        HTML.element("p", [("class", "answer")], words.verdict)
            + HTML.element(
                "p", [("class", "doubt")], HTML.element("b", [], "What to doubt. ") + HTML.text(words.doubt))
    }

    private var table: HTML {
        let pooled = finding.pooled
        func cell(_ interval: Interval?) -> String { interval.map(words.range) ?? "–" }
        var rows: [[HTML]] = [
            ["Mean", words.number(pooled.estimate.value), words.range(pooled.interval), words.meanP ?? ""].map(
                HTML.text)
        ]
        if pooled.prediction != nil {
            rows.append(["A new study", "", cell(pooled.prediction), ""].map(HTML.text))
        }
        if words.isMerged, !corrected.isEmpty {
            rows.append(
                row(
                    "One mean per study", words.number(words.basis.value), words.range(words.basisInterval),
                    words.basis.pValue))
        }
        for row in corrected { rows.append(row) }
        if let posterior = finding.posterior {
            rows.append(
                ["Bayes (posterior mean)", words.number(posterior.mean), words.range(posterior.interval), ""].map(
                    HTML.text))
        }
        return HTMLTable(
            caption: "\(finding.name): \(finding.scale.displayName), \(words.material), \(words.people)",
            columns: [
                .init("", unbroken: true), .init(finding.scale.symbol, number: true),
                .init("\(words.level) interval", number: true), .init("p", number: true),
            ], rows: rows, isSortable: false
        ).html + HTML.element("p", [("class", "small")], "Model: \(pooled.model).")
    }

    private func row(_ name: String, _ value: String, _ interval: String, _ p: Double) -> [HTML] {
        [name, value, interval, OutcomeWords.p(p)].map(HTML.text)
    }

    /// The two corrected means that readers ask for first.
    private var corrected: [[HTML]] {
        guard finding.scale.measure.hasNullValue, finding.studies > 2 else { return [] }
        return ["PET-PEESE", "trim and fill"].compactMap { name in
            guard let row = finding.bias.first(name) else { return nil }
            return [
                "Corrected: \(name)", words.number(row.value), row.interval.map(words.range) ?? "–", "",
            ].map(HTML.text)
        }
    }

    private var forestCaption: String {
        if finding.effects.count > OutcomeFigures.mostLines {
            return
                "\(PrettyNumber.count(finding.effects.count)) effects in order of size, each with its interval; diamond: the mean; band: "
                + "where a new study’s true effect is expected. All numbers: effects.tsv."
        }
        return
            "Squares: effects, area by weight, with \(words.level) intervals. Diamond: the mean. Bar: prediction interval of a new study."
            + (finding.effects.contains(where: \.isWholeBrain) ? " Open: taken from whole-brain experiments." : "")
    }

    // MARK: - Groups, moderators, dose

    private var groups: HTML {
        guard let subgroups = finding.subgroups else { return HTML() }
        let rows = subgroups.groups.map { group in
            [
                group.name, PrettyNumber.count(group.studies), PrettyNumber.count(group.members.count),
                words.number(group.estimate.value), words.range(group.interval),
                group.prediction.map(words.range) ?? "–",
            ].map(HTML.text)
        }
        let table = HTMLTable(
            caption: "Groups by \(subgroups.column): do they differ? \(Self.test(subgroups.between))",
            columns: [
                .init(subgroups.column), .init("Studies", number: true), .init("Effects", number: true),
                .init(finding.scale.symbol, number: true), .init("\(words.level) CI", number: true),
                .init("Prediction", number: true),
            ], rows: rows)
        let picture = figure(
            figures.groups, "Means of the groups, with \(words.level) intervals; one model, one spread for all groups.")
        let missing =
            subgroups.omitted > 0
            ? HTML.element(
                "p", [("class", "small")],
                "\(PrettyNumber.plural(subgroups.omitted, "effect")) without a value of \(subgroups.column) left out.")
            : HTML()
        return table.html + picture + missing
    }

    static func test(_ test: JointTest) -> String {
        let df = PrettyNumber.fixed(test.degreesOfFreedom, 0)
        let p = OutcomeWords.pEquals(test.pValue)
        guard test.denominator.isFinite else { return "χ²(\(df)) = \(PrettyNumber.fixed(test.statistic, 2)), \(p)" }
        return "F(\(df), \(PrettyNumber.fixed(test.denominator, 1))) = \(PrettyNumber.fixed(test.statistic, 2)), \(p)"
    }

    private var moderators: HTML {
        guard !finding.moderators.isEmpty else { return HTML() }
        let rows = finding.moderators.flatMap { moderator in
            moderator.coefficients.enumerated().map { n, coefficient -> [HTML] in
                let isFirst = n == 0
                let explained = moderator.explained.map { "\(PrettyNumber.fixed(100 * $0, 0)) %" } ?? "–"
                return [
                    isFirst ? moderator.columns.joined(separator: " + ") : "", coefficient.name,
                    Self.slope(coefficient.estimate.value),
                    "\(Self.slope(coefficient.interval.lower)) to \(Self.slope(coefficient.interval.upper))",
                    OutcomeWords.p(coefficient.estimate.pValue), isFirst ? Self.test(moderator.test) : "",
                    isFirst ? explained : "", isFirst ? PrettyNumber.count(moderator.design.rows.count) : "",
                ].map(HTML.text)
            }
        }
        let table = HTMLTable(
            caption: "Does the effect go with it? Meta-regression, \(finding.scale.axisName)",
            columns: [
                .init("Regression"), .init("Term"), .init("Slope or difference", number: true),
                .init("\(words.level) CI", number: true), .init("p", number: true), .init("All terms"),
                .init("τ² explained", number: true), .init("Effects", number: true),
            ], rows: rows, isSortable: false)
        let pictures = figures.bubbles.map {
            figure(
                $0.html,
                "Effects against the moderator, area by weight, with the fitted line and its \(words.level) band.")
        }
        let permuted = finding.moderators.compactMap { moderator in
            moderator.permutation.map {
                "\(moderator.columns.joined(separator: " + ")): \(OutcomeWords.pEquals($0.moderators)) by "
                    + "\($0.isExact ? "all " : "")\(PrettyNumber.count($0.permutations)) permutations"
            }
        }
        let byPermutation =
            permuted.isEmpty
            ? HTML()
            : HTML.element(
                "p", [], "By permuting the moderators among the studies: \(permuted.joined(separator: "; ")).")
        let pair = HTML.element("div", [("class", "figures-pair")], pictures.joined())
        let caution = HTML.element(
            "p", [("class", "small")],
            "Numbers are centred at their mean: “mean” is the effect of a study with average values. Studies were not "
                + "assigned to these values: what goes together need not be cause.")
        return table.html + byPermutation + (pictures.isEmpty ? HTML() : pair) + caution
    }

    /// Slopes per year are small: three significant digits.
    private static func slope(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        return abs(value) >= 0.1 || value == 0
            ? PrettyNumber.fixed(value, 2)
            : NumberText.significant(value, 2).replacingOccurrences(of: "-", with: "\u{2212}")
    }

    private var dose: HTML {
        guard let dose = finding.dose, !dose.curves.isEmpty else { return HTML() }
        let rows = dose.curves.map { curve in
            [curve.name, Self.test(curve.test), curve.bend.map(Self.test) ?? "–"].map(HTML.text)
        }
        return figure(figures.dose, "How the effect goes with \(dose.column). Band: \(words.level) of the first curve.")
            + HTMLTable(
                caption: "Dose–response on \(dose.column)",
                columns: [.init("Curve"), .init("Does the effect go with it?"), .init("Is it bent?")], rows: rows,
                isSortable: false
            ).html
    }

    private var arms: HTML {
        guard let dose = finding.armDose, let sentence = words.arms else { return HTML() }
        let rows = dose.curves.map { curve in
            let last = curve.points.last
            return [
                curve.name,
                last.map { "\(words.number($0.value)) (\(words.range($0.interval)))" } ?? "–",
                Self.test(curve.test), curve.bend.map(Self.test) ?? "–", PrettyNumber.fixed(curve.aic, 1),
            ].map(HTML.text)
        }
        let high = dose.curves.first?.points.last?.at ?? .nan
        let caption =
            "Curves on \(dose.column), \(NumberText.significant(high, 3)) against \(NumberText.significant(dose.reference, 3))"
        return HTML.element("p", [], sentence)
            + figure(
                figures.arms,
                "Contrasts of dose groups with their study’s reference, area by weight, against \(dose.column). Lines: one mixed model "
                    + "of all studies each, from the lowest dose; band: \(words.level) of the first.")
            + HTMLTable(
                caption: caption,
                columns: [
                    .init("Curve"), .init("\(finding.scale.symbol) of the highest dose", number: true),
                    .init("Does the effect go with it?"), .init("Is it bent?"), .init("AIC (ML)", number: true),
                ], rows: rows, isSortable: false
            ).html
            + HTML.element(
                "p", [("class", "small")],
                "Arms of one study share its reference group: their errors are taken as correlated. People were assigned to doses only "
                    + "where the studies did so. All numbers: arms.tsv.")
    }

    private var network: HTML {
        guard let network = finding.network else { return HTML() }
        let rows = network.treatments.map { treatment in
            [
                treatment.name, PrettyNumber.count(treatment.studies),
                treatment.estimate.map { words.number($0.value) } ?? "reference",
                treatment.estimate.map { words.range($0.interval(level: finding.settings.level)) } ?? "",
                treatment.estimate.map { OutcomeWords.p($0.pValue) } ?? "", PrettyNumber.fixed(treatment.pScore, 2),
            ].map(HTML.text)
        }
        return Self.paragraphs(words.network)
            + figure(
                figures.treatments,
                "Each treatment against \(network.reference), by direct and indirect comparisons together, with \(words.level) "
                    + "intervals (normal).")
            + HTMLTable(
                caption: "Treatments against \(network.reference)",
                columns: [
                    .init("Treatment"), .init("Studies", number: true), .init(finding.scale.symbol, number: true),
                    .init("\(words.level) CI", number: true), .init("p", number: true),
                    .init("P-score", number: true),
                ], rows: rows
            ).html
            + HTML.element(
                "p", [("class", "small")],
                "P-score: how surely a treatment’s effects are larger than those of the others, 0 to 1; where smaller is better, read it "
                    + "from below. Studies of one comparison must be like those of the others but for the treatments; no number shows "
                    + "that. Every two treatments, direct and indirect: comparisons.tsv.")
    }

    private var pairs: HTML {
        guard let found = finding.pairs else { return HTML() }
        let limit = 1 - finding.settings.level
        let all = found.pairs.pairs
        let byRate = all.count { $0.falseDiscovery <= limit }
        let byLargest = found.familyWise.count { ($0 ?? 1) <= limit }
        let few = found.pairs.leftOut.count
        let bound = NumberText.significant(limit, 2)
        var text =
            "Of \(PrettyNumber.plural(all.count, "pair")) of regions, \(byRate) pass a false discovery rate of \(bound), and "
            + "\(byLargest) a family-wise error of \(bound) (largest |z| under "
            + "\(found.isExact ? "all " : "")\(PrettyNumber.count(found.permutations)) sign flips of whole studies)."
        if found.smallestP > limit {
            text += " So few studies allow no family-wise p below \(NumberText.significant(found.smallestP, 2))."
        }
        text += " The mean above is over all pairs, whatever they connect."
        if few > 0 { text += " \(PrettyNumber.plural(few, "pair")) with one study left out." }
        return HTML.element("p", [], text)
            + figure(
                figures.pairs,
                "Each pair of regions pooled by itself, on the scale that is pooled. All numbers: pairs.tsv.")
            + figure(
                figures.edges,
                "The same pairs on the brain, seen from the side, from behind and from above: full lines pass the false discovery rate, "
                    + "dashed ones do not; orange above zero, blue below.")
    }

    // MARK: - Doubt

    private var bias: HTML {
        let rows = finding.bias.rows
        guard !rows.isEmpty else { return HTML() }
        let cells = rows.map { row -> [HTML] in
            let value = row.kind == .corrected ? words.number(row.value) : Self.plain(row.value)
            let interval = row.interval.map {
                row.kind == .corrected ? words.range($0) : "\(Self.plain($0.lower)) to \(Self.plain($0.upper))"
            }
            return [
                row.method, row.quantity, value, interval ?? "–", row.pValue.map(OutcomeWords.p) ?? "–", row.note,
            ].map(HTML.text)
        }
        let table = HTMLTable(
            caption: "Tests and corrected means (of \(finding.bias.basis))",
            columns: [
                .init("Method"), .init("Quantity"), .init("Value", number: true),
                .init("\(words.level) interval", number: true),
                .init("p", number: true), .init("To know"),
            ], rows: cells, isSortable: false)
        let pictures =
            figure(
                figures.funnel,
                "Funnel plot. Shades: where a single study’s p passes .01, .05 and .1; dashed: where 95 % of studies of one true effect "
                    + "would lie; line: Egger’s regression; open: studies that trim and fill puts in.")
            + figure(figures.trafficLights, finding.risk.map { RiskLights(risk: $0).legend } ?? "")
        return Self.paragraphs([biasSentence]) + pictures + folded("All tests and corrected means", table.html)
    }

    /// What GRIM and GRIMMER say of the means and SDs whose scale is told.
    private var plausibility: HTML {
        let all = finding.plausibility
        guard !all.isEmpty else { return HTML() }
        let wrong = all.filter { $0.verdict.mean == .impossible || $0.verdict.deviation == .impossible }
        let names = wrong.prefix(5).map { "\($0.study), \($0.group)" }.joined(separator: "; ")
        let text =
            wrong.isEmpty
            ? "\(PrettyNumber.plural(all.count, "mean")) with an SD and a stated scale: none is impossible (plausibility.tsv says which could be tested)."
            : "Of \(PrettyNumber.plural(all.count, "mean")) with a stated scale, \(wrong.count) cannot come from so many people, by the mean "
                + "or its SD: \(names)\(wrong.count > 5 ? " and others" : ""). A reason to look, no proof of anything; they are pooled all the same."
        return HTML.element("p", [], text)
    }

    private static func plain(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        if value == value.rounded(), abs(value) < 1e6 { return PrettyNumber.fixed(value, 0) }
        return PrettyNumber.fixed(value, 2)
    }

    private var biasSentence: String {
        if finding.studies < 10 {
            return
                "With \(finding.studies) studies no test of bias has power worth the name; the numbers are given for completeness."
        }
        let tests = finding.bias.rows.filter { $0.kind == .test && ($0.pValue ?? 1) < 0.1 }
        let means = finding.bias.corrected.filter { $0.value.isFinite }.map(\.value)
        var text =
            tests.isEmpty
            ? "No test of small-study effects or of excess significance stands out at p < 0.1."
            : "Standing out at p < 0.1: \(tests.map { "\($0.method) (\(OutcomeWords.pEquals($0.pValue ?? .nan)))" }.joined(separator: ", "))."
        if let low = means.min(), let high = means.max(), finding.scale.measure.hasNullValue {
            text +=
                " Means corrected by \(means.count) methods with different assumptions lie between \(words.number(low)) and "
                + "\(words.number(high)); the published mean is \(words.number(words.basis.value))"
                + (words.isMerged ? ", one mean per study." : ".")
        }
        return text
    }

    private var rests: HTML {
        let more =
            figure(
                figures.baujat,
                "Baujat plot. To the right: what a study adds to heterogeneity; upwards: how far the mean moves without it."
            )
            + figure(figures.leaveOneOut, "The mean without each study.")
            + figure(
                figures.cumulative,
                "The mean as the evidence came in. Looking after every study is not corrected for.")
            + figure(
                figures.subsets,
                "GOSH: the mean and I² of \(finding.influence.subsets?.isComplete == true ? "all" : "2,000 random") subsets of two "
                    + "studies or more (DerSimonian–Laird). Two clouds would mean two kinds of studies.")
        return Self.paragraphs(words.rests) + folded("Leave-one-out, by year, Baujat", more)
    }

    private var size: HTML {
        let items = words.size.map { HTML.element("li", [], $0) }
        guard !items.isEmpty else { return HTML() }
        return HTML.element("ul", [("class", "lines")], items.joined())
            + figure(
                figures.priorPosterior,
                "Dashed: what was thought of the mean before the data; line and area: after them.")
    }

    // MARK: - Tables below

    private var effects: HTML {
        let rows = finding.effects.enumerated().prefix(500).map { n, effect in
            [
                effect.label, effect.participants.map(PrettyNumber.count) ?? "–",
                effect.year.map { String($0) } ?? "–", words.number(effect.value),
                words.range(effect.estimate.interval(level: finding.settings.level)),
                n < finding.pooled.weights.count ? "\(PrettyNumber.fixed(100 * finding.pooled.weights[n], 1)) %" : "–",
                effect.origin,
            ].map(HTML.text)
        }
        let more = finding.effects.count - rows.count
        let table = HTMLTable(
            caption: "Effects" + (more > 0 ? " (the first 500; \(PrettyNumber.count(more)) more in effects.tsv)" : ""),
            columns: [
                .init("Effect"), .init("n", number: true), .init("Year", number: true),
                .init(finding.scale.symbol, number: true), .init("\(words.level) CI", number: true),
                .init("Weight", number: true), .init("Made from"),
            ], rows: Array(rows))
        return folded("All effects", table.html)
    }

    private var withheld: HTML {
        guard !finding.withheld.isEmpty else { return HTML() }
        let items = finding.withheld.map { HTML.element("li", [], "\($0.what): \($0.why).") }
        return HTML.element("p", [("class", "small")], "Not given:")
            + HTML.element("ul", [("class", "small")], items.joined())
    }
}
