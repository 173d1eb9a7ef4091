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
