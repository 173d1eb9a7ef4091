import Appraisal
import Claims
import Evidence
import Foundation
import Statistics
import Testing

@Suite("The verdict of the data")
struct VerdictTests {
    /// One case of claims.json: three engines outside this package (metafor 3.8-1 for the pooled effect, mpmath for Bayes factors).
    struct Case: Decodable {
        var effects: [Double]
        var variances: [Double]
        var effect: Double
        var se: Double
        var low: Double
        var high: Double
        var tau2: Double
        var i2: Double
        var without: [Double]
        var withoutSE: [Double]
        var scales: [Double]
        var increaseOverNull: [Double]
        var decreaseOverNull: [Double]
    }

    static func cases() throws -> [Case] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appendingPathComponent("Reference/claims.json"))
        return try JSONDecoder().decode([Case].self, from: data)
    }

    /// REML stops where τ² changes by 10⁻¹⁰ here and in metafor, and Bayes factors are read at that estimate: 10⁻⁶ relative.
    static let tolerance = 1e-6

    static func isNear(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= tolerance * max(1, abs(b)) }

    @Test("pooled effect, interval, heterogeneity and leave-one-out are metafor's (REML, adhoc Knapp–Hartung)")
    func pooled() throws {
        let cases = try Self.cases()
        #expect(cases.count >= 6)
        for one in cases {
            let evidence = zip(one.effects, one.variances).enumerated().map { n, pair in
                Grounds.evidence("s\(n)", pair.0, variance: pair.1)
            }
            let pooled = try #require(PooledEvidence(evidence))
            #expect(Self.isNear(pooled.estimate.value, one.effect))
            #expect(Self.isNear(pooled.estimate.standardError, one.se))
            #expect(Self.isNear(pooled.interval.lower, one.low) && Self.isNear(pooled.interval.upper, one.high))
            #expect(Self.isNear(pooled.tau2, one.tau2))
            #expect(Self.isNear(100 * (pooled.i2 ?? .nan), one.i2))
            #expect(pooled.withoutEach.count == one.without.count)
            for (mine, theirs) in zip(pooled.withoutEach, zip(one.without, one.withoutSE)) {
                #expect(Self.isNear(mine.value, theirs.0) && Self.isNear(mine.standardError, theirs.1))
            }
        }
    }

    @Test("Bayes factors in three scales are integrals in 50 digits; a decrease is the mirror image")
    func bayes() throws {
        for one in try Self.cases() {
            let estimate = Estimate(value: one.effect, standardError: one.se)
            for (n, scale) in one.scales.enumerated() {
                let up = ClaimBayes(estimate, direction: .increase, scale: scale)
                let down = ClaimBayes(estimate, direction: .decrease, scale: scale)
                let either = ClaimBayes(estimate, direction: .either, scale: scale)
                #expect(Self.isNear(up.logOverNull, log(one.increaseOverNull[n])))
                #expect(Self.isNear(down.logOverNull, log(one.decreaseOverNull[n])))
                #expect(Self.isNear(up.logOverOpposite ?? .nan, log(one.increaseOverNull[n] / one.decreaseOverNull[n])))
                let mean = 0.5 * (one.increaseOverNull[n] + one.decreaseOverNull[n])
                #expect(Self.isNear(either.logOverNull, log(mean)))
                #expect(either.logOverOpposite == nil)
            }
        }
    }

    @Test("where fewer than two studies measured the effect, heterogeneity, prediction and bias are withheld")
    func withheld() throws {
        let evidence = [
            Grounds.evidence("a", 0.5), Grounds.evidence("b", 0.1, source: .nothing),
            Grounds.evidence("c", 0.4, source: .sign),
        ]
        let pooled = try #require(PooledEvidence(evidence))
        #expect(pooled.measured == 1 && pooled.signOnly == 1 && pooled.silent == 1 && pooled.reporting == 2)
        #expect(
            pooled.i2 == nil && pooled.predictionInterval == nil && pooled.smallStudyP == nil && pooled.excess == nil)
        #expect(pooled.imputedShare > 0.5)
    }

    @Test("a slope over doses is that of the regression on the standardised dose; equal doses give none")
    func doses() throws {
        let evidence = [0.1, 0.3, 0.5, 0.7].enumerated().map { Grounds.evidence("s\($0)", $1) }
        let pooled = try #require(PooledEvidence(evidence, doses: [1, 2, 3, 4]))
        // 0.2 a session, and sessions have a standard deviation of √(5/3).
        #expect(Self.isNear(pooled.estimate.value, 0.2 * (5.0 / 3).squareRoot()))
        #expect(PooledEvidence(evidence, doses: [2, 2, 2, 2]) == nil)
    }

    @Test("the bar counts people: clear studies for and against, the rest undecided, silence too")
    func bar() throws {
        let evidence = [
            Grounds.evidence("for", 0.9, n1: 30), Grounds.evidence("against", -0.9, n1: 12),
            Grounds.evidence("unclear", 0.1, n1: 20), Grounds.evidence("silent", 0.9, n1: 8, source: .nothing),
            Grounds.evidence("sign", 0.2, n1: 10, source: .sign),
        ]
        let verdict = ClaimVerdict(
            try #require(PooledEvidence(evidence)), circle: .same, direction: .increase, priorScale: 0.5)
        #expect(verdict.people.map(\.voice) == [.isFor, .undecided, .against])
        #expect(verdict.people.map(\.count) == [40, 28, 12])
    }
}
