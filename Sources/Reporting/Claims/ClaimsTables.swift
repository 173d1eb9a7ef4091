import Appraisal
import Claims
import Evidence
import Statistics

/// `claims.tsv`, `claims_evidence.tsv` and `claims_criteria.tsv`: what the page shows, for other programs.
public struct ClaimsTables: Sendable {
    let review: ClaimsReview

    public init(_ review: ClaimsReview) { self.review = review }

    /// All files, in the order they are written.
    public var all: [(name: String, table: TextTable)] {
        [("claims.tsv", claims), ("claims_evidence.tsv", evidence), ("claims_criteria.tsv", criteria)]
    }

    /// One row per claim and region.
    public var claims: TextTable {
        TextTable(
            header: [
                "claim", "region", "grade", "region_grade", "direction", "outcome", "population", "treatment",
                "comparison",
                "certainty", "design", "too_strong",
            ] + ClaimFigure.all.map(\.column) + [
                "answer", "could_carry", "would_settle", "sentence", "said_by", "link",
            ],
            rows: review.claims.flatMap { judged in
                judged.parts.map { part in
                    let claim = judged.claim
                    return [
                        claim.name, part.region?.name ?? "", judged.grade.rawValue, part.grade.rawValue,
                        part.direction.rawValue, claim.outcome, claim.population ?? "", claim.treatment ?? "",
                        claim.comparison.rawValue, part.certainty?.rawValue ?? "", judged.design.kind.rawValue,
                        judged.design.tooStrong.map(\.word).joined(separator: ", "),
                    ]
                        + ClaimFigure.all.map { figure in Self.number(figure.value(part)) }
                        + [
                            ClaimWords(judged: judged).answer, judged.design.sentence, judged.settling.text,
                            claim.sentence, claim.saying.who, claim.saying.link ?? "",
                        ]
                }
            })
    }

    /// One row per claim, region and study that bears on it.
    public var evidence: TextTable {
        let parts: [ClaimPart] = [.population, .treatment, .comparison, .outcome, .modality, .region]
        return TextTable(
            header: [
                "claim", "region", "study", "publication", "circle", "kind", "reported", "n1", "n2", "effect", "se",
                "voice",
            ] + parts.map { "near_\($0.rawValue)" } + [
                "population", "treatment", "comparison", "file", "line", "link",
            ],
            rows: review.claims.flatMap { judged in
                judged.parts.flatMap { part in
                    part.matches.map { match in
                        let item = match.evidence
                        let said = StudySummary(item.study, weight: 0).estimate
                        let voice = part.circles.first { verdict in
                            match.circle.map { $0 <= verdict.circle } ?? false
                        }.map { $0.voice(of: item).rawValue }
                        return [
                            judged.claim.name, part.region?.name ?? "", item.study.id, item.publication,
                            match.circle?.name ?? "", item.kind.rawValue, item.study.source.rawValue,
                            String(item.study.n1), String(item.study.n2), Self.number(said.value),
                            Self.number(said.standardError), voice ?? "",
                        ]
                            + parts.map { match.nearness[$0]?.rawValue ?? "" }
                            + [
                                item.texts[.population] ?? "", item.texts[.treatment] ?? "",
                                item.comparison?.rawValue ?? "", item.source?.file ?? "",
                                item.source?.line.map(String.init) ?? "", item.link ?? "",
                            ]
                    }
                }
            })
    }

    /// One row per claim, region, grade and criterion.
    public var criteria: TextTable {
        TextTable(
            header: ["claim", "region", "grade", "criterion", "value", "asked", "cutoff", "passed"],
            rows: review.claims.flatMap { judged in
                judged.parts.flatMap { part in
                    (part.judgement?.lists ?? []).flatMap { list in
                        list.criteria.map { criterion in
                            [
                                judged.claim.name, part.region?.name ?? "", list.name, criterion.kind.rawValue,
                                Self.number(criterion.value), criterion.isAtLeast ? "at-least" : "at-most",
                                Self.number(criterion.cutoff), criterion.isPassed ? "yes" : "no",
                            ]
                        }
                    }
                }
            })
    }

    private static func number(_ value: Double?) -> String { NumberText.significant(value ?? .nan, 8) }
}
