import Appraisal
import Claims
import Evidence
import Testing

@Suite("How near a study comes to a claim")
struct MatchingTests {
    let vocabulary = ClaimVocabulary()

    @Test(
        "terms: the same, a case of it, a wider one, another, not said",
        arguments: [
            ("SAD", "social anxiety disorder", ClaimTerm.Kind.disorder, Nearness.exact),
            ("panic disorder with agoraphobia", "anxiety disorder", .disorder, .narrower),
            ("PTSD (intimate partner violence)", "PTSD", .disorder, .exact),
            ("anxiety disorders", "SAD", .disorder, .broader),
            ("OCD", "depression", .disorder, .other),
            ("CBT (12 weeks)", "psychotherapy", .treatment, .narrower),
            ("exposure-based group CBT", "cognitive behavioural therapy", .treatment, .narrower),
            ("behaviour therapy (12 weeks)", "CBT", .treatment, .other),
            ("MBSR (8 weeks)", "mindfulness", .treatment, .exact),
            ("sgACC", "ACC", .region, .narrower),
            ("FDG-PET", "functional imaging", .modality, .narrower),
            // What is denied is not there.
            ("never depressed", "depression", .disorder, .other),
            ("non-depressed, SAD", "depression", .disorder, .other),
            ("CBT without medication", "CBT", .treatment, .exact),
            // Of two things side by side the claim speaks of a part.
            ("depression and PTSD", "depression", .disorder, .broader),
            ("CBT + paroxetine", "CBT", .treatment, .broader),
            ("CBT with an antidepressant", "psychotherapy", .treatment, .broader),
            ("SAD or panic disorder", "anxiety disorder", .disorder, .narrower),
            ("acceptance and commitment therapy", "psychotherapy", .treatment, .narrower),
            ("amygdala + dlPFC", "amygdala", .region, .broader),
        ])
    func terms(_ text: String, _ claimed: String, _ kind: ClaimTerm.Kind, _ expected: Nearness) {
        #expect(vocabulary.nearness(of: text, to: claimed, kind) == expected)
    }

    @Test("a part that the claim leaves open fits anything; a text that the study lacks is not known")
    func open() {
        #expect(vocabulary.nearness(of: "anything", to: nil, .disorder) == .exact)
        #expect(vocabulary.nearness(of: nil, to: "PTSD", .disorder) == .unknown)
    }

    @Test(
        "a change against a waiting list is a case of a controlled change and of a change, and not the other way round")
    func comparisons() {
        #expect(ClaimComparison.change.nearness(of: .waitingList) == .narrower)
        #expect(ClaimComparison.controlled.nearness(of: .active) == .narrower)
        #expect(ClaimComparison.waitingList.nearness(of: .controlled) == .broader)
        #expect(ClaimComparison.controlled.nearness(of: .uncontrolled) == .other)
        #expect(ClaimComparison.change.nearness(of: .improvement) == .other)
    }

    @Test("circles widen by disorder, then treatment, then design; another quantity is in none")
    func circles() {
        let claim = Grounds.claim(population: "SAD", treatment: "CBT")
        func circle(_ evidence: ClaimEvidence) -> EvidenceCircle? {
            EvidenceMatch(evidence, for: claim, region: claim.regions[0], vocabulary: vocabulary).circle
        }
        #expect(circle(Grounds.evidence("a", 0)) == .same)
        #expect(circle(Grounds.evidence("a", 0, population: "OCD")) == .anybody)
        #expect(circle(Grounds.evidence("a", 0, population: "OCD", treatment: "MBSR")) == .anyTreatment)
        #expect(circle(Grounds.evidence("a", 0, comparison: nil)) == .anyDesign)
        #expect(circle(Grounds.evidence("a", 0, outcome: "volume")) == nil)
        #expect(circle(Grounds.evidence("a", 0, comparison: .improvement)) == nil)
    }

    @Test(
        "a correlation is no change, whatever stands in the column of comparisons, and what it is with has to be said")
    func correlations() throws {
        let claim = Grounds.claim(population: nil, treatment: nil)
        func evidence(_ measure: EffectMeasure, _ comparator: String?, n2: Int = 0) throws -> ClaimEvidence {
            let experiment = Experiment(
                id: "a", study: "a", sample: "a", n1: 20, n2: n2, measure: measure, report: .peaks([]),
                covariates: comparator.map { ["comparator": .text($0), "outcome": .text("activity")] }
                    ?? ["outcome": .text("activity")],
                source: SourceLocation(file: "studies.tsv", line: 2))
            let ledger = ClaimLedger(claims: [], columns: [.comparison: "comparator", .outcome: "outcome"])
            return try #require(
                ClaimEvidence(
                    .init(id: "a", sample: "a", n1: 20, n2: n2, source: .peak, effects: [0.4], variances: [0.05]),
                    in: "amygdala", experiments: ["a": experiment], ledger: ledger))
        }
        func circle(_ evidence: ClaimEvidence, _ comparison: ClaimComparison) -> EvidenceCircle? {
            var claim = claim
            claim.comparison = comparison
            return EvidenceMatch(evidence, for: claim, region: claim.regions[0], vocabulary: vocabulary).circle
        }
        let beside = try evidence(.correlation, "waiting list")
        #expect(beside.comparison == nil)
        #expect(circle(beside, .change) == nil && circle(beside, .waitingList) == nil)
        // It may be with the state before treatment: only the widest circle takes it.
        #expect(circle(beside, .improvement) == .anyDesign && circle(beside, .prediction) == .anyDesign)
        let predicts = try evidence(.correlation, "baseline-predicts-improvement")
        #expect(circle(predicts, .prediction) == .same && circle(predicts, .improvement) == nil)
        let change = try evidence(.change, nil)
        #expect(change.comparison == .uncontrolled && circle(change, .improvement) == nil)
        // Patients beside healthy people, seen once, are no change compared with theirs.
        let patients = try evidence(.change, "healthy controls", n2: 20)
        #expect(patients.comparison == nil && circle(patients, .healthy) == .anyDesign)
    }

    @Test("every broader term of the shipped vocabulary is there, and no word means two things of one kind")
    func shipped() {
        for term in vocabulary.terms {
            for name in term.broader { #expect(vocabulary.term(name, term.kind) != nil, "\(term.name) → \(name)") }
            for spelling in term.spellings {
                #expect(vocabulary.term(spelling, term.kind)?.name == term.name, "\(term.kind): \(spelling)")
            }
        }
    }
}
