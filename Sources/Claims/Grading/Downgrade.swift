import Appraisal
import Evidence
import Statistics

/// How sure one may be of the pooled effect, after GRADE (Guyatt et al. 2008, doi:10.1136/bmj.39489.470347.AD): five reasons to be
/// less sure, filled from data where data answer and left open where they do not.
public struct Downgrade: Hashable, Sendable {
    public enum Domain: String, CaseIterable, Hashable, Sendable {
        case riskOfBias = "risk of bias"
        case inconsistency, indirectness, imprecision
        case publicationBias = "publication bias"
    }

    public var domain: Domain
    /// 0 not serious, 1 serious, 2 very serious; nil where the data do not say: for the reader to fill.
    public var steps: Int?
    public var reason: String

    /// All five for a circle of evidence.
    static func all(_ verdict: ClaimVerdict, _ matches: [EvidenceMatch], rules: GradeRules) -> [Downgrade] {
        [
            riskOfBias(verdict), inconsistency(verdict), indirectness(matches),
            imprecision(verdict, rules), publicationBias(verdict, rules),
        ]
    }

    private static func riskOfBias(_ verdict: ClaimVerdict) -> Downgrade {
        let share = DesignReading.controlledShare(verdict.pooled)
        let percent = "\(ClaimNumber.percent(share)) % of the weight"
        let stated = verdict.pooled.evidence.contains { item in
            item.columns.keys.contains { $0.lowercased().hasPrefix("risk_of_bias") || $0.lowercased() == "rob" }
        }
        let rest = stated ? "; read the table’s own ratings" : "; blinding and drop-out are not in the table"
        return share < 0.5
            ? Downgrade(
                domain: .riskOfBias, steps: share == 0 ? 2 : 1,
                reason: "\(percent) comes from studies with a waiting list or another treatment" + rest)
            : Downgrade(domain: .riskOfBias, steps: nil, reason: "\(percent) comes from controlled studies" + rest)
    }

    private static func inconsistency(_ verdict: ClaimVerdict) -> Downgrade {
        guard let i2 = verdict.pooled.i2, verdict.pooled.studies > 2 else {
            return Downgrade(
                domain: .inconsistency, steps: nil, reason: "fewer than three studies, or none that measured the effect"
            )
        }
        let text = "I² is \(ClaimNumber.percent(i2)) %"
        return Downgrade(
            domain: .inconsistency, steps: i2 > 0.75 ? 2 : i2 > 0.5 ? 1 : 0,
            reason: i2 > 0.5 ? "\(text): studies differ by more than chance" : "\(text)")
    }

    private static func indirectness(_ matches: [EvidenceMatch]) -> Downgrade {
        let narrower = matches.filter { $0.nearness.values.contains(.narrower) }.count
        guard narrower > 0 else {
            return Downgrade(
                domain: .indirectness, steps: 0, reason: "the studies are of just what the sentence speaks of")
        }
        return Downgrade(
            domain: .indirectness, steps: nil,
            reason:
                "\(narrower) of \(matches.count) studies are special cases of the sentence; whether they stand for it is for "
                + "the reader")
    }

    private static func imprecision(_ verdict: ClaimVerdict, _ rules: GradeRules) -> Downgrade {
        let interval = verdict.directed.interval()
        let people = verdict.pooled.participants
        let matters = rules.smallestThatMatters(verdict.pooled.assessment.measure)
        let isWide = interval.lower < 0 && interval.upper > matters
        let isSmall = people < 400
        let reasons = [
            isWide
                ? "the interval holds both no effect and one that matters (\(ClaimNumber.fixed(matters, 1)))"
                : nil,
            isSmall ? "\(people) people are fewer than 400" : nil,
        ].compactMap { $0 }
        return Downgrade(
            domain: .imprecision, steps: (isWide ? 1 : 0) + (isSmall ? 1 : 0),
            reason: reasons.isEmpty
                ? "\(people) people, and the interval is narrow enough" : reasons.joined(separator: "; "))
    }

    private static func publicationBias(_ verdict: ClaimVerdict, _ rules: GradeRules) -> Downgrade {
        let pooled = verdict.pooled
        let ps = [pooled.smallStudyP, pooled.excess?.pValue].compactMap { $0 }
        if let smallest = ps.min(), smallest < rules.biasP {
            return Downgrade(
                domain: .publicationBias, steps: 1,
                reason: "a test of bias has p = \(ClaimNumber.fixed(smallest, 3))")
        }
        guard pooled.measured >= 10, !ps.isEmpty else {
            return Downgrade(
                domain: .publicationBias, steps: nil,
                reason: "with fewer than ten studies that measured the effect, tests of bias see little")
        }
        return Downgrade(domain: .publicationBias, steps: 0, reason: "tests of bias find nothing")
    }
}
