import Evidence
import Figures
import Formats
import Foundation
import Reporting
import Statistics
import Synthesis
import TestSupport
import Testing

/// Studies with more than two arms in a network: what their comparisons have in common (Scripts/reference/outcome_models.R).
@Suite("Comparisons of one study that share an arm")
struct SharedArmsTests {
    private static func finding(_ csv: String, _ options: [String: [String]]) throws -> OutcomeFinding {
        let scratch = try Scratch(["table.csv": csv])
        let read = try OutcomeTableReader().read("\(scratch.path)/table.csv")
        let plan = OutcomePlan(name: try #require(read.outcomes.first), options: options)
        return try #require(try TableSynthesis(read, plans: [plan]).findings.first)
    }

    struct Case: Sendable, CustomStringConvertible {
        var description: String
        var table: @Sendable (OutcomeModelsReference) -> OutcomeModelsReference.Table<OutcomeModelsReference.Network>
        var reference = "placebo"
        var measure: String?
        /// What the report says of them.
        var words: String
    }

    private static let cases: [Case] = [
        Case(
            description: "published contrasts, all three of a study: the variance of the arm follows",
            table: { $0.senn2013 },
            words: "(1 pair in studies of more than two arms) is taken from the variance of that arm for all."),
        Case(
            description: "means and SDs: sd²/n of the arm", table: { $0.senn2013means }, measure: "MD",
            words: "the variance of that arm for all"),
        Case(
            description: "standardised: 1/n and dd'/(2N) (Gleser & Olkin)", table: { $0.senn2013smd }, measure: "SMD",
            words: "the variance of that arm for all"),
        Case(
            description: "counts, odds ratios: 1/a + 1/b of the arm", table: { $0.hasselblad1998 },
            reference: "no_contact", measure: "OR", words: "(2 pairs in studies"),
        Case(
            description: "sizes alone, as vcalc takes them", table: { $0.senn2013sizes },
            words: "the sizes of the arms for all"),
        Case(
            description: "nothing known: ½, and the report says so", table: { $0.senn2013half },
            words: "a correlation of ½ for all (Willms (1999)), for lack of variances or sizes"),
    ]

    @Test("As metafor's rma.mv with that covariance: estimates, errors, τ², P-scores to 1e-6", arguments: cases)
    func metafor(_ one: Case) throws {
        let reference = one.table(try OutcomeModelsReference.read())
        var options = ["compare": ["arm1", "arm2"], "reference": [one.reference]]
        if let measure = one.measure { options["measure"] = [measure] }
        let finding = try Self.finding(reference.csv, options)
        let network = try #require(finding.network)
        let expected = reference.answers
        func isNear(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-6 * max(1, abs(b)) }
        #expect(isNear(network.tau2, expected.tau2), "\(network.tau2) \(expected.tau2)")
        #expect(network.treatments.count == expected.names.count + 1)
        for (n, name) in expected.names.enumerated() {
            let treatment = try #require(network.treatments.first { $0.name == name })
            let estimate = try #require(treatment.estimate)
            #expect(isNear(estimate.value, expected.estimate[n]), "\(name) \(estimate.value) \(expected.estimate[n])")
            #expect(
                isNear(estimate.standardError, expected.se[n]), "\(name) \(estimate.standardError) \(expected.se[n])")
            #expect(isNear(treatment.pScore, try #require(expected.pScore[name])), "\(name)")
        }
        #expect(OutcomeWords(finding).network.joined(separator: " ").contains(one.words))
    }

    /// Variances .02, .02 and .05 of three comparisons are those of no three arms: of the one that they share nothing would be left.
    @Test("Numbers that contradict each other, and results that were averaged, are told as assumed")
    func assumed() throws {
        let csv = """
            study,arm1,arm2,yi,vi
            a,x,z,0.4,0.02
            a,y,z,0.3,0.02
            a,x,y,0.1,0.05
            b,x,z,0.3,0.03
            c,y,z,0.2,0.03

            """
        let network = try #require(try Self.finding(csv, ["compare": ["arm1", "arm2"]]).network)
        #expect(network.shared.assumed == 1)
        #expect(network.shared.assuming == ["a"])
        let twice = csv.replacing("a,x,y,0.1,0.05", with: "a,x,y,0.1,0.02\na,x,z,0.5,0.02")
        let averaged = try #require(try Self.finding(twice, ["compare": ["arm1", "arm2"]]).network)
        #expect(averaged.shared.known + averaged.shared.bySize + averaged.shared.assumed == 1)
    }

    @Test(
        "The direction in which rows are written, and which two of three are kept, changes nothing where arms are known"
    )
    func direction() throws {
        let csv = """
            study,arm1,arm2,m1i,sd1i,n1i,m2i,sd2i,n2i
            a,x,z,5,2,30,4,3,20
            a,y,z,6,4,25,4,3,20
            a,x,y,5,2,30,6,4,25
            b,x,z,5.5,2,40,4,2,40
            c,y,z,5,3,35,4.4,2,30
            d,x,y,5,3,35,4.8,2,30

            """
        let turned = """
            study,arm1,arm2,m1i,sd1i,n1i,m2i,sd2i,n2i
            a,y,x,6,4,25,5,2,30
            a,z,y,4,3,20,6,4,25
            a,x,z,5,2,30,4,3,20
            b,x,z,5.5,2,40,4,2,40
            c,y,z,5,3,35,4.4,2,30
            d,x,y,5,3,35,4.8,2,30

            """
        let options = ["compare": ["arm1", "arm2"], "reference": ["z"], "measure": ["MD"]]
        let one = try #require(try Self.finding(csv, options).network)
        let other = try #require(try Self.finding(turned, options).network)
        for (a, b) in zip(one.treatments, other.treatments) {
            #expect(a.name == b.name)
            let (x, y) = (a.estimate?.value ?? 0, b.estimate?.value ?? 0)
            #expect(abs(x - y) < 1e-6, "\(a.name) \(x) \(y)")
            #expect(abs((a.estimate?.standardError ?? 0) - (b.estimate?.standardError ?? 0)) < 1e-6)
        }
    }
}
