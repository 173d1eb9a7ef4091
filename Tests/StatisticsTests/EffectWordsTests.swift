import Statistics
import Testing

@Suite("Effects in words")
struct EffectWordsTests {
    /// rpsychologist.com has the same for 0.8 (69 %, 71 %, 79 %).
    @Test("d of 0.2, 0.5, 0.8: overlap, superiority, U₃, number needed to treat")
    func standardizedDifference() {
        let table: [(Double, [Double])] = [
            (0.2, [0.920, 0.556, 0.579, 8.89]), (0.5, [0.803, 0.638, 0.691, 3.62]), (0.8, [0.689, 0.714, 0.788, 2.33]),
        ]
        for (d, expected) in table {
            let words = StandardizedDifference(d)
            #expect(abs(words.overlap - expected[0]) < 0.0006)
            #expect(abs(words.probabilityOfSuperiority - expected[1]) < 0.0006)
            #expect(abs(words.u3 - expected[2]) < 0.0006)
            #expect(abs(words.numberNeededToTreat - expected[3]) < 0.006)
        }
        #expect(abs(StandardizedDifference(0.8).numberNeededToTreat(controlEventRate: 0.2) - 3.53) < 0.005)
    }

    @Test("Overlap is the area under the lower of two densities")
    func overlap() throws {
        for c in try Quadrature.load().overlap {
            #expect(agree(StandardizedDifference(c.d).overlap, c.value, 1e-13))
        }
    }

    @Test("Harm has the same overlap and a negative number; no effect, an infinite one")
    func harm() {
        let harm = StandardizedDifference(-0.5)
        let help = StandardizedDifference(0.5)
        #expect(harm.overlap == help.overlap)
        #expect(agree(harm.numberNeededToTreat, -help.numberNeededToTreat, 1e-12))
        #expect(agree(harm.probabilityOfSuperiority, 1 - help.probabilityOfSuperiority, 1e-12))
        #expect(harm.numberNeededToTreat(controlEventRate: 0.3) < 0)
        #expect(StandardizedDifference(0).numberNeededToTreat == .infinity)
        #expect(StandardizedDifference(0).numberNeededToTreat(controlEventRate: 0.3) == .infinity)
    }

    @Test("A change score becomes a difference between people by the correlation of the measurements")
    func change() {
        #expect(StandardizedDifference(changeScore: 1, correlation: 0.5).d == 1)
        #expect(abs(StandardizedDifference(changeScore: 1, correlation: 0.875).d - 0.5) < 1e-15)
    }

    /// Perez et al. 2016: ten patients.
    @Test("Ten people: smallest significant r 0.632/0.765/0.872 and d_z 0.715/1.028/1.512 at .05/.01/.001")
    func tenPeople() {
        let study = Detectability(participants: 10)
        for (alpha, r, d) in [(0.05, 0.632, 0.715), (0.01, 0.765, 1.028), (0.001, 0.872, 1.512)] {
            #expect(abs(FisherZ.criticalR(participants: 10, alpha: alpha) - r) < 0.0006)
            #expect(abs(study.smallestSignificant(alpha: alpha) - d) < 0.0006)
        }
        for (r, lower, upper) in [(0.8, 0.343, 0.951), (0.5, -0.189, 0.859)] {
            let interval = FisherZ.interval(ofR: r, participants: 10)
            #expect(abs(interval.lower - lower) < 0.0006 && abs(interval.upper - upper) < 0.0006)
        }
    }

    /// R 4.2.2: power.t.test(power = .8, n = 20, strict = TRUE, tol = 1e-12)$delta, and with type = "one.sample".
    @Test("Minimal detectable effects are those of R's power.t.test")
    func detectable() {
        #expect(abs(Detectability(participants: 20, 20).minimalDetectable() - 0.909129032682003) < 1e-9)
        #expect(abs(Detectability(participants: 20).minimalDetectable() - 0.660441654622837) < 1e-9)
        let study = Detectability(participants: 14, 31)
        let d = study.minimalDetectable(power: 0.9, alpha: 0.01)
        #expect(abs(study.power(d: d, alpha: 0.01) - 0.9) < 1e-10)
        #expect(study.minimalDetectable(power: 0.04).isNaN)
        // R: qnorm(.8) + qnorm(.975), by 4; tanh of a fifth of it.
        #expect(abs(Detectability.minimalDetectable(standardError: 0.25) - 0.700396304528242) < 1e-12)
        #expect(abs(Detectability.minimalDetectableCorrelation(participants: 28) - 0.508212628357794) < 1e-12)
    }

    @Test("Type S and type M errors agree with integrals; Gelman & Carlin's two examples")
    func design() throws {
        for c in try Quadrature.load().retrodesign {
            let found = DesignAnalysis(trueEffect: c.theta, standardError: c.error, alpha: c.alpha)
            #expect(
                agree([found.power, found.wrongSign, found.exaggeration], c.values, 1e-10), "\(c.theta) \(c.error)")
        }
        // Beautiful parents: effect 0.1, error 3.28: power .05, type S .46, type M 77. (Their type M is simulated.)
        let parents = DesignAnalysis(trueEffect: 0.1, standardError: 3.28)
        #expect(abs(parents.power - 0.0501) < 1e-4 && abs(parents.wrongSign - 0.46) < 0.005)
        #expect(abs(parents.exaggeration - 77) < 1)
        // Fat arms: effect 2, error 8.1: power .06, type S .24, type M 9.7.
        let arms = DesignAnalysis(trueEffect: -2, standardError: 8.1)
        #expect(abs(arms.power - 0.06) < 0.005 && abs(arms.wrongSign - 0.24) < 0.005)
        #expect(abs(arms.exaggeration - 9.7) < 0.2)
    }

    @Test("Bayes factors for an increase, a decrease and nothing agree with integrals over the prior")
    func bayes() throws {
        let cases = try Quadrature.load().bayes
        #expect(cases.count == 9)
        for c in cases {
            let found = DirectedBayesFactor(
                estimate: c.estimate, standardError: c.error, priorScale: c.scale, priorMean: c.mean)
            let factors = [
                found.increaseOverNull, found.decreaseOverNull, found.increaseOverDecrease, found.eitherOverNull,
            ]
            #expect(agree(factors, c.factors, 1e-10), "\(c.estimate) \(c.error) \(c.scale) \(c.mean): \(factors)")
        }
    }

    @Test("Estimates forty errors away stay finite in logarithms, and mirror each other")
    func far() {
        let up = DirectedBayesFactor(estimate: 4, standardError: 0.1, priorScale: 0.5)
        let down = DirectedBayesFactor(estimate: -4, standardError: 0.1, priorScale: 0.5)
        #expect(up.logIncreaseOverNull > 700 && up.logIncreaseOverNull.isFinite)
        #expect(up.logDecreaseOverNull < 0 && up.logDecreaseOverNull.isFinite)
        #expect(up.logIncreaseOverNull == down.logDecreaseOverNull)
    }
}

@Suite("Tests that combine studies")
struct CombinationTestsTests {
    @Test("Fisher and Stouffer agree with scipy's combine_pvalues")
    func scipy() throws {
        let c = try Quadrature.load().combination
        let fisher = CombinationTests.fisher(z: c.z)
        #expect(agree([fisher.statistic, fisher.pValue], c.fisher, 1e-12))
        #expect(agree(CombinationTests.fisher(pValues: c.z.map(Normal.upperTail)).statistic, c.fisher[0], 1e-12))
        let plain = CombinationTests.stouffer(z: c.z)
        #expect(agree([plain, Normal.upperTail(plain)], c.stouffer, 1e-12))
        let weighted = CombinationTests.stouffer(z: c.z, weights: c.weights)
        #expect(agree([weighted, Normal.upperTail(weighted)], c.weighted, 1e-12))
    }

    @Test("Copies of one image count once when their correlation is told")
    func correlated() {
        let ones = Matrix(rows: 3, columns: 3, repeating: 1)
        #expect(abs(CombinationTests.stouffer(z: [2, 2, 2], correlation: ones) - 2) < 1e-15)
        // Var(z₁ + 2z₂) = 1 + 4 + 2·2·0.5.
        let half = Matrix(rows: [[1, 0.5], [0.5, 1]])
        let z = CombinationTests.stouffer(z: [1, 1], weights: [1, 2], correlation: half)
        #expect(abs(z - 3 / 7.0.squareRoot()) < 1e-15)
    }

    @Test("Fisher's test survives a z of 50")
    func extreme() {
        let test = CombinationTests.fisher(z: [50, 1])
        #expect(test.statistic.isFinite && test.statistic > 2500)
        #expect(CombinationTests.concordantP(above: 0.01, below: 0.9) == 0.02)
        #expect(CombinationTests.concordantP(above: 0.6, below: 0.7) == 1)
    }
}
