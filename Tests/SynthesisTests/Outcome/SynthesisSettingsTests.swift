import Evidence
import Synthesis
import Testing

@Suite("Options of a plan as settings of a synthesis")
struct SynthesisSettingsTests {
    private func settings(_ key: String, _ word: String) -> SynthesisSettings? {
        var plan = OutcomePlan(name: "x")
        plan.options = [.init(key: key, values: [word])]
        return try? SynthesisSettings(plan)
    }

    @Test("switches are the keys that take both pairs of YAML's words, and no other word")
    func switches() {
        let found = OutcomePlan.keys.filter { key in
            ["yes", "no", "true", "false"].allSatisfy { settings(key, $0) != nil } && settings(key, "perhaps") == nil
        }
        #expect(Set(found) == OutcomePlan.switches)
        for key in OutcomePlan.switches {
            #expect(settings(key, "true") == settings(key, "yes") && settings(key, "True") == settings(key, "yes"))
            #expect(settings(key, "false") == SynthesisSettings() && settings(key, "no") == SynthesisSettings())
            #expect(settings(key, "yes") != SynthesisSettings())
        }
    }
}
