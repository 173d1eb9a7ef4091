import Foundation
import Inference
import PrimaryStudy
import Testing

@Suite struct ReliabilityTests {
    /// Shrout & Fleiss 1979, table 2: six targets, four judges; table 4: ICC(2,1) = .29, ICC(3,1) = .71.
    @Test func shroutAndFleiss() throws {
        let table: [[Double]] = [
            [9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7],
        ]
        let icc = try #require(IntraclassCorrelation(table))
        #expect(abs(icc.agreement - 0.28976377952755905) < 1e-12)
        #expect(abs(icc.consistency - 0.7148407148407149) < 1e-12)
        // R package psych, ICC: 0.019 to 0.761 and 0.342 to 0.946.
        #expect(abs(icc.agreementInterval.lowerBound - 0.019) < 6e-4)
        #expect(abs(icc.agreementInterval.upperBound - 0.761) < 6e-4)
        #expect(abs(icc.consistencyInterval.lowerBound - 0.342) < 6e-4)
        #expect(abs(icc.consistencyInterval.upperBound - 0.946) < 6e-4)
    }

    /// Of two sessions, √2·SEM is the SD of the differences: two ways to the same number.
    @Test func errorOfMeasurementIsThatOfDifferences() throws {
        let draws = Draws("reliability")
        let table = (0..<30).map { person in
            let own = 3 * draws.normal(person, 0)
            return [own + draws.normal(person, 1), own + draws.normal(person, 2) + 0.7]
        }
        let icc = try #require(IntraclassCorrelation(table))
        let differences = table.map { $0[1] - $0[0] }
        let mean = differences.reduce(0, +) / 30
        let deviation = (differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 29).squareRoot()
        #expect(abs(2.0.squareRoot() * icc.standardErrorOfMeasurement - deviation) < 1e-12)
    }

    /// Jacobson & Truax 1991, p. 14: SD 7.5, r .88, 47.5 to 32.5: SE 2.598, S_diff 3.674, RC 4.08.
    @Test func jacobsonAndTruax() throws {
        let change = try #require(ReliableChange(reliability: 0.88, mean: 40, standardDeviation: 7.5))
        #expect(abs(change.standardErrorOfDifference - 3.674) < 1e-3)
        #expect(abs(change.index(first: 47.5, second: 32.5) + 4.08) < 5e-3)
        #expect(abs(change.smallestReliable() - 7.2) < 0.01)
        #expect(abs(change.regressionToMean(first: 47.5) + 0.9) < 1e-12)
    }
}

/// Nothing is there: p at or below .05 has to come up in .05 of data sets.
@Suite struct FreedmanLaneErrorTests {
    @Test(arguments: [10, 20, 50]) func skewedErrorsWithACovariateThatMatters(n: Int) async throws {
        let sets = 4000
        let draws = Draws("skewed \(n)")
        // Score and covariate go together; the covariate matters, the score does not. Errors are exponential.
        let age = (0..<n).map { draws.normal($0, -1 & 0xffff) }
        let score = (0..<n).map { 0.6 * age[$0] + 0.8 * draws.normal($0, 0xfffe) }
        let rows = (0..<n).map { row in
            (0..<sets).map { Float(age[row] - log(draws.uniform(row, $0))) }
        }
        for nuisance in [ExchangeScheme.Nuisance.freedmanLane, .draperStoneman] {
            let design = try StudyDesign.regression(
                on: StudyCovariate("score", score), covariates: [StudyCovariate("age", age)]
            ).exchanging(ExchangeScheme(.permutations, nuisance: nuisance))
            let found = try await tested(rows, design, permutations: 1000)
            let share = Double(found.p.count { $0 <= 0.05 }) / Double(sets)
            // Standard error .0034; exactness is asymptotic with a covariate.
            #expect(share > 0.036 && share < 0.064, "\(nuisance) n = \(n): \(share)")
        }
    }
}
