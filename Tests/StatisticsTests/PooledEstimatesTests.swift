import Foundation
import Statistics
import Testing

@Suite("Rubin's rules for several coefficients agree with mice 3.15 and mitml 0.4")
struct PooledEstimatesTests {
    struct Reference: Decodable {
        struct Case: Decodable {
            var m: Int
            var coefficients: [[Double]]
            var covariances: [[Double]]
            /// Per coefficient: estimate, variance, relative increase, fraction missing, degrees of freedom.
            var large: [[Double]]
            /// The same with 19 complete degrees of freedom.
            var small: [[Double]]
            /// F, its degrees of freedom, p, relative increase.
            var slopes: [Double]
            var all: [Double]
            var contrast: [Double]
            var wald: [Double]
            var d2: [Double]

            func pooled(complete: Double = .infinity) -> PooledEstimates {
                PooledEstimates(
                    coefficients: coefficients,
                    covariances: covariances.map { Matrix(rows: 3, columns: 3, elements: $0) },
                    completeDegreesOfFreedom: complete)
            }
        }
        var cases: [Case]

        static func load() throws -> Reference {
            let url = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "Reference/mice-pooling.json")
            return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
        }
    }

    @Test("Coefficients, variances, missing information and degrees of freedom, by Rubin and by Barnard & Rubin")
    func coefficients() throws {
        let cases = try Reference.load().cases
        #expect(cases.map(\.m) == [2, 2, 5, 5, 50, 50])
        for c in cases {
            for (expected, complete) in [(c.large, Double.infinity), (c.small, 19)] {
                let pooled = c.pooled(complete: complete)
                for j in 0..<3 {
                    let missing = pooled.missingInformation(j)
                    let found = [
                        pooled.coefficients[j], pooled.covariance[j, j], missing.relativeIncrease, missing.fraction,
                        missing.degreesOfFreedom,
                    ]
                    #expect(agree(found, expected[j], 1e-9), "m \(c.m) coefficient \(j), complete \(complete)")
                    #expect(agree(missing.lambda, missing.relativeIncrease / (1 + missing.relativeIncrease), 1e-12))
                    // A coefficient is the contrast that picks it.
                    let row = (0..<3).map { $0 == j ? 1.0 : 0 }
                    #expect(pooled.contrast(row, distribution: .t) == pooled.coefficient(j, distribution: .t))
                }
            }
        }
    }

    /// mitml takes derivatives of the constraints numerically, which costs it half the digits.
    let mitmlTolerance = 1e-6

    @Test("D₁: coefficients tested together, and one combination")
    func d1() throws {
        for c in try Reference.load().cases {
            let pooled = c.pooled()
            let tests: [(rows: [[Double]], expected: [Double])] = [
                ([[0, 1, 0], [0, 0, 1]], c.slopes), ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], c.all),
                ([[1, 10, 0]], c.contrast),
            ]
            for (rows, expected) in tests {
                let test = try #require(pooled.jointTest(rows))
                let found = [test.statistic, test.degreesOfFreedom, test.denominator, test.pValue]
                #expect(
                    agree(found, Array(expected.prefix(4)), mitmlTolerance), "m \(c.m), \(rows.count) rows: \(found)")
            }
            #expect(pooled.jointTest([[0, 0, 0]]) == nil)
        }
    }

    @Test("D₂: the Wald statistics of the imputations as one")
    func d2() throws {
        for c in try Reference.load().cases {
            let test = PooledEstimates.d2(statistics: c.wald, degreesOfFreedom: 2)
            let found = [test.statistic, test.degreesOfFreedom, test.denominator, test.pValue]
            #expect(agree(found, Array(c.d2.prefix(4)), mitmlTolerance), "m \(c.m): \(found)")
        }
    }

    @Test("Nothing missing: no fraction, infinite degrees of freedom, and the plain χ²")
    func complete() throws {
        let covariance = Matrix(rows: [[0.04, 0.01], [0.01, 0.09]])
        let pooled = PooledEstimates(coefficients: [[0.2, 0.3], [0.2, 0.3]], covariances: [covariance, covariance])
        #expect(pooled.missingInformation(0).fraction == 0)
        #expect(pooled.missingInformation(0).degreesOfFreedom == .infinity)
        let test = try #require(pooled.jointTest([[1, 0], [0, 1]]))
        // (0.2, 0.3) Σ⁻¹ (0.2, 0.3)' = (0.09·0.04 − 2·0.01·0.06 + 0.04·0.09)/0.0035.
        #expect(agree(test.statistic, 0.006 / 0.0035, 1e-12))
        #expect(test.denominator == .infinity)
    }
}
