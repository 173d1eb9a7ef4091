import Claims
import Evidence
package import Figures
import Foundation

/// The report's section on the claims of the project's ledger: one row a claim.
package struct ClaimsSection {
    let review: ClaimsReview

    package init(review: ClaimsReview) { self.review = review }

    static let identifier = "claims"
    static let title = "Claims"

    package var html: HTML {
        let rows = review.claims.map { judged -> [HTML] in
            let same = judged.deciding?.same
            // Where nobody measured it the factor would describe what was imputed.
            let factor = same.flatMap { $0.pooled.measured > 0 ? exp($0.own.logOverNull) : nil }
            return [
                HTML.text(judged.claim.sentence), HTML.element("strong", [], judged.grade.words),
                HTML.text(same.map { PrettyNumber.count($0.pooled.studies) } ?? "0"),
                HTML.text(same.map { PrettyNumber.count($0.pooled.participants) } ?? "0"),
                HTML.text(factor.map { PrettyNumber.bayesFactor($0) } ?? "–"),
                HTML.text(ClaimWords(judged: judged).answer),
            ]
        }
        let table = HTMLTable(
            caption:
                "Sentences of \(review.ledger.files.first.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? "the ledger") and what the evidence says",
            columns: [
                .init("Sentence", wide: true), .init("Verdict", unbroken: true), .init("Studies", number: true),
                .init("People", number: true), .init("Bayes factor", number: true), .init("Answer", wide: true),
            ], rows: rows
        ).html
        let counts = ClaimGrade.allCases.compactMap { grade -> String? in
            let count = review.claims.count { $0.grade == grade }
            return count > 0 ? "\(count) \(grade.words)" : nil
        }
        return (review.ledger.caution.map { HTML.element("p", [("class", "soft")], $0) } ?? HTML())
            + HTML.element(
                "p", [], "\(PrettyNumber.count(review.claims.count)) sentences: \(counts.joined(separator: ", ")).")
            + HTML.element("p", [], HTML.link("claims/claims.html", "The page of claims"))
            + ReportPage.folded("Every sentence with its verdict", table)
    }
}
