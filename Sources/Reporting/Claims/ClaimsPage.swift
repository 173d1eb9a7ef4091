import Claims
import Evidence
import Figures
import Formats
import Foundation

/// `claims.html`: every sentence with its answer, for readers who are no statisticians, and behind a click all that a methodologist
/// would check. Nothing is loaded from elsewhere.
public struct ClaimsPage: Sendable {
    let review: ClaimsReview

    public init(_ review: ClaimsReview) { self.review = review }

    public var text: String {
        let title = HTML.escape(review.ledger.title)
        // A page that stands by itself and its JSON-LD, in which "</" must not end the script.
        let linked = ClaimsJSON(review).reviews.replacingOccurrences(of: "</", with: "<\\/")
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="generator" content="Cuneus \(CuneusVersion.text)">
            <title>\(title)</title>
            <style>
            \(ReportStyle.css)
            \(ClaimsStyle.css)
            </style>
            <script type="application/ld+json">
            \(linked)</script>
            </head>
            <body class="claims">
            \(body.source)
            </body>
            </html>

            """
    }

    private var body: HTML {
        let outline = BrainOutline(review.mask)
        let articles = review.claims.enumerated().map { number, judged in
            ClaimArticle(judged, number: number + 1, review: review, outline: outline).html
        }
        return outline.symbols + HTML.element("header", [], header)
            + HTML.element("main", [], contents + articles.joined() + rules)
            + HTML.element("footer", [("class", "sans")], footer)
    }

    private var header: HTML {
        let count = PrettyNumber.plural(review.claims.count, "sentence")
        var html = HTML.element("p", [("class", "kind")], "Claims · \(review.project)")
        html += HTML.element("h1", [], review.ledger.title)
        html += HTML.element(
            "p", [("class", "question")],
            "\(count), each held against all the evidence in this project. Each answer says what the studies "
                + "at hand can carry; behind a click is why.")
        if let caution = review.ledger.caution {
            html += HTML.element("div", [("class", "caution"), ("role", "note")], HTML.element("p", [], caution))
        }
        let sums = ClaimGrade.allCases.map { grade in
            HTML.element(
                "li", [],
                HTML.element("b", [("data-count", grade.rawValue)], PrettyNumber.count(review.count(grade)))
                    + HTML.text(" \(grade.words.lowercased())"))
        }
        html += HTML.element(
            "ul", [("class", "sum"), ("aria-label", "How many sentences have which answer")], sums.joined(""))
        return html
    }

    /// Every sentence with its answer in a word, by who said it: who has read the article finds its sentences.
    private var contents: HTML {
        guard review.claims.count > 3 else { return HTML() }
        var speakers: [String] = []
        for judged in review.claims where !speakers.contains(judged.claim.saying.who) {
            speakers.append(judged.claim.saying.who)
        }
        let lists = speakers.map { who in
            let items = review.claims.filter { $0.claim.saying.who == who }.map { judged in
                HTML.element(
                    "li", [],
                    HTML.link("#\(judged.claim.name)", judged.claim.sentence)
                        + HTML.element("span", [("class", "soft")], " \(judged.grade.words)"))
            }
            return HTML.element("h2", [], who) + HTML.element("ul", [], items.joined())
        }
        return HTML.element(
            "nav", [("aria-label", "Every sentence")],
            HTML.element(
                "details", [],
                HTML.element("summary", [], "Every sentence, by who said it") + lists.joined()))
    }

    /// The rules, once for all.
    private var rules: HTML {
        let text = [
            "Only studies of just what a sentence speaks of decide its grade: the same disorder, treatment, comparison, region and "
                + "quantity, or special cases of them. Wider circles are shown and decide nothing.",
            "Supported: at least five studies measured it, at most half are silent, the Bayes factor is above 10 for each of three "
                + "priors and against the other direction, the interval leaves out zero, no single study carries it, at least "
                + "three in four new studies would go that way, and tests of bias find nothing.",
            "Leaning: at least two studies reported something, and the Bayes factors are above 3.",
            "Contradicted: at least five studies measured it and they pass like demands for the other direction; or the interval, "
                + "and that of the studies alone that measured it, rules out an effect of 0.2 or more (of a correlation, 0.1).",
            "Undecided is everything else: too little evidence is not evidence of nothing, and neither is silence.",
            "In simulated ledgers of known truth whose studies report every effect, supported and contradicted were each wrong in at "
                + "most 5 of 100; where failed studies stay in a drawer, no rule sees them (Docs/claims.md).",
            "The effect of a study without a comparison group is in units of how much people’s changes differ, that of one with such "
                + "a group in units of how much people differ; they are pooled as they are, as such analyses of maps do.",
        ]
        return HTML.element(
            "section", [("id", "rules")],
            HTML.element("h2", [], "How a sentence is graded")
                + HTML.element("ul", [], text.map { HTML.element("li", [], $0) }.joined()))
    }

    private var footer: HTML {
        let settings = review.settings.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
        let words =
            "vocabulary \(ClaimVocabulary.shippedVersion)"
            + (review.ledger.files.count > 1
                ? " and \(review.ledger.files.dropFirst().map(Path.name).joined(separator: ", "))" : "")
        return HTML.element(
            "p", [],
            "Made by Cuneus \(CuneusVersion.text); \(words)\(settings.isEmpty ? "" : "; \(settings)"). The same numbers are in "
                + "claims.tsv, claims_evidence.tsv, claims_criteria.tsv and claims.json; claims.jsonld is for journalists "
                + "(schema.org ClaimReview).")
    }
}
