import Claims
import Evidence
import Foundation
import Statistics
import Testing

@Suite("What the design allows, objections, and what would settle it")
struct SentenceTests {
    @Test("words of cause are found whole, at their place")
    func causal() {
        let words = CausalWord.all(in: "Therapy leads to calm: it Reduces fear, and increased hope is unaffected.")
        #expect(words.map(\.word) == ["leads to", "Reduces", "increased"])
        #expect(words[0].range == 8..<16)
        #expect(CausalWord.all(in: "Improvement went along with activity.").isEmpty)
    }

    @Test(
        "sentences on what goes together have no word of cause: nouns, what happens by itself, what something goes with",
        arguments: [
            ("Changes of prefrontal activity were tied to less aggression.", []),
            ("The more the cingulate changed, the more constraint improved.", []),
            ("Activity in the insula decreases with psychotherapy.", []),
            ("Psychotherapy was associated with increased activity.", []),
            ("Psychotherapy increases activity.", ["increases"]), ("Therapy drives growth.", ["drives"]),
            ("CBT shrinks the amygdala and calms it.", ["shrinks", "calms"]),
        ])
    func associations(_ sentence: String, _ words: [String]) {
        #expect(CausalWord.all(in: sentence).map(\.word) == words)
    }

    @Test("uncontrolled change carries no word of cause; a randomised one does")
    func design() throws {
        let plain = try #require(
            Grounds.judged(Grounds.claim(), [Grounds.evidence("a", 0.4), Grounds.evidence("b", 0.5)]))
        #expect(plain.design.kind == .uncontrolledChange && plain.design.tooStrong.map(\.word) == ["increases"])
        #expect(plain.design.sentence.contains("was higher after psychotherapy than before"))
        let trial = ["a", "b"].map {
            Grounds.evidence($0, 0.4, n2: 20, comparison: .waitingList, columns: ["design": "RCT between"])
        }
        let randomised = try #require(Grounds.judged(Grounds.claim(), trial))
        #expect(randomised.design.kind == .randomisedChange && randomised.design.tooStrong.isEmpty)
        #expect(randomised.design.sentence.contains("rose more with psychotherapy than with a waiting list"))
        let healthy = try #require(
            Grounds.judged(Grounds.claim(), [Grounds.evidence("a", 0.4, n2: 20, comparison: .healthy)]))
        #expect(healthy.design.kind == .changeBesideHealthy && healthy.design.tooStrong.count == 1)
    }

    @Test("each objection has an answer; numbers are those of the effect")
    func objections() throws {
        let judged = try #require(
            Grounds.judged(
                Grounds.claim(),
                [
                    Grounds.evidence("a", 0.5, columns: ["whole_brain": "yes", "registration": "NCT1"]),
                    Grounds.evidence("b", 0.5, columns: ["whole_brain": "not-known"]),
                    Grounds.evidence("c", 0.5, treatment: "MBSR", comparison: .waitingList),
                ]))
        let part = try #require(judged.parts.first)
        #expect(part.objections.map(\.objection) == ObjectionAnswer.Objection.allCases)
        func number(_ objection: ObjectionAnswer.Objection, _ name: String) -> Double? {
            part.objections.first { $0.objection == objection }?.numbers.first { $0.name == name }?.value
        }
        let effect = try #require(number(.averages, "effect"))
        #expect(abs(effect - 0.5) < 1e-9)
        // Of a change in one group Φ(0.5) of people change that way (evidence.md: U3 .691); in units of the spread of changes it does
        // not tell how values before and after overlap.
        #expect(abs((number(.averages, "share_expected") ?? 0) - 0.691) < 5e-4)
        #expect(number(.averages, "overlap") == nil)
        let groups = (0..<3).map { Grounds.evidence("s\($0)", 0.5, n2: 20, comparison: .waitingList) }
        let between = try #require(Grounds.judged(Grounds.claim(), groups)?.parts.first?.objections.first)
        // evidence.md: overlap .803, probability of superiority .638.
        #expect(abs((between.numbers.first { $0.name == "overlap" }?.value ?? 0) - 0.803) < 5e-4)
        #expect(abs((between.numbers.first { $0.name == "share_expected" }?.value ?? 0) - 0.638) < 5e-4)
        // Twenty people: d_z .468 is the smallest significant.
        #expect(abs((number(.smallSamples, "smallest_significant") ?? 0) - 0.468) < 5e-4)
        #expect(number(.fishing, "whole_brain") == 1)
        #expect(number(.anyExperience, "controlled") == 1)
        #expect(number(.specific, "effect: mindfulness training").map { abs($0 - 0.5) < 1e-9 } == true)
        for answer in part.objections { #expect(answer.answer.hasSuffix(".") || answer.answer.hasSuffix("noise.")) }
    }

    @Test("a trial for 0.5 needs 128 people, for 0.2 788 (G*Power 3.1: 64 and 394 a group)")
    func settling() throws {
        let half = try #require(
            Grounds.judged(Grounds.claim(), (0..<6).map { Grounds.evidence("s\($0)", 0.5) }))
        #expect(half.settling.isFromData && half.settling.atEffect.people == 128)
        let none = try #require(Grounds.judged(Grounds.claim(), []))
        #expect(!none.settling.isFromData && none.settling.atEffect.people == 788)
        let tiny = try #require(
            Grounds.judged(Grounds.claim(), (0..<6).map { Grounds.evidence("s\($0)", 0.01) }))
        #expect(tiny.settling.atEffect.people == nil && tiny.settling.text.contains("No realistic study"))
    }

    @Test(
        "a correlation of 0.3 needs 85 people, one of 0.1 783 (Cohen 1988: 85 and 783), and is judged as a correlation")
    func correlation() throws {
        let items = (0..<6).map { n in
            var item = Grounds.evidence("s\(n)", atanh(0.3), variance: 1.0 / 17, comparison: .improvement)
            item.measure = .correlation
            return item
        }
        let judged = try #require(Grounds.judged(Grounds.claim(comparison: .improvement), items))
        #expect(judged.settling.isFromData && judged.settling.atEffect.people == 85)
        let objections = try #require(judged.parts.first?.objections)
        let small = try #require(objections.first { $0.objection == .smallSamples })
        // Twenty people: a correlation has to reach about .44 (Fisher's z; by t .444).
        #expect(abs((small.numbers.first { $0.name == "smallest_significant" }?.value ?? 0) - 0.44) < 0.01)
        #expect(!objections.contains { $0.answer.contains("healthy people at one time") })
        let none = try #require(Grounds.judged(Grounds.claim(comparison: .improvement), []))
        #expect(none.settling.atEffect.people == 783)
    }

    @Test("a draft fills in what stands in the sentence and asks for the rest")
    func draft() {
        let project = Project(name: "p", format: .native, experiments: [])
        let draft = ClaimDraft(
            "CBT reduces activity of the amygdala in social anxiety disorder", vocabulary: ClaimVocabulary(),
            project: project)
        func value(_ key: String) -> String? { draft.lines.first { $0.key == key }?.value }
        #expect(value("region") == "amygdala" && value("direction") == "decrease" && value("outcome") == "activity")
        #expect(
            value("population") == "social anxiety disorder" && value("treatment") == "cognitive behavioural therapy")
        #expect(value("comparison") == nil && draft.questions.map(\.key) == ["comparison"])
        let open = ClaimDraft("It does something.", vocabulary: ClaimVocabulary(), project: project)
        #expect(
            open.questions.map(\.key) == ["region", "outcome", "population", "treatment", "direction", "comparison"])
        // Two directions are no direction.
        let both = ClaimDraft(
            "More prefrontal and less amygdala activity", vocabulary: ClaimVocabulary(), project: project)
        #expect(both.lines.first { $0.key == "direction" }?.value == nil)
    }
}
