import Evidence
import Figures
import Formats
import Reporting
import Statistics
import Synthesis
import TestSupport
import Testing

@Suite("What the command reaches of the engine")
struct OutcomeReachTests {
    private static let connections = """
        study,region,region2,yi,vi,age
        a,amygdala,cingulate,0.30,0.02,20
        b,cingulate,amygdala,0.40,0.03,30
        c,amygdala,cingulate,0.35,0.02,25
        a,amygdala,insula,0.05,0.02,20
        b,amygdala,insula,-0.05,0.03,30
        c,insula,cingulate,0.10,0.02,25

        """

    private static func finding(_ csv: String, _ options: [String: [String]]) throws -> OutcomeFinding {
        let run = try OutcomeFolderTests.run("", csv, options: options)
        return try #require(run.findings.first)
    }

    @Test(
        "A connection is pooled pair by pair, whichever region is named first; a pair of one study is left out and told"
    )
    func pairs() throws {
        let finding = try Self.finding(Self.connections, ["measure": ["ZCOR"], "permute": ["100"]])
        let found = try #require(finding.pairs)
        #expect(found.pairs.pairs.count == 2)
        #expect(found.pairs.leftOut.count == 1)
        // All flips of three studies.
        #expect(found.permutations == 8)
        #expect(found.isExact)
        let three = try MetaRegression(
            effects: [0.3, 0.4, 0.35], variances: [0.02, 0.03, 0.02], estimator: .reml, test: .knappHartungAtLeastWald)
        let first = try #require(found.pairs.pairs.first)
        #expect(abs(first.estimate.value - three.coefficients[0]) < 1e-9)
        #expect(finding.withheld.contains { $0.what == "1 of 3 region pairs" })
        let tables = OutcomeTables(finding).all
        let table = try #require(tables.first { $0.name == "pairs.tsv" }?.table)
        #expect(table.rows.count == 2)
        #expect(table.rows.allSatisfy { $0.count == table.header.count })
        let page = OutcomeSection(finding, identifier: "o").html().source
        #expect(page.contains("of regions"))
    }

    @Test("Moderators are permuted when asked, by the same p as the permutation of their regression")
    func permutation() throws {
        let options = ["measure": ["SMD"], "moderators": ["sessions"], "permute": ["200"]]
        let finding = try Self.finding(OutcomeFolderTests.table, options)
        let moderator = try #require(finding.moderators.first)
        let permuted = try #require(moderator.permutation)
        let model = try MetaRegression(
            effects: finding.effects.map(\.value), variances: finding.effects.map(\.variance),
            design: moderator.design.matrix, estimator: .reml, test: .knappHartungAtLeastWald)
        #expect(permuted == (try ModeratorPermutation(model, permutations: 200)))
        let table = try #require(OutcomeTables(finding).all.first { $0.name == "moderators.tsv" }?.table)
        #expect(table.rows.allSatisfy { $0.count == table.header.count })
        #expect(table.rows[1].last == "200")
        let none = try Self.finding(OutcomeFolderTests.table, ["measure": ["SMD"], "moderators": ["sessions"]])
        #expect(none.moderators.first?.permutation == nil)
    }

    @Test("The largest go one after the other, by precision and by effect; where the answer turns is marked")
    func dropped() throws {
        let csv = """
            study,yi,vi
            a,0.9,0.01
            b,0.5,0.02
            c,0.1,0.04
            d,0.05,0.05
            e,0.02,0.03
            f,-0.02,0.03

            """
        let finding = try Self.finding(csv, ["measure": ["SMD"], "estimator": ["FE"]])
        let table = try #require(OutcomeTables(finding).all.first { $0.name == "dropped.tsv" }?.table)
        #expect(table.rows.count == 6)
        #expect(table.rows.map { $0[2] } == ["a", "b", "e", "a", "b", "c"])
        // Without a and b: (0.1/0.04 + 0.05/0.05 + 0.02/0.03 − 0.02/0.03) / (1/0.04 + 1/0.05 + 2/0.03).
        let mean = (2.5 + 1) / (25 + 20 + 200.0 / 3)
        #expect(abs((Double(table.rows[4][3]) ?? 0) - mean) < 1e-7)
        let column = try #require(table.header.firstIndex(of: "reversal"))
        #expect(table.rows.map { $0[column] == "TRUE" } == [false, true, false, false, true, false])
        #expect(finding.influence.reversals == [.mostPrecise: 2, .largestEffect: 2])
    }

    @Test("Subsets of six studies are all 57 of two and more; the largest study is marked once")
    func subsets() throws {
        let finding = try Self.finding(OutcomeFolderTests.table, ["measure": ["SMD"]])
        #expect(finding.influence.subsets?.subsets.count == 57)
        let tables = OutcomeTables(finding).all
        #expect(tables.first { $0.name == "gosh.tsv" }?.table.rows.count == 57)
        let table = try #require(tables.first { $0.name == "influence.tsv" }?.table)
        let column = try #require(table.header.firstIndex(of: "largest"))
        #expect(table.rows.count { $0[column] == "TRUE" } == 1)
        #expect(table.rows.allSatisfy { $0.count == table.header.count })
    }

    @Test("A mean that 20 people cannot give on a scale of whole numbers is told, and pooled all the same (GRIM)")
    func plausibility() throws {
        let csv = """
            study,m1i,sd1i,n1i,m2i,sd2i,n2i,scale_min,scale_max,decimals
            a,3.45,1.10,20,3.00,1.03,20,1,7,2
            b,3.47,1.10,20,3.10,1.02,20,1,7,2
            c,3.40,1.05,30,3.10,1.03,30,,,

            """
        let run = try OutcomeFolderTests.run("", csv, options: ["measure": ["SMD"]])
        let finding = try #require(run.findings.first)
        #expect(finding.effects.count == 3)
        // The third row tells no scale.
        #expect(finding.plausibility.count == 4)
        // 3.45 is 69/20; 3.47 lies between 69/20 and 70/20.
        #expect(finding.plausibility.filter { $0.verdict.mean == .impossible }.map(\.mean) == [3.47])
        #expect(run.notices.contains { $0.code == "impossible-summary" && $0.message.contains("3.47") })
        let table = try #require(OutcomeTables(finding).all.first { $0.name == "plausibility.tsv" }?.table)
        #expect(table.rows.allSatisfy { $0.count == table.header.count })
        #expect(OutcomeSection(finding, identifier: "o").html().source.contains("cannot come from so many people"))
    }
}
