import Appraisal
import Claims
import Evidence
import Figures
import Foundation
import Statistics

/// What is behind the click of a claim: why this answer, the objections, the studies, the forest plot and the rules.
struct ClaimDetails {
    let judged: JudgedClaim

    init(_ judged: JudgedClaim) { self.judged = judged }

    private var claim: Claim { judged.claim }

    var html: HTML {
        HTML.element(
            "details", [],
            HTML.element(
                "summary", [],
                judged.grade == .notTestable ? "What was searched, and what comes near" : "Why, and what to doubt")
                + short + judged.parts.map(part).joined() + nearest)
    }

    // MARK: - In short

    private var short: HTML {
        var rows: [(HTML, HTML)] = []
        func add(_ name: String, _ content: HTML) { rows.append((HTML.text(name), content)) }
        if judged.grade == .notTestable {
            add(
                "What was searched",
                HTML.text(
                    "\(PrettyNumber.plural(judged.searched, "result")) of this project (experiments, and numbers reported for "
                        + "regions). \(judged.notTestable ?? "")"
                ))
        }
        if !judged.design.tooStrong.isEmpty {
            let said = judged.design.tooStrong.map { "“\($0.word)”" }.joined(separator: ", ")
            let basis =
                judged.grade == .notTestable
                ? "With the comparison that the sentence has, data could at most carry: "
                : "These data (\(judged.design.kind.rawValue)) could at most carry: "
            add("The sentence says", HTML.text("\(said). \(basis)") + HTML.element("q", [], judged.design.sentence))
        } else {
            add("The data could carry", HTML.element("q", [], judged.design.sentence))
        }
        if let part = judged.deciding, part.same != nil {
            for answer in part.objections {
                rows.append(
                    (
                        HTML.element("span", answer.isOpen ? [("class", "open")] : [], answer.objection.question),
                        HTML.text(answer.answer)
                    ))
            }
        }
        add("What would settle it", HTML.text(judged.settling.text))
        for citation in judged.citations {
            add(
                "Cited",
                HTML.text(
                    "\(citation.study): "
                        + (citation.bears
                            ? "bears on the sentence." : "in the project, but does not bear on the sentence.")))
        }
        return HTML.element(
            "dl", [], rows.map { HTML.element("dt", [], $0.0) + HTML.element("dd", [], $0.1) }.joined())
    }

    private var nearest: HTML {
        guard !claim.nearest.isEmpty else { return HTML() }
        let items = claim.nearest.map { study in
            HTML.element(
                "li", [],
                (study.link.map { HTML.link($0, study.study) } ?? HTML.text(study.study))
                    + HTML.text(": \(study.found).")
                    + HTML.text(study.differs.map { " How it differs: \($0)" } ?? ""))
        }
        return HTML.element("h3", [], "Nearest published studies, found by hand (told, not pooled)")
            + HTML.element("ul", [], items.joined())
    }

    // MARK: - A region

    private func part(_ part: JudgedClaim.Part) -> HTML {
        var html = HTML()
        if judged.parts.count > 1 {
            html += HTML.element(
                "h3", [],
                "\(part.region?.name ?? "All"), \(part.direction.quantity) \(claim.outcome): \(part.grade.words.lowercased())"
            )
        }
        if let why = part.notLocated { html += HTML.element("p", [], why) }
        guard let same = part.same else { return html + studies(part) }
        html += HTML.element("p", [("class", "effect")], effect(part, same))
        if part.circles.count > 1 { html += circles(part) }
        html += studies(part)
        html += HTML.element(
            "details", [("class", "deep")],
            HTML.element("summary", [], "Forest plot")
                + HTML.element(
                    "figure", [("class", "wideplot")],
                    ForestPlot(
                        assessment: same.pooled.assessment,
                        identifier: "\(claim.name)-\(judged.parts.firstIndex { $0.region == part.region } ?? 0)-forest"
                    ).html
                        + HTML.element(
                            "figcaption", [],
                            "Filled squares: measured; open with a dot: only a direction was reported; open: nothing was, and the "
                                + "effect is imputed.")))
        html += criteria(part) + certainty(part)
        return html
    }

    private func figure(_ column: String, _ part: JudgedClaim.Part) -> HTML {
        ClaimFigure.html(column, of: part, in: claim)
    }

    private func effect(_ part: JudgedClaim.Part, _ same: ClaimVerdict) -> HTML {
        func f(_ column: String) -> HTML { figure(column, part) }
        let symbol = same.pooled.assessment.measure == .change ? "g" : "z"
        var html =
            HTML.text(
                same.pooled.measured == 0
                    ? "No study reported a size. What follows describes what was imputed from directions and silence; it is not "
                        + "to be quoted as a finding. " : "")
        html += HTML.text("Pooled effect \(symbol) = ") + f("effect") + HTML.text(" (95 % interval ") + f("ci_low")
        html +=
            HTML.text(" to ") + f("ci_high")
            + HTML.text(", t distribution). Bayes factor for the sentence against no effect ")
        html += f("bf") + HTML.text(" with a prior of scale ") + f("prior_scale") + HTML.text("; ") + f("bf_half_scale")
        html += HTML.text(" with half and ") + f("bf_double_scale") + HTML.text(" with twice the scale")
        if same.own.logOverOpposite != nil {
            html += HTML.text("; against the other direction ") + f("bf_over_opposite")
        }
        html += HTML.text(". ") + f("imputed_percent")
        html += HTML.text(" % of the weight rests on studies whose effect is imputed rather than reported. ")
        if same.pooled.describesStudies {
            html += HTML.text("Between studies: τ² = ") + f("tau2") + HTML.text(", I² = ") + f("i2_percent")
            html += HTML.text(" %; a new study is expected between ") + f("prediction_low") + HTML.text(" and ")
            html += f("prediction_high") + HTML.text(". Small-study effects p = ") + f("small_study_p")
            html += HTML.text(", excess of significant studies p = ") + f("excess_p") + HTML.text(". ")
        } else {
            html += HTML.text(
                "Heterogeneity, prediction and tests of bias are withheld: fewer than two studies measured the effect, so they "
                    + "would describe what was imputed. ")
        }
        if !same.pooled.withoutEach.isEmpty {
            html += HTML.text("Without any one study the effect lies between ") + f("effect_without_one_low")
            html += HTML.text(" and ") + f("effect_without_one_high") + HTML.text(".")
        }
        return html
    }

    private func circles(_ part: JudgedClaim.Part) -> HTML {
        let rows = part.circles.map { circle -> [HTML] in
            let interval = circle.pooled.interval
            let factor = exp(circle.own.logOverNull)
            return [
                circle.circle.words, PrettyNumber.count(circle.pooled.studies),
                PrettyNumber.count(circle.pooled.participants),
                "\(circle.pooled.measured) / \(circle.pooled.signOnly) / \(circle.pooled.silent)",
                PrettyNumber.fixed(circle.pooled.estimate.value, 2),
                "\(PrettyNumber.fixed(interval.lower, 2)) to \(PrettyNumber.fixed(interval.upper, 2))",
                PrettyNumber.bayesFactor(factor),
            ].map(HTML.text)
        }
        return HTMLTable(
            caption: "In wider circles (they decide nothing)",
            columns: [
                .init("Evidence"), .init("Studies", number: true), .init("People", number: true),
                .init("Measured / sign / silent", number: true), .init("Effect", number: true),
                .init("95 % interval", number: true), .init("Bayes factor", number: true),
            ], rows: rows, isSortable: false
        ).html
    }

    private func studies(_ part: JudgedClaim.Part) -> HTML {
        guard !part.matches.isEmpty else { return HTML() }
        let parts: [ClaimPart] = [.population, .treatment, .comparison, .modality]
        let rows = part.matches.map { match -> [HTML] in
            let item = match.evidence
            let name = item.link.map { HTML.link($0, item.study.id) } ?? HTML.text(item.study.id)
            let said = part.widest?.pooled.assessment.studies.first { $0.id == item.study.id }
            let value = Self.told(item, said?.estimate.value)
            let near = parts.map { name -> HTML in
                let text = name == .comparison ? item.comparison?.short ?? item.texts[name] : item.texts[name]
                return HTML.text(text ?? "not said")
                    + HTML.element("br", [], "").withoutEnd
                    + HTML.element("span", [("class", "soft")], match.nearness[name]?.rawValue ?? "")
            }
            return [
                name, HTML.text(item.participants > 0 ? PrettyNumber.count(item.participants) : "not said"),
                HTML.text(item.study.source.reportWords),
                HTML.text(value),
            ] + near + [
                HTML.text(match.circle?.short ?? ""), HTML.text(item.source.map { "\($0)" } ?? "–"),
            ]
        }
        return HTMLTable(
            caption:
                "Every study that bears on it, and how near it comes\(judged.parts.count > 1 ? ": \(part.region?.name ?? "")" : "")",
            columns: [
                .init("Study", unbroken: true), .init("People", number: true), .init("Reported here"),
                .init("Effect", number: true), .init("Disorder"), .init("Treatment"), .init("Compared with"),
                .init("Method"), .init("Circle"), .init("File and line"),
            ], rows: rows
        ).html
    }

    /// What the study itself told; nothing where it told nothing.
    private static func told(_ item: ClaimEvidence, _ value: Double?) -> String {
        guard let value, !item.isSilent else { return "–" }
        return item.study.source == .sign ? (value > 0 ? "more" : "less") : PrettyNumber.fixed(value, 2)
    }

    private func criteria(_ part: JudgedClaim.Part) -> HTML {
        guard let judgement = part.judgement else { return HTML() }
        let rows = judgement.lists.flatMap { list in
            list.criteria.map { criterion -> [HTML] in
                let value = criterion.value.map {
                    NumberText.significant($0, 3).replacingOccurrences(of: "-", with: "\u{2212}")
                }
                return [
                    HTML.text(list.name), HTML.text(criterion.words), HTML.text(value ?? "cannot be told"),
                    HTML.text(
                        "\(criterion.isAtLeast ? "at least" : "at most") \(NumberText.significant(criterion.cutoff, 3))"
                    ),
                    HTML.element(
                        "span", [("class", criterion.isPassed ? "yes" : "no")], criterion.isPassed ? "yes" : "no"),
                ]
            }
        }
        return HTML.element(
            "details", [("class", "deep")],
            HTML.element("summary", [], "The rules, one by one")
                + HTMLTable(
                    caption: "What each grade asks; all of a list have to be met",
                    columns: [
                        .init("Grade"), .init("Criterion"), .init("Value", number: true),
                        .init("Asked", unbroken: true),
                        .init("Met"),
                    ], rows: rows, isSortable: false
                ).html)
    }

    private func certainty(_ part: JudgedClaim.Part) -> HTML {
        guard let certainty = part.certainty else { return HTML() }
        let rows = part.downgrades.map { downgrade in
            [
                downgrade.domain.rawValue,
                downgrade.steps.map { $0 == 0 ? "no" : $0 == 1 ? "by one step" : "by \($0) steps" }
                    ?? "open: for the reader",
                downgrade.reason,
            ].map(HTML.text)
        }
        return HTML.element(
            "details", [("class", "deep")],
            HTML.element("summary", [], "Certainty after GRADE: \(certainty.rawValue), or lower where a point is open")
                + HTMLTable(
                    caption: "Reasons to be less sure",
                    columns: [.init("Reason", unbroken: true), .init("Lowered", unbroken: true), .init("Why")],
                    rows: rows,
                    isSortable: false
                ).html)
    }
}

extension HTML {
    /// Of an element without content, such as a line break.
    fileprivate var withoutEnd: HTML { HTML(raw: source.replacingOccurrences(of: "</br>", with: "")) }
}

extension StudyEffects.Source {
    /// In a table for readers.
    fileprivate var reportWords: String {
        switch self {
        case .map: "a map"
        case .peak: "a size"
        case .sign: "a direction"
        case .nothing: "nothing"
        }
    }
}
