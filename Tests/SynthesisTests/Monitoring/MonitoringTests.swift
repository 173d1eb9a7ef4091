import Foundation
import Statistics
import Synthesis
import TestSupport
import Testing

@Suite("Sequential boundaries and the next study")
struct MonitoringTests {
    struct Reference: Decodable {
        struct Boundaries: Decodable {
            var kind: String
            var fractions: [Double]
            var alpha: Double
            var bounds: [Double]
        }

        var boundaries: [Boundaries]

        static func load() throws -> Reference { try ReferenceFile.decode("pcurve-boundaries.json") }
    }

    @Test("Boundaries agree with Simpson's rule on Brownian motion")
    func boundaries() throws {
        let reference = try Reference.load()
        #expect(reference.boundaries.count == 6)
        for c in reference.boundaries {
            let found = try SequentialBoundaries(
                fractions: c.fractions, alpha: c.alpha, spending: try #require(SpendingFunction(rawValue: c.kind)))
            #expect(isClose(found.critical, c.bounds, 1e-7), "\(c) \(found.critical)")
        }
    }

    /// Five equal looks at two-sided .05: the values that ldbounds and gsDesign print, to three decimals.
    @Test("The published boundaries of five equal looks")
    func published() throws {
        let fractions = [0.2, 0.4, 0.6, 0.8, 1]
        let early = try SequentialBoundaries(fractions: fractions)
        for (found, expected) in zip(early.critical, [4.877, 3.357, 2.680, 2.290, 2.031]) {
            #expect(abs(found - expected) < 6e-4)
        }
        let even = try SequentialBoundaries(fractions: fractions, spending: .pocock)
        for (found, expected) in zip(even.critical, [2.438, 2.427, 2.410, 2.397, 2.386]) {
            #expect(abs(found - expected) < 6e-4)
        }
        #expect(isClose(early.spent[4], 0.05, 1e-12))
    }

    @Test("One look is the ordinary test; looks at next to no information cannot stop")
    func ends() throws {
        #expect(isClose(try SequentialBoundaries(fractions: [1]).critical[0], 1.959963984540054, 1e-10))
        let found = try SequentialBoundaries(fractions: [0.01, 1.2])
        #expect(found.critical[0] == .infinity)
        #expect(isClose(found.critical[1], 1.959963984540054, 1e-9))
        for bad in [[0.5, 0.5], [0, 1], [1, 1.2], [.nan]] as [[Double]] {
            #expect(throws: MonitoringError.self) { try SequentialBoundaries(fractions: bad) }
        }
    }

    @Test("Looks at a null effect cross the boundary in 5 % of the cases")
    func errorRate() throws {
        let fractions = [0.2, 0.35, 0.6, 0.8, 1]
        let bounds = try SequentialBoundaries(fractions: fractions)
        let draw = Philox(seed: 9, name: "null", purpose: 0)
        var crossed = 0
        let replicates = 40_000
        for replicate in 0..<replicates {
            var (walk, before) = (0.0, 0.0)
            for (k, t) in fractions.enumerated() {
                let word = draw([UInt32(replicate), UInt32(k), 0, 0]).x
                walk += (t - before).squareRoot() * Normal.quantile(Philox.uniform(word))
                before = t
                if abs(walk / t.squareRoot()) >= bounds.critical[k] {
                    crossed += 1
                    break
                }
            }
        }
        // Four binomial errors.
        #expect(abs(Double(crossed) / Double(replicates) - 0.05) < 0.0044)
    }

    @Test("Required information: (1.96 + 0.842)² over δ², more where studies differ")
    func required() throws {
        let plain = try RequiredInformation(target: 0.3)
        #expect(isClose(plain.homogeneous, 7.848879734 / 0.09, 1e-8))
        #expect(isClose(try RequiredInformation(target: -0.3, diversity: 0.5).adjusted, 2 * plain.homogeneous, 1e-12))
        #expect(throws: MonitoringError.badTarget) { try RequiredInformation(target: 0) }
        #expect(throws: MonitoringError.badDiversity(1)) { try RequiredInformation(target: 0.3, diversity: 1) }
    }

    @Test("A clear effect crosses, a small one needs more, and the adjusted interval is wider")
    func monitoring() throws {
        let variances = Array(repeating: 0.04, count: 8)
        let years = [2001, 2003, 2003, 2008, 2010, 2012, 2015, 2020].map(Double.init)
        let clear = try SequentialMonitoring(
            effects: [0.6, 0.5, 0.7, 0.55, 0.62, 0.5, 0.66, 0.58], variances: variances, keys: years, target: 0.3)
        #expect(clear.looks.map(\.studies) == [1, 3, 4, 5, 6, 7, 8])
        #expect(isClose(clear.looks.map(\.information), [25, 75, 100, 125, 150, 175, 200], 1e-12))
        #expect(clear.required.diversity == 0)
        guard case .crossed(let look) = clear.verdict else {
            Issue.record("\(clear.verdict)")
            return
        }
        #expect(clear.looks[look].z > clear.looks[look].critical ?? .infinity)
        // 87.2 are required, so the fourth study is the last look that error is left for.
        #expect(clear.looks.map { $0.critical == nil } == [false, false, false, true, true, true, true])
        #expect(
            clear.requiredParticipants(having: 800).map { abs($0 - 800 * clear.required.adjusted / 200) < 1e-9 }
                ?? false)

        let small = try SequentialMonitoring(
            effects: [0.1, 0.0, 0.2, 0.05, 0.1, 0.0, 0.1, 0.05], variances: variances, keys: years, target: 0.1)
        #expect(small.verdict == .goOn)
        let last = try #require(small.looks.last)
        let adjusted = try #require(small.adjustedInterval)
        let plain = last.estimate.interval()
        #expect(adjusted.lower < plain.lower && adjusted.upper > plain.upper)
    }

    @Test("A look at each of hundreds of studies comes to an end, and spends what it may", .timeLimit(.minutes(5)))
    func manyLooks() throws {
        let fractions = (1...480).map { Double($0) / 480 }
        let found = try SequentialBoundaries(fractions: fractions)
        #expect(found.critical.count == 480)
        // Between the limit of endless looks and that of one.
        let last = try #require(found.critical.last)
        let few = try SequentialBoundaries(fractions: (1...48).map { Double($0) / 48 })
        #expect(last > (few.critical.last ?? 0) && last < 2.25)
        #expect(zip(found.critical, found.critical.dropFirst()).allSatisfy { $0 >= $1 })
    }

    @Test("Years that bring next to nothing wait for the next one")
    func sparse() throws {
        let found = try SequentialMonitoring(
            effects: [0.2, 0.5, 0.3, 0.4, 0.1], variances: [0.04, 1e4, 0.04, 0.04, 1e4],
            keys: [2000, 2001, 2002, 2003, 2004], target: 0.2, estimator: .fixed)
        #expect(found.looks.map(\.studies) == [1, 3, 5])
        #expect(found.looks.map(\.key) == [2000, 2002, 2004])
    }

    @Test("The next study: by itself, and for the update, by closed forms and by simulation")
    func next() throws {
        let study = try NextStudy(
            mean: Estimate(value: 0.3, standardError: 0.18), tau2: 0.02, unitVariance: 4)
        guard case .participants(let n) = study.participantsOfStudy() else {
            Issue.record("reachable")
            return
        }
        // 4·(1.96 + 0.842)²/0.3² = 348.8, rounded up.
        #expect(n == 349)
        guard case .participants(let more) = study.participantsForAssurance() else {
            Issue.record("reachable: Φ(0.3/√0.02) = .983")
            return
        }
        #expect(more > n)
        #expect(study.participantsForAssurance(power: 0.99) == .outOfReach(limit: Normal.cdf(0.3 / 0.02.squareRoot())))
        guard case .participants(let update) = study.participantsForUpdate() else {
            Issue.record("reachable")
            return
        }
        #expect(study.powerOfUpdate(participants: Double(update)) >= 0.8)
        #expect(study.powerOfUpdate(participants: Double(update - 1)) < 0.8)

        let draw = Philox(seed: 5, name: "update", purpose: 0)
        let variance = 4 / 100.0 + 0.02
        let (now, added) = (1 / (0.18 * 0.18), 1 / variance)
        var significant = 0
        for i in 0..<40_000 {
            let effect = 0.3 + variance.squareRoot() * Normal.quantile(Philox.uniform(draw([UInt32(i), 0, 0, 0]).x))
            let z = (now * 0.3 + added * effect) / (now + added).squareRoot()
            if z >= 1.959963984540054 { significant += 1 }
        }
        #expect(abs(Double(significant) / 40_000 - study.powerOfUpdate(participants: 100)) < 0.01)

        let sure = try NextStudy(mean: Estimate(value: 0.5, standardError: 0.1), tau2: 0.1, unitVariance: 4)
        #expect(sure.participantsForUpdate() == .none)
        #expect(NextStudy.unitVariance(variances: [0.1, 0.04, 0.2], participants: [40, 90, 25]) == 4)
        #expect(throws: MonitoringError.badTarget) {
            try NextStudy(mean: Estimate(value: 0, standardError: 0.1), tau2: 0, unitVariance: 4)
        }
    }
}
