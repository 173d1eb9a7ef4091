import Appraisal
import Claims
import Evidence
import Statistics
import Testing

@Suite("Numbers reported for regions as evidence for claims")
struct OutcomeTests {
    private static func row(
        _ study: String, _ outcome: String, _ measure: String, _ yi: Double, sample: String? = nil,
        region: String? = nil, second: String? = nil, cells: [String: Experiment.Covariate] = [:], line: Int = 2
    ) -> OutcomeRow {
        let said: [String: Experiment.Covariate] = [
            "population": .text("SAD"), "treatment": .text("CBT"), "comparator": .text("none"),
        ]
        return OutcomeRow(
            study: study, sample: sample, outcome: outcome, region: region, secondRegion: second, measure: measure,
            values: [.yi: yi, .vi: 0.04, .ni: 30], cells: said.merging(cells) { $1 },
            source: SourceLocation(file: "outcomes.tsv", line: line))
    }

    private static func claim(_ outcome: String, comparison: ClaimComparison = .change) -> Claim {
        var claim = Grounds.claim(comparison: comparison)
        claim.outcome = outcome
        return claim
    }

    private static func judged(
        _ claim: Claim, _ rows: [OutcomeRow], beside: [ClaimEvidence] = []
    ) throws -> (part: JudgedClaim.Part, grade: ClaimGrade) {
        let ledger = ClaimLedger(claims: [claim])
        let outcomes = ClaimOutcomes(OutcomeTable(path: "outcomes.tsv", rows: rows), plans: [], ledger: ledger)
        var judge = ClaimJudge(ledger)
        let judged = try #require(
            judge.judge(
                [claim.regions[0].withoutSource: .init(beside)], outcomes: outcomes.evidence, searched: rows.count
            ).first)
        return (try #require(judged.parts.first), judged.grade)
    }

    @Test("a volume of the region bears on a sentence about its volume, by line; not on one about its activity")
    func volume() throws {
        let rows = (0..<6).map { Self.row("s\($0)", "amygdala volume", "SMCC", -0.6, line: $0 + 2) }
        let (part, grade) = try Self.judged(Self.claim("volume"), rows)
        #expect(part.same?.pooled.measured == 6 && part.same?.pooled.participants == 180)
        #expect(grade == .contradicted)
        #expect(part.matches.map(\.evidence.source?.line) == [2, 3, 4, 5, 6, 7])
        #expect(try Self.judged(Self.claim("activity"), rows).part.matches.isEmpty)
        // The column of the region says it as well as the outcome's name does.
        let named = try Self.judged(Self.claim("volume"), [Self.row("a", "volume", "SMCC", -0.6, region: "amygdala")])
        #expect(named.part.same?.pooled.studies == 1)
    }

    @Test("a number of a pair bears on the connection, and not on one of its ends")
    func pair() throws {
        let rows = [Self.row("a", "connectivity", "SMCC", 0.5, region: "amygdala", second: "dlPFC")]
        let (part, _) = try Self.judged(Self.claim("connectivity"), rows)
        #expect(part.same == nil)
        var claim = Self.claim("connectivity")
        claim.regions.append(ClaimRegion(name: "prefrontal cortex"))
        claim.isPair = true
        #expect(try Self.judged(claim, rows).part.same == nil, "a part of the prefrontal cortex is not said to be it")
        claim.regions[1] = ClaimRegion(name: "dlPFC")
        #expect(try Self.judged(claim, rows).part.same?.pooled.studies == 1)
    }

    @Test("the same people count once: a map before a number, a number before peaks, several numbers as their mean")
    func once() throws {
        let rows = [
            Self.row("a", "activity", "SMCC", 0.2, region: "amygdala"),
            Self.row("a", "response", "SMCC", 0.6, region: "amygdala", line: 3),
        ]
        func pooled(_ source: StudyEffects.Source?) throws -> (studies: Int, effect: Double) {
            let beside = source.map { source in
                var item = Grounds.evidence("a", 0.9, source: source)
                item.kind = source == .map ? .map : .peaks
                return [item]
            }
            let same = try #require(try Self.judged(Self.claim("activity"), rows, beside: beside ?? []).part.same)
            return (same.pooled.studies, same.pooled.estimate.value)
        }
        for source in [StudyEffects.Source?.none, .peak, .nothing] {
            let found = try pooled(source)
            #expect(found.studies == 1 && abs(found.effect - 0.4) < 1e-12)
        }
        let map = try pooled(.map)
        #expect(map.studies == 1 && abs(map.effect - 0.9) < 1e-12)
    }

    @Test("correlations are laid beside correlations as Fisher's z; raw units are told of and left out")
    func measures() throws {
        let rows = [Self.row("a", "activity", "COR", 0.5, region: "amygdala")]
        var said = rows
        said[0].cells["comparator"] = .text("correlation-with-improvement")
        let (part, _) = try Self.judged(Self.claim("activity", comparison: .improvement), said)
        let pooled = try #require(part.same?.pooled)
        #expect(abs(pooled.estimate.value - 0.549306144334) < 1e-9)
        // 0.04/(1 − 0.25)²
        #expect(abs(pooled.estimate.standardError - 0.2 / 0.75) < 1e-9)
        #expect(try Self.judged(Self.claim("activity"), said).part.matches.isEmpty)
        let raw = ClaimOutcomes(
            OutcomeTable(path: "outcomes.tsv", rows: [Self.row("a", "amygdala volume", "MD", 30)]), plans: [],
            ledger: ClaimLedger(claims: []))
        #expect(raw.evidence.isEmpty && raw.notices.contains { $0.code == "claim-outcome" })
    }
}
