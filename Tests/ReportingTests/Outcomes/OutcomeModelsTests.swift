import Evidence
import Figures
import Formats
import Foundation
import Reporting
import Statistics
import Synthesis
import TestSupport
import Testing

@Suite("Beyond one mean: treatments compared, dose groups, outcomes together")
struct OutcomeModelsTests {
    private static func isNear(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
        abs(a - b) <= tolerance * max(1, abs(b))
    }

    @Test("Outcomes together as metafor's rma.mv (HCS) with CR2, for a stated correlation: 1e-5")
    func together() throws {
        let reference = try OutcomeModelsReference.read().berkey1998
        let found = try OutcomesTogether(OutcomeFinding.all(of: reference.csv), structure: "HCS")
        let expected = reference.answers
        #expect(found.outcomes.map(\.name) == ["PD", "AL"])
        #expect(found.correlation == 0.6)
        for (n, outcome) in found.outcomes.enumerated() {
            #expect(Self.isNear(outcome.estimate.value, expected.estimate[n], 1e-5))
            #expect(Self.isNear(outcome.estimate.standardError, expected.se[n], 1e-5))
            #expect(Self.isNear(outcome.estimate.degreesOfFreedom, expected.df[n], 1e-4))
            #expect(Self.isNear(outcome.estimate.pValue, expected.p[n], 1e-4))
            #expect(Self.isNear(outcome.tau2, expected.tau2[n], 1e-5))
            #expect(outcome.under.count == 3)
        }
        #expect(Self.isNear(found.trueCorrelations[0, 1], expected.rho, 1e-4))
        #expect(Self.isNear(found.equality.statistic, expected.f, 1e-3))
        #expect(Self.isNear(found.equality.pValue, expected.pEqual, 1e-4))
        #expect(found.logLikelihood >= expected.logLik - 1e-7)
    }

    @Test("Outcomes that cannot stand in one model are refused with the reason")
    func apart() throws {
        let unlike = try OutcomeFinding.all(
            of:
                "study,outcome,measure,yi,vi\na,x,SMD,0.1,0.1\nb,x,SMD,0.2,0.1\na,y,MD,3,1\nb,y,MD,4,1\n")
        #expect(throws: InputError.self) { try OutcomesTogether(unlike) }
        let strangers = try OutcomeFinding.all(
            of:
                "study,outcome,yi,vi\na,x,0.1,0.1\nb,x,0.2,0.1\nc,y,0.3,0.1\nd,y,0.4,0.1\n")
        #expect(throws: InputError.self) { try OutcomesTogether(strangers) }
        #expect(throws: InputError.self) { try OutcomesTogether(Array(strangers.prefix(1))) }
    }

    /// Their numbers are held against metafor's in `SharedArmsTests`.
    @Test("Treatments of 26 trials: no contrast that follows from others; in tables, on the page, in 80 columns")
    func network() throws {
        let reference = try OutcomeModelsReference.read().senn2013
        let finding = try #require(
            try OutcomeFinding.all(of: reference.csv, ["compare": ["arm1", "arm2"], "reference": ["placebo"]]).first)
        let network = try #require(finding.network)
        #expect(network.reference == "placebo")
        // The contrast that follows from the two others of the trial with three arms is left out.
        #expect(network.contrasts == finding.effects.count - 1)
        // Direct and indirect together are the network's answer.
        for pair in network.pairs {
            guard let direct = pair.direct, let indirect = pair.indirect else { continue }
            let (a, b) = (pow(direct.standardError, -2), pow(indirect.standardError, -2))
            #expect(Self.isNear((a * direct.value + b * indirect.value) / (a + b), pair.estimate.value, 1e-9))
        }
        let page = OutcomeSection(finding, identifier: "o").html().source
        #expect(page.contains("Treatments against placebo"))
        let tables = OutcomeTables(finding).all
        for name in ["treatments.tsv", "comparisons.tsv"] {
            let table = try #require(tables.first { $0.name == name }?.table)
            #expect(table.rows.allSatisfy { $0.count == table.header.count })
        }
        for line in OutcomeText(finding).text.split(separator: "\n") { #expect(DisplayWidth.of(String(line)) <= 80) }
    }

    @Test("A treatment that nothing connects with the others is left out and named; an unknown reference is refused")
    func unconnected() throws {
        let csv = "study,a1,a2,yi,vi\na,x,y,0.1,0.1\nb,x,y,0.2,0.1\nc,z,y,0.3,0.1\nd,u,v,0.4,0.1\ne,x,x,0.4,0.1\n"
        let finding = try #require(try OutcomeFinding.all(of: csv, ["compare": ["a1", "a2"]]).first)
        let network = try #require(finding.network)
        #expect(Set(network.unconnected) == ["u", "v"])
        #expect(network.unnamed == 1)
        #expect(network.reference == "y")
        #expect(throws: InputError.self) {
            try OutcomeFinding.all(of: csv, ["compare": ["a1", "a2"], "reference": ["w"]])
        }
    }

    @Test("Dose groups within studies as metafor's random slopes of contrasts: slope, error, τ², AIC")
    func arms() throws {
        let reference = try OutcomeModelsReference.read().obrien2003
        let finding = try #require(
            try OutcomeFinding.all(of: reference.csv, ["arms": ["yes"], "dose": ["bmi"]]).first)
        let dose = try #require(finding.armDose)
        let line = try #require(dose.curves.first { $0.name == "linear" })
        let slope = try #require(line.coefficients.first?.estimate)
        let expected = reference.answers
        #expect(finding.scale.measure == .riskRatio)
        #expect(dose.contrasts.count == expected.contrasts)
        #expect(finding.effects.count == expected.contrasts)
        #expect(Self.isNear(slope.value, expected.slope, 1e-6))
        #expect(Self.isNear(slope.standardError, expected.se, 1e-6))
        #expect(Self.isNear(line.aic, expected.aicML, 1e-5))
        #expect(dose.curves.map(\.name) == ["linear", "quadratic", "spline"])
        // What AIC sees and the tests do not is told beside them.
        let words = try #require(OutcomeWords(finding).arms)
        let best = try #require(dose.curves.min { $0.aic < $1.aic })
        let gain = line.aic - best.aic
        #expect(
            words.contains("AIC of the \(best.name) curve is \(PrettyNumber.fixed(gain, 1)) below") == (gain > 2),
            "\(words)")
        #expect(dose.curves.allSatisfy { $0.points.first?.value == 0 })
        let table = try #require(OutcomeTables(finding).all.first { $0.name == "arms.tsv" }?.table)
        #expect(table.rows.allSatisfy { $0.count == table.header.count })
        #expect(OutcomeSection(finding, identifier: "o").html().source.contains("Dose and response within studies"))
    }

    @Test("Arms with means: the reference is the lowest dose; one that lacks its SD is named with its line")
    func armsOfMeans() throws {
        let csv = """
            study,mg,mean,sd,n
            a,10,5,2,30
            a,0,4,2,30
            a,20,6,2,30
            b,0,3,2,40
            b,15,5,2,40
            c,0,3,2,25

            """
        let finding = try #require(
            try OutcomeFinding.all(of: csv, ["arms": ["yes"], "dose": ["mg"], "measure": ["MD"]]).first)
        let dose = try #require(finding.armDose)
        #expect(dose.contrasts.map(\.dose) == [10, 20, 15])
        #expect(dose.contrasts.map(\.value) == [1, 2, 2])
        // Both arms' variances: 4/30 + 4/30.
        #expect(Self.isNear(dose.contrasts[0].variance, 8.0 / 30, 1e-12))
        #expect(dose.alone == ["c"])
        #expect(finding.participants == 170)
        do {
            _ = try OutcomeFinding.all(
                of: csv.replacing("b,15,5,2,40", with: "b,15,5,,40"), ["arms": ["yes"], "dose": ["mg"]])
            Issue.record("an arm without an SD was taken")
        } catch {
            #expect("\(error)".contains("table.csv:6"))
        }
    }

    @Test("Regions written as coordinates have their place, and connections are drawn on the brain")
    func edges() throws {
        let csv = """
            study,region,region2,yi,vi
            a,-24 0 -20,0 -52 28,0.30,0.02
            b,-24 0 -20,0 -52 28,0.40,0.03
            a,-24 0 -20,"38, 22, 0",-0.20,0.02
            b,"38, 22, 0",-24 0 -20,-0.25,0.03

            """
        let scratch = try Scratch(["table.csv": csv])
        let regions = RegionPlaces(try OutcomeTableReader().read("\(scratch.path)/table.csv"))
        #expect(regions.places["-24 0 -20"] == [-24, 0, -20])
        #expect(regions.places["38, 22, 0"] == [38, 22, 0])
        var finding = try #require(try TableSynthesis(regions.table).findings.first)
        #expect(OutcomeFigures(finding, identifier: "o").edges.source.isEmpty)
        finding.places = regions.places
        let drawn = OutcomeFigures(finding, identifier: "o").edges.source
        // Two connections in three views, and no region without a place.
        #expect(drawn.components(separatedBy: "<line").count == 7)
    }

    @Test(
        "Publications on the same people are one study, in counts and words; intervals of bias tests have the stated level"
    )
    func honestCounts() throws {
        let csv = """
            study,sample,yi,sei
            Able,cohort 1,0.62,0.21
            Baker,cohort 1,0.55,0.20
            Cole,cohort 2,0.10,0.25
            Dunn,cohort 3,0.30,0.22

            """
        let finding = try #require(try OutcomeFinding.all(of: csv, ["measure": ["SMD"], "level": ["0.9"]]).first)
        #expect(finding.studies == 3)
        #expect(finding.publications == 4)
        #expect(OutcomeWords(finding).material == "4 effects of 3 studies (4 publications, some of the same people)")
        let apart = finding.alternatives.filter(\.countsEffectsApart)
        #expect(!apart.isEmpty)
        #expect(apart.allSatisfy { $0.name.hasSuffix("effects as independent") })
        #expect(OutcomeWords(finding).sureness.contains { $0.contains("which they are not") })
        let row = try #require(finding.bias.rows.first { $0.method == "PET" })
        let interval = try #require(row.interval)
        let width = (row.value - interval.lower) * 2
        let statistic = try #require(row.statistic)
        let error = row.value / statistic
        let t = StudentT(degreesOfFreedom: try #require(row.degreesOfFreedom)).quantile(upperTail: 0.05)
        #expect(Self.isNear(width, 2 * t * abs(error), 1e-9))
    }
}
