import Foundation
import Statistics
import Synthesis
import Testing

@Suite("Funnel asymmetry agrees with metafor 3.8-1")
struct FunnelTests {
    @Test("Egger's regression on six predictors, with additive and multiplicative dispersion")
    func egger() throws {
        let reference = try BiasReference.load()
        for c in reference.egger {
            let data = try reference.dataSet(c.data)
            let predictor = try #require(EggerTest.Predictor(rawValue: c.predictor))
            let dispersion = try #require(EggerTest.Dispersion(rawValue: c.model))
            let found = try EggerTest(
                effects: data.y, variances: data.v, sampleSizes: data.n, predictor: predictor, dispersion: dispersion)
            #expect(isClose(found.asymmetry.statistic, c.statistic, 1e-6, scale: 0.1), "\(c)")
            #expect(isClose(found.asymmetry.pValue, c.p, 1e-6), "\(c)")
            if let limit = found.limit, c.limit.count == 3 {
                let interval = limit.interval()
                #expect(isClose([limit.value, interval.lower, interval.upper], c.limit, 1e-6, scale: 0.1), "\(c)")
            }
        }
        // The grid is whole: two predictors for all, four more where sample sizes are known.
        let sized = reference.datasets.count { !$0.n.isEmpty }
        #expect(reference.egger.count == 2 * (2 * reference.datasets.count + 4 * sized))
        #expect(sized >= 6)
    }

    @Test("A predictor that needs sample sizes says so where they are missing or none")
    func missingSizes() {
        #expect(throws: MetaRegressionError.self) {
            try EggerTest(
                effects: [0.1, 0.2, 0.3], variances: [0.1, 0.2, 0.1], predictor: .inverseRootSampleSize)
        }
        #expect(throws: MetaRegressionError.badValue(row: 1)) {
            try EggerTest(
                effects: [0.1, 0.2, 0.3], variances: [0.1, 0.2, 0.1], sampleSizes: [10, 0, 12], predictor: .sampleSize)
        }
    }

    @Test("Kendall's rank test, exact without ties and by the normal approximation with them")
    func ranks() throws {
        let reference = try BiasReference.load()
        #expect(reference.ranks.count == reference.datasets.count)
        var kinds: Set<Bool> = []
        for c in reference.ranks {
            let data = try reference.dataSet(c.data)
            let found = try RankCorrelationTest(effects: data.y, variances: data.v)
            #expect(isClose([found.tau, found.pValue], [c.tau, c.p], 1e-9), "\(c) \(found)")
            kinds.insert(found.isExact)
        }
        #expect(kinds == [true, false])
    }

    @Test("Trim and fill by L0, R0 and Q0, three estimators of τ²")
    func fills() throws {
        let reference = try BiasReference.load()
        // metafor ends in an error where Q0 asks for the root of a negative number: linde2005, by any estimator of τ².
        let missing = reference.datasets.flatMap { data in
            ["L0", "R0", "Q0"].filter { rank in
                reference.fills.count { $0.data == data.name && $0.estimator == rank } != 3
            }.map { "\(data.name) \($0)" }
        }
        #expect(missing == ["linde2005 Q0"])
        for c in reference.fills {
            let data = try reference.dataSet(c.data)
            let rank: TrimAndFill.Rank = c.estimator == "L0" ? .l0 : c.estimator == "R0" ? .r0 : .q0
            let estimator = try #require(HeterogeneityEstimator(rawValue: c.method == "EE" ? "FE" : c.method))
            let found = try TrimAndFill(
                effects: data.y, variances: data.v, estimator: estimator, rank: rank,
                side: c.side == "left" ? .below : .above)
            #expect(found.missing == c.k0, "\(c)")
            let mean = found.adjusted.coefficient(0)
            let numbers = [mean.value, mean.standardError, found.adjusted.tau2]
            #expect(isClose(numbers, [c.beta, c.se, c.tau2], 1e-6), "\(c)")
        }
    }

    @Test("Fail-safe numbers of Rosenthal, Orwin and Rosenberg")
    func failSafe() throws {
        let reference = try BiasReference.load()
        #expect(reference.failsafe.count == reference.datasets.count)
        for c in reference.failsafe {
            let data = try reference.dataSet(c.data)
            let found = FailSafeNumber(effects: data.y, variances: data.v)
            #expect(found.rosenthal == c.rosenthal, "\(c)")
            #expect(found.orwin == c.orwin, "\(c)")
            #expect(found.rosenberg == c.rosenberg, "\(c)")
        }
    }
}
