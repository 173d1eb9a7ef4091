import Appraisal
import Claims
import Evidence
import Formats
import Foundation
import Statistics

/// `claims.json`, everything of the page for programs (Docs/claims.md has its members), and `claims.jsonld`, the same in the words of
/// schema.org's ClaimReview for journalists and search engines.
package struct ClaimsJSON {
    let review: ClaimsReview

    package init(_ review: ClaimsReview) { self.review = review }

    /// Of the members of `claims.json`.
    static let schemaVersion = "1"

    // MARK: - claims.json

    package var text: String {
        JSONText(
            .object(
                JSONObject([
                    ("schema", .text("cuneus-claims/\(Self.schemaVersion)")),
                    ("program", .text("cuneus \(CuneusVersion.text)")),
                    ("project", .text(review.project)), ("title", .text(review.ledger.title)),
                    ("caution", Self.text(review.ledger.caution)),
                    ("vocabulary", .text(ClaimVocabulary.shippedVersion)),
                    ("files", .list(review.ledger.files.map(JSONValue.text))),
                    (
                        "settings",
                        .object(JSONObject(review.settings.map { ($0.name, .text($0.value)) }))
                    ),
                    ("claims", .list(review.claims.map(claim))),
                ]))
        ).text
    }

    private func claim(_ judged: JudgedClaim) -> JSONValue {
        let claim = judged.claim
        let words = ClaimWords(judged: judged)
        return .object(
            JSONObject([
                ("name", .text(claim.name)), ("sentence", .text(claim.sentence)),
                (
                    "said_by",
                    .object(
                        JSONObject([
                            ("who", .text(claim.saying.who)), ("place", Self.text(claim.saying.place)),
                            ("link", Self.text(claim.saying.link)), ("quote", Self.text(claim.saying.quote)),
                        ]))
                ),
                ("outcome", .text(claim.outcome)), ("direction", .text(claim.direction.rawValue)),
                ("population", Self.text(claim.population)), ("treatment", Self.text(claim.treatment)),
                ("comparison", .text(claim.comparison.rawValue)), ("grade", .text(judged.grade.rawValue)),
                ("answer", .text(words.answer)), ("not_testable", Self.text(judged.notTestable)),
                ("design", .text(judged.design.kind.rawValue)), ("could_carry", .text(judged.design.sentence)),
                ("too_strong", .list(judged.design.tooStrong.map { .text($0.word) })),
                ("settling", settling(judged.settling)), ("searched", .number(Double(judged.searched))),
                ("parts", .list(judged.parts.map(part))),
                (
                    "nearest",
                    .list(
                        claim.nearest.map { study in
                            .object(
                                JSONObject([
                                    ("study", .text(study.study)), ("found", .text(study.found)),
                                    ("differs", Self.text(study.differs)), ("link", Self.text(study.link)),
                                ]))
                        })
                ),
            ]))
    }

    private func settling(_ settling: SettlingStudy) -> JSONValue {
        .object(
            JSONObject([
                ("text", .text(settling.text)), ("effect", .number(settling.atEffect.effect)),
                ("people", Self.number(settling.atEffect.people.map(Double.init))),
                ("lower_effect", .number(settling.atLowerLimit.effect)),
                ("people_at_lower", Self.number(settling.atLowerLimit.people.map(Double.init))),
                ("studies_like_these", Self.number(settling.studiesLikeThese.map(Double.init))),
                ("from_data", .bool(settling.isFromData)),
            ]))
    }

    private func part(_ part: JudgedClaim.Part) -> JSONValue {
        let circles = part.circles.map { verdict -> JSONValue in
            .object(
                JSONObject([
                    ("circle", .text(verdict.circle.name)), ("studies", .number(Double(verdict.pooled.studies))),
                    ("people", .number(Double(verdict.pooled.participants))),
                    ("effect", .number(verdict.pooled.estimate.value)),
                    ("ci_low", .number(verdict.pooled.interval.lower)),
                    ("ci_high", .number(verdict.pooled.interval.upper)),
                    (
                        "bayes",
                        .list(
                            verdict.bayes.map { bayes in
                                .object(
                                    JSONObject([
                                        ("scale", .number(bayes.scale)),
                                        ("over_null", .number(exp(bayes.logOverNull))),
                                        (
                                            "over_opposite",
                                            Self.number(bayes.logOverOpposite.map { exp($0) })
                                        ),
                                    ]))
                            })
                    ),
                ]))
        }
        let studies = part.matches.map { match -> JSONValue in
            let item = match.evidence
            return .object(
                JSONObject([
                    ("study", .text(item.study.id)), ("publication", .text(item.publication)),
                    ("circle", Self.text(match.circle?.name)), ("reported", .text(item.study.source.rawValue)),
                    ("n1", .number(Double(item.study.n1))), ("n2", .number(Double(item.study.n2))),
                    ("file", Self.text(item.source?.file)), ("line", Self.number(item.source?.line.map(Double.init))),
                    ("link", Self.text(item.link)),
                    (
                        "nearness",
                        .object(
                            JSONObject(
                                ClaimPart.allCases.compactMap { name in
                                    match.nearness[name].map { (name.rawValue, .text($0.rawValue)) }
                                }))
                    ),
                ]))
        }
        return .object(
            JSONObject([
                ("region", Self.text(part.region?.name)), ("direction", .text(part.direction.rawValue)),
                ("grade", .text(part.grade.rawValue)),
                (
                    "numbers",
                    .object(JSONObject(ClaimFigure.all.map { ($0.column, Self.number($0.value(part))) }))
                ),
                ("circles", .list(circles)), ("studies", .list(studies)),
                (
                    "criteria",
                    .list(
                        (part.judgement?.lists ?? []).flatMap { list in
                            list.criteria.map { criterion in
                                .object(
                                    JSONObject([
                                        ("grade", .text(list.name)), ("criterion", .text(criterion.kind.rawValue)),
                                        ("value", Self.number(criterion.value)), ("cutoff", .number(criterion.cutoff)),
                                        ("at_least", .bool(criterion.isAtLeast)), ("passed", .bool(criterion.isPassed)),
                                    ]))
                            }
                        })
                ),
                ("certainty", Self.text(part.certainty?.rawValue)),
                (
                    "downgrades",
                    .list(
                        part.downgrades.map { downgrade in
                            .object(
                                JSONObject([
                                    ("domain", .text(downgrade.domain.rawValue)),
                                    ("steps", Self.number(downgrade.steps.map(Double.init))),
                                    ("reason", .text(downgrade.reason)),
                                ]))
                        })
                ),
                (
                    "objections",
                    .list(
                        part.objections.map { answer in
                            .object(
                                JSONObject([
                                    ("objection", .text(answer.objection.rawValue)), ("answer", .text(answer.answer)),
                                    ("open", .bool(answer.isOpen)),
                                    (
                                        "numbers",
                                        .object(JSONObject(answer.numbers.map { ($0.name, .number($0.value)) }))
                                    ),
                                ]))
                        })
                ),
            ]))
    }

    // MARK: - ClaimReview

    /// schema.org/ClaimReview, one per claim. A claim that cannot be tested has no rating value, only its name.
    package var reviews: String {
        JSONText(
            .object(
                JSONObject([
                    ("@context", .text("https://schema.org")), ("@graph", .list(review.claims.map(claimReview))),
                ]))
        ).text
    }

    private func claimReview(_ judged: JudgedClaim) -> JSONValue {
        let claim = judged.claim
        let told = ([review.ledger.caution, ClaimWords(judged: judged).answer] as [String?]).compactMap { $0 }
            .joined(separator: " ")
        var rating: [(key: String, value: JSONValue)] = [
            ("@type", .text("Rating")), ("alternateName", .text(judged.grade.words)),
            ("ratingExplanation", .text(told)),
        ]
        if let value = judged.grade.rating {
            rating += [("ratingValue", .number(value)), ("worstRating", .number(1)), ("bestRating", .number(5))]
        }
        var item: [(key: String, value: JSONValue)] = [
            ("@type", .text("Claim")),
            (
                "author",
                .object(JSONObject([("@type", .text("Organization")), ("name", .text(claim.saying.who))]))
            ),
        ]
        if let link = claim.saying.link {
            item.append(("appearance", .object(JSONObject([("@type", .text("CreativeWork")), ("url", .text(link))]))))
        }
        return .object(
            JSONObject([
                ("@type", .text("ClaimReview")), ("claimReviewed", .text(claim.sentence)),
                ("url", .text("claims.html#\(claim.name)")),
                (
                    "author",
                    .object(
                        JSONObject([
                            ("@type", .text("SoftwareApplication")), ("name", .text("Cuneus \(CuneusVersion.text)")),
                        ]))
                ),
                ("itemReviewed", .object(JSONObject(item))), ("reviewRating", .object(JSONObject(rating))),
                (
                    "reviewBody",
                    .text(told)
                ),
            ]))
    }

    private static func text(_ text: String?) -> JSONValue { text.map(JSONValue.text) ?? .null }

    private static func number(_ value: Double?) -> JSONValue {
        value.flatMap { $0.isFinite ? JSONValue.number($0) : nil } ?? .null
    }
}

extension ClaimGrade {
    /// From 1 for contradicted to 5 for supported; nil where nothing could be told: a 3 would be read as half true.
    fileprivate var rating: Double? {
        switch self {
        case .contradicted: 1
        case .leaning: 4
        case .supported: 5
        case .undecided, .notTestable: nil
        }
    }
}
