import Appraisal
import Claims
import Evidence

/// Claims and evidence for tests.
enum Grounds {
    static func claim(
        _ direction: RegionHypothesis.Direction = .increase, comparison: ClaimComparison = .change,
        population: String? = "anxiety disorder", treatment: String? = "psychotherapy",
        sentence: String = "Psychotherapy increases activity of the amygdala in anxiety disorders.", dose: String? = nil
    ) -> Claim {
        var claim = Claim(
            name: "c", sentence: sentence, saying: .init(who: "somebody"),
            regions: [ClaimRegion(name: "amygdala", extent: .spheres(centres: [[20, 0, -20]], radius: 8))],
            direction: direction, population: population, treatment: treatment, comparison: comparison)
        claim.dose = dose
        return claim
    }

    static func evidence(
        _ id: String, _ effect: Double, variance: Double = 0.04, n1: Int = 20, n2: Int = 0,
        source: StudyEffects.Source = .peak, population: String = "SAD", treatment: String = "CBT",
        outcome: String = "activity", comparison: ClaimComparison? = .uncontrolled, columns: [String: String] = [:]
    ) -> ClaimEvidence {
        var item = ClaimEvidence(
            id: id, publication: id, n1: n1, n2: n2, region: "amygdala", effect: effect, variance: variance,
            texts: [.population: population, .treatment: treatment, .outcome: outcome, .modality: "fMRI"],
            comparison: comparison, columns: columns, source: SourceLocation(file: "studies.tsv", line: 2))
        item.study.source = source
        return item
    }

    static func judged(_ claim: Claim, _ evidence: [ClaimEvidence]) -> JudgedClaim? {
        var judge = ClaimJudge(ClaimLedger(claims: [claim]))
        return judge.judge(
            [claim.regions[0].withoutSource: .init(evidence)], searched: evidence.count
        ).first
    }

    static func verdict(_ studies: [StudyEffects.Study], _ direction: RegionHypothesis.Direction = .increase)
        -> ClaimVerdict?
    {
        let evidence = studies.map { ClaimEvidence(study: $0, publication: $0.id, region: "amygdala", kind: .peaks) }
        return PooledEvidence(evidence).map {
            ClaimVerdict($0, circle: .same, direction: direction, priorScale: 0.5)
        }
    }
}
