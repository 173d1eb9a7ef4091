import Claims
import Evidence
import Figures
import Foundation
import Imaging

/// One claim on the page: the sentence, who said it, the answer, the bar, a picture; and what is behind the click.
struct ClaimArticle {
    let judged: JudgedClaim
    let number: Int
    let review: ClaimsReview
    let outline: BrainOutline

    init(_ judged: JudgedClaim, number: Int, review: ClaimsReview, outline: BrainOutline) {
        self.judged = judged
        self.number = number
        self.review = review
        self.outline = outline
    }

    private var claim: Claim { judged.claim }
    private var words: ClaimWords { ClaimWords(judged: judged) }

    var html: HTML {
        HTML.element(
            "article", [("id", claim.name), ("aria-labelledby", "\(claim.name)-sentence")],
            HTML.element("div", [("class", "body")], top) + picture + ClaimDetails(judged).html)
    }

    private var top: HTML {
        var html = HTML.element(
            "h2", [("class", "claim"), ("id", "\(claim.name)-sentence")], sentence)
        html += HTML.element("p", [("class", "who")], who)
        html += HTML.element(
            "p", [("class", "answer")],
            HTML.element(
                "strong", [("class", "verdict \(judged.grade.rawValue)"), ("data-grade", claim.name)],
                judged.grade.words)
                + HTML.text(words.answer))
        return html + bar + caption
    }

    /// Words that the evidence cannot carry are marked, for the eye and for the ear.
    private var sentence: HTML {
        var html = HTML()
        let characters = Array(claim.sentence)
        var start = 0
        for word in judged.design.tooStrong where word.range.lowerBound >= start {
            html += HTML.text(String(characters[start..<word.range.lowerBound]))
            html += HTML.element(
                "mark", [("title", "More than these data can say")],
                HTML.text(word.word)
                    + HTML.element("span", [("class", "vh")], " (more than these data can say) "))
            start = word.range.upperBound
        }
        return html + HTML.text(String(characters[start...]))
    }

    private var who: HTML {
        let saying = claim.saying
        let name = [saying.who, saying.place].compactMap { $0 }.joined(separator: ", ")
        var html = saying.link.map { HTML.link($0, name) } ?? HTML.text(name)
        if let quote = saying.quote { html += HTML.text(": “\(quote)”") }
        return html + HTML.text(" · \(words.about)")
    }

    private var bar: HTML {
        guard let same = judged.deciding?.same else { return HTML() }
        let people = same.people
        let total = people.reduce(0) { $0 + $1.count }
        guard total > 0 else { return HTML() }
        func share(_ count: Int) -> Int { Int((100 * Double(count) / Double(total)).rounded()) }
        let label = people.map { "\(share($0.count)) percent \($0.voice.rawValue)" }.joined(separator: ", ")
        let parts = people.filter { $0.count > 0 }.map { part in
            HTML.element(
                "span", [("class", part.voice.rawValue), ("style", "flex:\(part.count)")],
                share(part.count) >= 12 ? "\(part.voice.rawValue) \(part.count)" : "")
        }
        return HTML.element(
            "div",
            [
                ("class", "bar"), ("role", "img"),
                ("aria-label", "People in studies that by themselves speak: \(label)"),
            ],
            parts.joined(""))
    }

    /// Who reported what, and what the bar shows.
    private var caption: HTML {
        guard let part = judged.deciding, let counts = words.counts else { return HTML() }
        func people(_ column: String) -> HTML { ClaimFigure.html(column, of: part, in: claim) }
        let place = judged.parts.count > 1 ? "\(part.region?.name ?? ""): " : ""
        var html = HTML.text("\(place)\(counts). The bar counts people, by what their study says alone: ")
        html += people("people_for") + HTML.text(" for it, ") + people("people_undecided")
        html += HTML.text(" in studies that cannot tell, ") + people("people_against") + HTML.text(" against.")
        return HTML.element("p", [("class", "cap")], html)
    }

    private var picture: HTML {
        let drawn = claim.regions.filter { review.voxels[$0.withoutSource] != nil }
        let regions = drawn.compactMap { review.voxels[$0.withoutSource] }
        let names = drawn.map(\.name).joined(separator: ", ")
        let others = claim.regions.filter { !drawn.contains($0) }.map(\.name).joined(separator: ", ")
        let missing = others.isEmpty ? "" : "; not drawn, for its place was not said: \(others)"
        let description: String =
            claim.regions.isEmpty
            ? "A brain; the sentence is not about a part of it"
            : "A brain from the side and from behind\(drawn.isEmpty ? "" : ", with \(names) marked")\(missing)"
        return outline.picture(regions, style: judged.grade.rawValue, description: description)
    }
}
