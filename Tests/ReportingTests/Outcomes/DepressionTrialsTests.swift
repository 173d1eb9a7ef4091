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
    @Test("pooled, by therapy, by year, at three levels, with its bias section, under two seconds")
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
        print(OutcomeText(found).text)
        #expect(found.pooled.components.count == 2)
        #expect(found.subgroups != nil && found.moderators.count == 1 && found.bias.rows.count > 8)
    }
}
