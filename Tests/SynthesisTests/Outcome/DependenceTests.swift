import Evidence
import Statistics
import Synthesis
import Testing

/// What is taken for independent, and how the model says so.
@Suite("Dependence of an outcome's effects")
struct DependenceTests {
    private func effects(_ rows: [(study: String, sample: String, value: Double)]) -> [SynthesisEffect] {
        rows.map { SynthesisEffect(study: $0.study, sample: $0.sample, value: $0.value, variance: 0.04) }
    }

    private func finding(
        _ effects: [SynthesisEffect], measure: OutcomeMeasure = .standardizedMeanDifference,
        _ change: (inout SynthesisSettings) -> Void = { _ in }
    ) throws -> OutcomeFinding {
        var settings = SynthesisSettings()
        change(&settings)
        return try OutcomeSynthesis(
            name: "outcome", scale: OutcomeScale(measure), effects: effects, settings: settings
        ).finding()
    }

    @Test("Two papers on the same people are one cluster, as two results of one paper are")
    func sharedSample() throws {
        let values = [0.5, 0.3, 0.1, 0.6, 0.2, 0.4]
        let shared = zip(["A", "B", "C", "D", "E", "F"], values).enumerated().map { n, pair in
            (study: pair.0, sample: n < 2 ? "cohort" : pair.0, value: pair.1)
        }
        let oneStudy = zip(["A", "A", "C", "D", "E", "F"], values).map { (study: $0, sample: $0, value: $1) }
        let alone = zip(["A", "B", "C", "D", "E", "F"], values).map { (study: $0, sample: $0, value: $1) }
        let (one, two, three) = (
            try finding(effects(shared)), try finding(effects(oneStudy)), try finding(effects(alone))
        )
        #expect(one.pooled.estimate == two.pooled.estimate)
        #expect(one.pooled.components == two.pooled.components)
        #expect(one.pooled.estimate.degreesOfFreedom < three.pooled.estimate.degreesOfFreedom)
        #expect(one.influence.omissions.count == 5)
    }

    @Test("Several results of one study alone are one mean, not several witnesses")
    func oneStudy() throws {
        let one = try finding(effects([("A", "A", 0.3), ("A", "A", 0.5), ("A", "A", 0.4)]))
        // Variance of the mean of three with errors correlated by .6: 0.04·(1 + 2·0.6)/3.
        #expect(abs(one.pooled.estimate.standardError - (0.04 * 2.2 / 3).squareRoot()) < 1e-12)
        #expect(one.pooled.model.contains("one mean per study"))
    }

    @Test("A common effect stays one with several results per study, and the words name the estimator that was used")
    func words() throws {
        let rows = effects([
            ("A", "A", 0.3), ("A", "A", 0.5), ("B", "B", 0.4), ("C", "C", 0.1), ("D", "D", 0.6), ("E", "E", 0.2),
        ])
        let fixed = try finding(rows) { $0.estimator = .fixed }
        #expect(fixed.pooled.tau2 == 0)
        #expect(fixed.pooled.model.contains("common effect"))
        let levels = try finding(rows) { $0.estimator = .dersimonianLaird }
        #expect(levels.pooled.model.contains("three levels"))
        #expect(levels.pooled.model.contains("restricted maximum likelihood"))
        #expect(!levels.pooled.model.contains("DerSimonian"))
    }

    @Test("A regression with as many columns as studies is withheld, whatever the number of effects")
    func asManyColumns() throws {
        var rows = effects([("A", "A", 0.3), ("A", "A", 0.5), ("B", "B", 0.4), ("B", "B", 0.1), ("B", "B", 0.2)])
        for n in rows.indices { rows[n].cells["dose"] = .number(Double(n * n)) }
        let found = try finding(rows) { $0.moderators = ["dose"] }
        #expect(found.moderators.isEmpty)
        #expect(found.withheld.contains { $0.what.contains("dose") })
    }

    @Test("The usual priors say nothing of an outcome in its own unit: no posterior unless they are stated")
    func priors() throws {
        let rows = effects([("A", "A", 30), ("B", "B", 50), ("C", "C", 40)])
        let usual = try finding(rows, measure: .meanDifference)
        #expect(usual.posterior == nil)
        #expect(usual.withheld.contains { $0.what.contains("posterior") })
        let stated = try finding(rows, measure: .meanDifference) {
            $0.priorDeviation = 50
            $0.priorTau = .halfNormal(scale: 20)
        }
        #expect(stated.posterior != nil)
        #expect(try finding(rows).posterior != nil)
    }
}

/// What a plan says of a missing correlation is what is assumed.
@Suite("The correlation of before and after that a plan states")
struct StatedCorrelationTests {
    @Test("One that is stated is assumed; of several the usual one, else the middle one")
    func stated() throws {
        let cases: [([String], Double)] = [
            (["0.8"], 0.8), (["0.3", "0.5", "0.9"], 0.5), (["0.9", "0.6", "0.7"], 0.7), ([], 0.5),
        ]
        for (values, expected) in cases {
            var plan = OutcomePlan(name: "x")
            if !values.isEmpty {
                plan.options = [
                    OutcomePlan.Option(key: "pre-post-r", values: values, source: SourceLocation(file: "plan"))
                ]
            }
            let settings = try SynthesisSettings(plan)
            #expect(try MeasurementSettings(plan, settings).correlation == expected)
        }
    }
}
