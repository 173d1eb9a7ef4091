import Foundation
import Statistics
import Synthesis
import Testing

@Suite("Dose and response")
struct DoseResponseTests {
    /// Body mass and pre-eclampsia (O'Brien et al. 2003).
    private func studies() throws -> [DoseStudy] {
        try SynthesisReference.load().dose.studies.map {
            try DoseStudy(
                name: $0.name, reference: $0.reference, doses: $0.doses, effects: $0.effects,
                covariance: Matrix(rows: $0.covariance))
        }
    }

    @Test("One stage as metafor's random slopes, two stages as its pooled slopes")
    func linear() throws {
        let reference = try SynthesisReference.load().dose
        for (stages, expected) in [(DoseResponse.Stages.one, reference.oneStage), (.two, reference.twoStage)] {
            let fit = try DoseResponse(studies(), stages: stages)
            let slope = fit.model.coefficient(0)
            #expect(isNear([slope.value, slope.standardError], [expected.b, expected.se], 1e-6), "\(stages) \(slope)")
            #expect(isNear(fit.model.groupCovariances[0][0, 0], expected.tau2, 2e-6), "\(stages)")
            #expect(isNear(fit.model.residualHeterogeneity.statistic, expected.q, 1e-8), "\(stages)")
            if let ll = expected.ll { #expect(isNear(fit.model.logLikelihood, ll, 1e-8)) }
            #expect(try fit.nonlinearity() == nil)
            let five = try fit.effect(at: 28, against: 23)
            #expect(isNear([five.value, five.standardError], [5 * slope.value, 5 * slope.standardError], 1e-12))
        }
    }

    @Test("A curve through exact numbers is found again, by one stage and by two, as parabola and as spline")
    func exact() throws {
        let all = try (0..<8).map { s in
            let doses = [4.0, 8, 12, 20].map { $0 + 0.5 * Double(s) }
            let reference = 0.25 * Double(s)
            func curve(_ x: Double) -> Double { 0.05 * x - 0.001 * x * x }
            return try DoseStudy(
                name: "\(s)", reference: reference, doses: doses, effects: doses.map { curve($0) - curve(reference) },
                covariance: Matrix(rows: 4, columns: 4, repeating: 0.01) + Matrix.diagonal([0.01, 0.02, 0.03, 0.02]))
        }
        for stages in [DoseResponse.Stages.one, .two] {
            let fit = try DoseResponse(all, curve: .quadratic, stages: stages, structure: .diagonal)
            #expect(isNear(fit.model.coefficients, [0.05, -0.001], 1e-7), "\(stages) \(fit.model.coefficients)")
            let effect = try fit.effect(at: 10, against: 0)
            #expect(isNear(effect.value, 0.4, 1e-7))
            let line = try DoseResponse(all, curve: .spline(.harrell(3)), stages: stages, structure: .diagonal)
            let near = try line.effect(at: 10, against: 0)
            #expect(abs(near.value - 0.4) < 0.05, "\(near)")
            let curved = try #require(try line.nonlinearity())
            #expect(curved.degreesOfFreedom == 1)
        }
        #expect(try DoseResponse(all).effect(at: 3, against: 3).value == 0)
    }

    @Test("Two stages leave out studies with fewer dose groups than coefficients, and say so")
    func leftOut() throws {
        var all = try studies()
        all.append(
            try DoseStudy(
                name: "small", reference: 20, doses: [30], effects: [1],
                covariance: Matrix(rows: 1, columns: 1, elements: [0.1])))
        let two = try DoseResponse(all, curve: .quadratic, stages: .two, structure: .diagonal)
        #expect(two.leftOut.contains("small"))
        let one = try DoseResponse(all, curve: .quadratic, stages: .one, structure: .diagonal)
        #expect(one.leftOut.isEmpty)
    }

    @Test("Greenland & Longnecker: covariances of their example, counts by another optimiser, to 1e-8")
    func greenland() throws {
        let reference = try SynthesisReference.load().greenland
        for design in reference.designs {
            let found = try GreenlandLongnecker.covariance(
                logRisks: reference.logRisks, variances: reference.variances, cases: reference.cases,
                totals: reference.totals, design: #require(.init(rawValue: design.type)))
            #expect(isNear(found.elements, design.covariance.flatMap { $0 }, 1e-8), "\(design.type)")
        }
    }

    @Test("With crude relative risks the rebuilt covariance is the variance of the shared reference group")
    func crude() throws {
        for study in try SynthesisReference.load().dose.studies {
            let expected = Matrix(rows: study.covariance)
            let found = try GreenlandLongnecker.covariance(
                logRisks: study.effects, variances: expected.diagonal, cases: study.cases, totals: study.totals,
                design: .cumulativeIncidence)
            #expect(isNear(found.elements, expected.elements, 1e-10), "\(study.name)")
        }
    }

    @Test("Arms with means: contrasts share the reference arm's variance")
    func arms() throws {
        let arms: [DoseStudy.Arm] = [
            .init(dose: 0, mean: 10, standardDeviation: 4, n: 20),
            .init(dose: 6, mean: 12, standardDeviation: 5, n: 25),
            .init(dose: 12, mean: 15, standardDeviation: 3, n: 30),
        ]
        let md = try DoseStudy(name: "a", arms: arms, measure: .meanDifference)
        #expect(md.effects == [2, 5])
        #expect(isNear(md.covariance.elements, [1.8, 0.8, 0.8, 1.1], 1e-12))
        let smd = try DoseStudy(name: "a", arms: arms, measure: .standardizedMeanDifference)
        let sumOfSquares: Double = 19 * 16 + 24 * 25 + 29 * 9
        let pooled = (sumOfSquares / 72).squareRoot()
        let d1 = 2 / pooled
        let d2 = 5 / pooled
        #expect(isNear(smd.effects, [d1, d2], 1e-12))
        let v1 = 0.05 + 0.04 + d1 * d1 / 150
        let shared = 0.05 + d1 * d2 / 150
        let v2 = 0.05 + 1.0 / 30 + d2 * d2 / 150
        #expect(isNear([smd.covariance[0, 0], smd.covariance[0, 1], smd.covariance[1, 1]], [v1, shared, v2], 1e-12))
    }

    @Test("More cases than persons, and one dose group, are refused")
    func refusals() {
        #expect(throws: SynthesisError.self) {
            try GreenlandLongnecker.covariance(
                logRisks: [0.1], variances: [0.1], cases: [5, 30], totals: [20, 20], design: .caseControl)
        }
        #expect(throws: SynthesisError.self) {
            try DoseStudy(
                name: "a", arms: [.init(dose: 0, mean: 1, standardDeviation: 1, n: 9)], measure: .meanDifference)
        }
    }
}
