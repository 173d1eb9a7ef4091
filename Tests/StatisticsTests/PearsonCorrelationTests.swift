import Statistics
import Testing

@Suite("Pearson's r, and prediction intervals")
struct PearsonCorrelationTests {
    @Test("r is numpy's, changes sign with one of the two, and is nothing where it is not defined")
    func correlation() throws {
        // numpy 2.4.6: np.corrcoef([1, 2, 4, 7], [2, 1, 5, 6])[0, 1]
        let r = try #require(PearsonCorrelation.r([1, 2, 4, 7], [2, 1, 5, 6]))
        #expect(abs(r - 0.899_735_410_842_437_2) < 1e-14)
        let mirrored = try #require(PearsonCorrelation.r([1, 2, 4, 7], [-2, -1, -5, -6]))
        #expect(abs(r + mirrored) < 1e-15, "the sign of one of the two is lost")
        #expect(PearsonCorrelation.r([1, 2], [3, 3]) == nil, "a constant has no correlation")
        #expect(PearsonCorrelation.r([1], [3]) == nil)
        #expect(PearsonCorrelation.r([1, 2, 3], [1, 2]) == nil)
    }

    @Test("a prediction interval is that of t on the degrees of freedom given, and nothing without one")
    func prediction() throws {
        let estimate = Estimate(value: 0.3, standardError: 0.1)
        // scipy 1.17.1: 0.3 ± t.ppf(.975, 7)·√(.01 + .04), and with .95 for the 90 % interval.
        let interval = try #require(estimate.predictionInterval(tau2: 0.04, degreesOfFreedom: 7))
        #expect(abs(interval.lower + 0.228_746_056_780_603) < 1e-10)
        #expect(abs(interval.upper - 0.828_746_056_780_603) < 1e-10)
        let narrower = try #require(estimate.predictionInterval(tau2: 0.04, degreesOfFreedom: 7, level: 0.9))
        #expect(abs(narrower.lower + 0.123_640_654_969_798) < 1e-10)
        #expect(estimate.predictionInterval(tau2: 0.04, degreesOfFreedom: 0) == nil)
    }
}
