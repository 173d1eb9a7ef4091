import Evidence
import Formats
import Reporting
import Statistics
import Synthesis
import TestSupport
import Testing

/// 900 effects of 480 trials of psychotherapy for depression (Metapsy): a table of semicolons, decimal commas and NA.
@Suite("Depression trials", .enabled(if: Shelf.file("data/depression-trials/data.csv") != nil, Shelf.absence))
struct DepressionTrialsTests {
    /// metafor 3.8-1 and clubSandwich: `rma.mv(g, vi, random = ~ 1 | study/effect)`, `coef_test(vcov = "CR2")`.
    @Test("pooled, by therapy, by year, at three levels, with its bias section, as metafor and clubSandwich pool them")
    func trials() throws {
        let path = try #require(Shelf.file("data/depression-trials/data.csv"))
        let table = try OutcomeTableReader(columns: ["yi": ".g", "sei": ".g_se"]).read(path)
        var plan = OutcomePlan(name: try #require(table.outcomes.first))
        plan.options = [
            .init(key: "measure", values: ["SMD"]), .init(key: "by", values: ["condition_arm1"]),
            .init(key: "moderators", values: ["year"]),
        ]
        let clock = ContinuousClock()
        let start = clock.now
        let made = try TableSynthesis(table, plans: [plan], leavesOut: true)
        let spent = start.duration(to: clock.now) / .seconds(1)
        let found = try #require(made.findings.first)
        print("depression trials: \(found.effects.count) effects, \(found.studies) studies, \(spent) s")
        let pooled = found.pooled
        #expect(abs(pooled.estimate.value - 0.73491865) < 1e-6)
        #expect(abs(pooled.estimate.standardError - 0.03000412) < 1e-6)
        #expect(abs(pooled.estimate.degreesOfFreedom - 472.03412) < 1e-2)
        #expect(abs(pooled.components[0].variance - 0.35102154) < 1e-5)
        #expect(abs(pooled.components[1].variance - 0.03799896) < 1e-5)
        let year = try #require(found.moderators.first).coefficients[1].estimate
        #expect(abs(year.value - -0.00324) < 1e-5 && abs(year.standardError - 0.00331) < 1e-5)
        #expect(found.pooled.components.count == 2)
        #expect(found.subgroups != nil && found.moderators.count == 1 && found.bias.rows.count > 8)
    }
}
