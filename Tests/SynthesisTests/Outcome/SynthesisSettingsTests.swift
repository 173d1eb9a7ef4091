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

    @Test("a prior of τ is a number, or a form with its numbers, and is written as it was read")
    func priors() {
        let cases: [(String, HeterogeneityPrior)] = [
            ("0.4", .halfNormal(scale: 0.4)), ("half-normal(0.4)", .halfNormal(scale: 0.4)),
            ("Half-Cauchy(0.5)", .halfCauchy(scale: 0.5)), ("uniform( 2 )", .uniform(upper: 2)),
            ("log-normal(-1.2, 0.8)", .logNormal(location: -1.2, scale: 0.8)),
        ]
        for (text, prior) in cases {
            #expect(settings("prior-tau", text)?.priorTau == prior, "\(text)")
            #expect(HeterogeneityPrior(option: prior.option) == prior)
        }
        for text in [
            "0", "-1", "half-cauchy", "half-cauchy()", "half-cauchy(0)", "log-normal(1)", "gamma(1,2)", "nan",
            "uniform(1,2)",
        ] {
            #expect(settings("prior-tau", text) == nil, "\(text)")
        }
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
