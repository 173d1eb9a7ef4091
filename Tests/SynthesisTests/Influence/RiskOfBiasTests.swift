import Statistics
import Synthesis
import Testing

@Suite("Risk-of-bias columns")
struct RiskOfBiasTests {
    @Test("RoB 2 by robvis' columns, with the stated overall judgement")
    func rob2() throws {
        let columns = try #require(
            RiskOfBiasColumns(header: ["study", "D1", "D2", "D3", "D4", "D5", "Overall", "Weight"]))
        #expect(columns.instrument == .rob2)
        let risk = try #require(
            try columns.read(["A", "Low", "Some concerns", "low", "LOW", "Low risk", "Some concerns", "12"]))
        #expect(risk.domains == [.low, .someConcerns, .low, .low, .low])
        #expect(risk.overall == .someConcerns)
        #expect(!risk.isOverallDerived)
        #expect(try columns.read(["B", "", "", "NA", "", "", "", "3"]) == nil)
    }

    @Test("Without an overall judgement the worst domain stands for it, and only if all domains are judged")
    func derived() throws {
        let columns = try #require(RiskOfBiasColumns(header: ["rob_d1", "rob_d2", "rob_d3", "rob_d4", "rob_d5"]))
        let all = try #require(try columns.read(["low", "low", "high", "some concerns", "low"]))
        #expect(all.overall == .high)
        #expect(all.isOverallDerived)
        #expect(try columns.read(["low", "low", "", "low", "low"])?.overall == nil)
        #expect(try columns.read(["low", "low", "no information", "low", "low"])?.overall == nil)
    }

    @Test("ROBINS-I by seven domains, by its name or by its domains' names")
    func robins() throws {
        let numbered = RiskOfBiasColumns(header: ["D1", "D2", "D3", "D4", "D5", "D6", "D7", "Overall"])
        #expect(numbered?.instrument == .robinsI)
        let named = try #require(
            RiskOfBiasColumns(header: [
                "confounding", "selection of participants", "classification of interventions",
                "deviations from intended interventions", "missing data", "measurement of outcomes",
                "selection of the reported result",
            ]))
        #expect(named.instrument == .robinsI)
        #expect(named.domains == [0, 1, 2, 3, 4, 5, 6])
        let risk = try #require(try named.read(["Serious", "low", "low", "moderate", "low", "low", "low"]))
        #expect(risk.overall == .serious)
        #expect(RiskOfBiasColumns(header: ["study", "robins_i_overall"])?.instrument == .robinsI)
    }

    @Test("Newcastle–Ottawa stars, as numbers or stars, and what they amount to")
    func newcastleOttawa() throws {
        let columns = try #require(
            RiskOfBiasColumns(header: ["nos_selection", "nos_comparability", "nos_outcome", "nos_total"]))
        #expect(columns.instrument == .newcastleOttawa)
        #expect(try columns.read(["4", "2", "3", "9"])?.overall == .low)
        #expect(try columns.read(["★★", "★", "★★", "5"])?.overall == .moderate)
        #expect(try columns.read(["***", "", "**", "7"])?.overall == .low)
        #expect(try columns.read(["4", "0", "3", "7"])?.overall == .serious)
        #expect(throws: RiskOfBiasError.totalDiffers(stated: 8, sum: 9)) { try columns.read(["4", "2", "3", "8"]) }
        #expect(throws: RiskOfBiasError.badStars(column: "nos_selection", found: "5", most: 4)) {
            try columns.read(["5", "2", "3", "9"])
        }
    }

    @Test("Signs, and words of another tool, are refused: they mean different things")
    func refused() throws {
        let columns = try #require(RiskOfBiasColumns(header: ["D1", "D2", "D3", "D4", "D5"]))
        for sign in ["-", "?", "+", "moderate", "unclear"] {
            #expect(throws: RiskOfBiasError.self) { try columns.read([sign, "low", "low", "low", "low"]) }
        }
    }

    @Test("Tables without such columns have none")
    func none() {
        #expect(RiskOfBiasColumns(header: ["study", "outcome", "yi", "vi", "overall", "selection"]) == nil)
    }

    @Test("The model of the studies of low risk, and how it differs from the rest")
    func lowOnly() throws {
        let judgements: [RiskJudgement?] = [.low, .high, .low, nil, .low, .high]
        let risks = judgements.map { judgement in
            judgement.map { RiskOfBias(instrument: .rob2, domains: [], overall: $0) }
        }
        let effects = [0.2, 0.8, 0.25, 0.7, 0.15, 0.9]
        let variances = [0.02, 0.04, 0.03, 0.05, 0.02, 0.06]
        let found = try LowRiskPooling(effects: effects, variances: variances, risks: risks, estimator: .fixed)
        #expect(found.low == [0, 2, 4])
        let low = (0.2 / 0.02 + 0.25 / 0.03 + 0.15 / 0.02) / (1 / 0.02 + 1 / 0.03 + 1 / 0.02)
        let rest = (0.8 / 0.04 + 0.7 / 0.05 + 0.9 / 0.06) / (1 / 0.04 + 1 / 0.05 + 1 / 0.06)
        let lowOnly = try #require(found.lowOnly)
        #expect(isClose(lowOnly.coefficients[0], low, 1e-12))
        #expect(isClose(try #require(found.difference).value, low - rest, 1e-10))
    }
}
