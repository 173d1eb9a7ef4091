import Evidence
import Formats
import Statistics
import Synthesis
import TestSupport
import Testing

/// A plain CSV out of R, read, measured, pooled and appraised, gives what metafor gives. Relative tolerance 1e-6: both programs
/// stop their iterations for τ² at about 1e-8 of it.
@Suite("Tables exported from R")
struct PublishedTablesTests {
    private func finding(
        _ csv: String, columns: [String: String] = [:], _ options: [String: [String]] = [:]
    ) throws -> OutcomeFinding {
        let scratch = try Scratch(["table.csv": csv])
        let table = try OutcomeTableReader(columns: columns).read("\(scratch.path)/table.csv")
        let plan = OutcomePlan(name: try #require(table.outcomes.first), options: options)
        let synthesis = try TableSynthesis(table, plans: [plan])
        return try #require(synthesis.findings.first)
    }

    private func close(_ a: Double, _ b: Double, _ tolerance: Double = 1e-6) -> Bool {
        abs(a - b) <= tolerance * max(1e-3, abs(b))
    }

    private static let cells = ["ai": "tpos", "bi": "tneg", "ci": "cpos", "di": "cneg", "study": "trial"]

    @Test("BCG vaccine (Colditz 1994): log risk ratios, REML, three tests, a moderator, groups, bias, leave-one-out")
    func bcg() throws {
        let reference = try OutcomeReference.read().bcg
        let found = try finding(
            reference.csv, columns: Self.cells,
            ["measure": ["RR"], "test": ["z"], "moderators": ["ablat"], "by": ["alloc"]])
        let answers = reference.answers
        let pooled = found.pooled
        #expect(found.effects.count == 13)
        #expect(found.scale.measure == .riskRatio)
        #expect(close(pooled.estimate.value, answers.z.estimate))
        #expect(close(pooled.estimate.standardError, answers.z.se))
        #expect(close(pooled.interval.lower, answers.z.low))
        #expect(close(pooled.interval.upper, answers.z.high))
        #expect(close(pooled.tau2, try #require(answers.z.tau2)))
        #expect(close(100 * pooled.i2, try #require(answers.z.i2)))
        #expect(close(pooled.heterogeneity.statistic, try #require(answers.z.q)))

        let hartung = try #require(found.alternatives.first { $0.name == "REML, Knapp–Hartung" }).estimate
        #expect(close(hartung.standardError, answers.knha.se))
        #expect(close(hartung.pValue, answers.knha.p))
        let laird = try #require(found.alternatives.first { $0.name == "DL, Wald" })
        #expect(close(laird.estimate.value, answers.dersimonianLaird.estimate))
        #expect(close(laird.tau2, try #require(answers.dersimonianLaird.tau2)))

        let moderator = try #require(found.moderators.first)
        #expect(close(moderator.coefficients[1].estimate.value, answers.ablat.slope))
        #expect(close(moderator.coefficients[1].estimate.standardError, answers.ablat.se))
        #expect(close(moderator.test.statistic, answers.ablat.qm))
        #expect(close(try #require(moderator.explained), answers.ablat.r2))

        let groups = try #require(found.subgroups)
        for group in groups.groups { #expect(close(group.estimate.value, try #require(answers.alloc[group.name]))) }
        #expect(close(groups.between.statistic, answers.between))

        let egger = try #require(found.bias.first("Egger regression (random effects)"))
        #expect(close(try #require(egger.statistic), answers.egger.z))
        #expect(close(try #require(egger.pValue), answers.egger.p))
        let filled = try #require(found.bias.first("trim and fill"))
        #expect(close(filled.value, answers.trimfill.estimate))
        #expect(found.bias.filled.count == answers.trimfill.k0)
        #expect(found.influence.omissions.map(\.estimate.value).count == 13)
        for (omission, expected) in zip(found.influence.omissions, answers.leave1out) {
            #expect(close(omission.estimate.value, expected))
        }
        // Comstock published three trials; each is a study of its own, by its number.
        #expect(found.studies == 13)
        #expect(found.influence.cumulative.last.map { close($0.estimate.value, answers.z.estimate) } == true)
    }

    @Test("Hospital stay (Normand 1999): standardised mean differences from means, SDs and numbers")
    func normand() throws {
        let reference = try OutcomeReference.read().normand1999
        let found = try finding(reference.csv, ["measure": ["SMD"], "test": ["knha"]])
        #expect(found.effects.count == 9)
        #expect(close(found.pooled.estimate.value, reference.answers.knha.estimate))
        #expect(close(found.pooled.interval.lower, reference.answers.knha.low))
        #expect(close(found.pooled.interval.upper, reference.answers.knha.high))
        #expect(close(found.pooled.tau2, try #require(reference.answers.knha.tau2)))
        #expect(found.participants != nil)
    }

    /// metafor 3.8-1: `predict` of `rma(yi, vi, test = "adhoc")` and of `rma(yi, vi)`, `confint(fit, type = "PL")`; the mean's by
    /// `optimize` and `uniroot` over the likelihood, R 4.2.
    @Test("BCG vaccine: prediction intervals of three forms, and intervals by the likelihood")
    func forms() throws {
        let csv = try OutcomeReference.read().bcg.csv
        func pooled(_ options: [String: [String]]) throws -> PooledOutcome {
            try finding(csv, columns: Self.cells, ["measure": ["RR"]].merging(options) { $1 }).pooled
        }
        let hartung = try #require(try pooled(["prediction": ["t-1"]]).prediction)
        #expect(close(hartung.lower, -1.99601696702) && close(hartung.upper, 0.566952270292))
        let normal = try #require(try pooled(["prediction": ["normal"], "test": ["z"]]).prediction)
        #expect(close(normal.lower, -1.86669234661) && close(normal.upper, 0.437627649877))
        let profile = try pooled(["interval": ["profile"]])
        #expect(close(profile.interval.lower, -1.08878906105) && close(profile.interval.upper, -0.354975794509))
        let tau2 = try #require(profile.tau2Interval)
        // With metafor's search at its tightest; its usual one stops at .11524 and .96467.
        #expect(close(tau2.lower, 0.115266105748, 1e-5) && close(tau2.upper, 0.964695326514, 1e-5))
        #expect(profile.model.contains("profile likelihood"))
        #expect(throws: InputError.self) { try pooled(["prediction": ["skipka"]]) }
    }

    /// metafor 3.8-1: `rma.mv(yi, vi, random = list(~ 1 | district, ~ 1 | study, ~ 1 | year), test = "t")`.
    @Test("School calendars: years as a random effect across districts")
    func crossed() throws {
        let found = try finding(
            try OutcomeReference.read().konstantopoulos2011.csv, columns: ["study": "district", "sample": "study"],
            ["crossed": ["year"]])
        let pooled = found.pooled
        #expect(pooled.components.map(\.name) == ["between studies", "between effects of a study", "between year"])
        #expect(close(pooled.estimate.value, 0.1847131634733) && close(pooled.estimate.standardError, 0.0845559178802))
        #expect(close(pooled.interval.lower, 0.0152593173493, 1e-5))
        #expect(close(pooled.interval.upper, 0.3541670095972, 1e-5))
        #expect(close(pooled.components[0].variance, 6.50619424947e-02, 1e-5))
        #expect(close(pooled.components[1].variance, 3.27365177270e-02, 1e-5))
        #expect(pooled.components[2].variance < 1e-6)
        let years = try #require(pooled.components[2].interval)
        #expect(years.lower == 0 && close(years.upper, 0.0759750208297, 1e-3))
        let heaviest = pooled.weights.prefix(4).map { 100 * $0 }
        let metafor = [1.82464143098, 1.82464143098, 1.55621542703, 1.55621542703]
        #expect(zip(heaviest, metafor).allSatisfy { close($0, $1, 1e-4) })
        #expect(pooled.model.contains("across studies, of year"))
        #expect(found.alternatives.contains { $0.name == "three levels, CR2" })
    }

    @Test("A column that puts studies into groups is told, with the option that gives three levels")
    func groupedStudies() throws {
        let scratch = try Scratch(["table.csv": try OutcomeReference.read().konstantopoulos2011.csv])
        func notices(_ columns: [String: String]) throws -> [Notice] {
            let table = try OutcomeTableReader(columns: columns).read("\(scratch.path)/table.csv")
            return EffectMeasurement(table).notices.filter { $0.code == "studies-grouped" }
        }
        let told = try notices([:])
        #expect(told.count == 1)
        #expect(told.first?.message.contains("district puts 56 studies into 11 groups") == true)
        #expect(told.first?.remedy?.contains("--columns study=district,sample=study") == true)
        #expect(try notices(["study": "district", "sample": "study"]).isEmpty)
    }

    @Test("School calendars (Konstantopoulos 2011): three levels, CR2, and a moderator")
    func konstantopoulos() throws {
        let reference = try OutcomeReference.read().konstantopoulos2011
        let found = try finding(
            reference.csv, columns: ["study": "district", "sample": "study"], ["moderators": ["year"]])
        let answers = reference.answers
        #expect(found.effects.count == 56)
        #expect(found.studies == 11)
        #expect(found.pooled.model.contains("three levels"))
        #expect(close(found.pooled.estimate.value, answers.z.estimate))
        #expect(close(found.pooled.estimate.standardError, answers.cr2.se))
        #expect(close(found.pooled.estimate.degreesOfFreedom, answers.cr2.df, 1e-5))
        #expect(close(found.pooled.estimate.pValue, answers.cr2.p, 1e-5))
        #expect(close(found.pooled.components[0].variance, answers.sigma2[0], 1e-5))
        #expect(close(found.pooled.components[1].variance, answers.sigma2[1], 1e-5))
        // confint() of metafor 3.8-1, which ends its search at 1e-4 or so.
        let between = try #require(found.pooled.components[0].interval)
        #expect(close(between.lower, 0.022232788770, 1e-3) && close(between.upper, 0.207241730429, 1e-3))
        let within = try #require(found.pooled.components[1].interval)
        #expect(close(within.lower, 0.016273528049, 1e-3) && close(within.upper, 0.0628254598519, 1e-3))
        #expect(close(found.pooled.heterogeneity.statistic, answers.q))
        #expect(abs(found.pooled.weights.reduce(0, +) - 1) < 1e-12)
        let working = try #require(found.alternatives.first { $0.name == "three levels, Wald" }).estimate
        #expect(close(working.standardError, answers.z.se))
        let year = try #require(found.moderators.first).coefficients[1].estimate
        #expect(close(year.value, answers.year.slope, 1e-4))
        #expect(close(year.standardError, answers.year.se, 1e-4))
        #expect(close(year.degreesOfFreedom, answers.year.df, 1e-4))
    }

    @Test("Conscientiousness and medication (Molloy 2014): Fisher's z of correlations")
    func molloy() throws {
        let reference = try OutcomeReference.read().molloy2014
        let found = try finding(reference.csv, ["measure": ["ZCOR"], "test": ["z"]])
        #expect(found.effects.count == 16)
        #expect(close(found.pooled.estimate.value, reference.answers.z.estimate))
        #expect(close(found.pooled.estimate.standardError, reference.answers.z.se))
        #expect(close(found.pooled.tau2, try #require(reference.answers.z.tau2)))
        // Read as a correlation: tanh.
        #expect(abs(found.scale.shown(found.pooled.estimate.value) - 0.1488) < 1e-4)
    }
}
