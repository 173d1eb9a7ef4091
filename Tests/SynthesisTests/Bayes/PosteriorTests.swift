import Foundation
import Statistics
import Synthesis
import TestSupport
import Testing

@Suite("Random-effects posteriors agree with mpmath's quadrature in 50 digits")
struct PosteriorTests {
    struct Reference: Decodable {
        struct DataSet: Decodable {
            var name: String
            var y: [Double]
            var v: [Double]
        }

        struct Case: Decodable {
            var data: String
            var mean: String
            var kind: String
            var values: [Double]
            var logEvidence: Double
            var logEvidenceOfZero: Double
            var meanMean: Double?
            var meanSD: Double?
            var tauMean: Double?
            var tauSD: Double?
            var meanAt: [Double]
            var newAt: [Double]
            var tauAt: [Double]

            var prior: HeterogeneityPrior? {
                switch kind {
                case "halfNormal": .halfNormal(scale: values[0])
                case "halfCauchy": .halfCauchy(scale: values[0])
                case "uniform": .uniform(upper: values[0])
                case "logNormal": .logNormal(location: values[0], scale: values[1])
                case "logStudentT":
                    .logStudentT(location: values[0], scale: values[1], degreesOfFreedom: values[2])
                default: nil
                }
            }
        }

        var data: [DataSet]
        var means: [String: [Double]]
        var meanAt: [Double]
        var newAt: [Double]
        var tauAt: [Double]
        var cases: [Case]

        func posterior(_ c: Case) throws -> RandomEffectsPosterior {
            let data = try #require(self.data.first { $0.name == c.data })
            let numbers = try #require(means[c.mean])
            return try RandomEffectsPosterior(
                effects: data.y, variances: data.v,
                mean: numbers.isEmpty ? .flat : .normal(mean: numbers[0], deviation: numbers[1]),
                heterogeneity: try #require(c.prior))
        }

        static func load() throws -> Reference { try ReferenceFile.decode("bayes.json") }
    }

    /// Both are integrals of the same functions: 1e-8 is asked for, 1e-9 held.
    @Test("Evidence, moments and distribution functions of μ, of a new study and of τ")
    func numbers() throws {
        let reference = try Reference.load()
        #expect(reference.cases.count >= 40)
        for c in reference.cases {
            let found = try reference.posterior(c)
            let name = "\(c.data) \(c.mean) \(c.kind)"
            #expect(abs(found.logMarginalLikelihood - c.logEvidence) < 1e-9, "\(name)")
            #expect(abs(found.logMarginalLikelihoodOfZero - c.logEvidenceOfZero) < 1e-9, "\(name)")
            for (moment, expected) in [
                (found.mean.mean, c.meanMean), (found.mean.deviation, c.meanSD), (found.tau.mean, c.tauMean),
                (found.tau.deviation, c.tauSD),
            ] {
                #expect((moment == nil) == (expected == nil), "\(name)")
                // An integrand that falls as 1/(τ ln⁶τ) is cut off where τ² is no number, which loses more than the rest.
                let tolerance = c.kind == "logStudentT" ? 1e-7 : 1e-8
                if let moment, let expected {
                    #expect(isClose(moment, expected, tolerance), "\(name) \(moment) \(expected)")
                }
            }
            for (x, p) in zip(reference.meanAt, c.meanAt) {
                #expect(isClose(found.mean.cdf(x), p, 1e-8, scale: 1e-6), "\(name)")
                #expect(isClose(found.mean.upperTail(x), 1 - p, 1e-8), "\(name)")
            }
            for (x, p) in zip(reference.newAt, c.newAt) {
                #expect(isClose(found.newStudy.cdf(x), p, 1e-8, scale: 1e-6), "\(name)")
            }
            for (x, p) in zip(reference.tauAt, c.tauAt) {
                #expect(isClose(found.tau.cdf(x), p, 1e-8, scale: 1e-6), "\(name)")
            }
        }
    }

    @Test("Quantiles are the points of those probabilities")
    func quantiles() throws {
        let reference = try Reference.load()
        for c in reference.cases {
            let found = try reference.posterior(c)
            for (x, p) in zip(reference.meanAt, c.meanAt) where p > 1e-4 && p < 1 - 1e-4 {
                #expect(abs(found.mean.quantile(p) - x) < 1e-8, "\(c.data) \(c.mean) \(c.kind)")
            }
            for (x, p) in zip(reference.newAt, c.newAt) where p > 1e-4 && p < 1 - 1e-4 {
                #expect(abs(found.newStudy.quantile(p) - x) < 1e-8, "\(c.data) \(c.mean) \(c.kind)")
            }
            for (x, p) in zip(reference.tauAt, c.tauAt) where p > 1e-4 && p < 1 - 1e-4 {
                #expect(abs(found.tau.quantile(p) - x) < 1e-8, "\(c.data) \(c.mean) \(c.kind)")
            }
        }
    }

    @Test(
        "The highest-density interval holds 95 %, has equal densities at its ends and is no wider than the equal-tailed one"
    )
    func shortest() throws {
        let reference = try Reference.load()
        for c in reference.cases where c.data == "differing" || c.data == "three" {
            let found = try reference.posterior(c)
            let name = "\(c.data) \(c.mean) \(c.kind)"
            let (shortest, equal) = (found.mean.highestDensity(), found.mean.equalTailed())
            #expect(abs(found.mean.cdf(shortest.upper) - found.mean.cdf(shortest.lower) - 0.95) < 1e-9, "\(name)")
            #expect(isClose(found.mean.density(shortest.lower), found.mean.density(shortest.upper), 1e-6), "\(name)")
            #expect(shortest.upper - shortest.lower <= equal.upper - equal.lower + 1e-9, "\(name)")
            guard c.kind == "halfNormal" || c.kind == "uniform" else { continue }
            let (tauShortest, tauEqual) = (found.tau.highestDensity(), found.tau.equalTailed())
            #expect(abs(found.tau.cdf(tauShortest.upper) - found.tau.cdf(tauShortest.lower) - 0.95) < 1e-8, "\(name)")
            #expect(tauShortest.upper - tauShortest.lower <= tauEqual.upper - tauEqual.lower + 1e-9, "\(name)")
            if tauShortest.lower > 0 {
                #expect(
                    isClose(found.tau.density(tauShortest.lower), found.tau.density(tauShortest.upper), 1e-5), "\(name)"
                )
            } else {
                #expect(found.tau.density(0) >= found.tau.density(tauShortest.upper), "\(name)")
            }
        }
    }

    @Test("With next to no heterogeneity the Bayes factors are those in closed form")
    func closedForm() throws {
        let effects = [0.31, 0.42, 0.28, 0.35]
        let variances = [0.04, 0.06, 0.03, 0.09]
        let found = try RandomEffectsPosterior(
            effects: effects, variances: variances, mean: .normal(mean: 0, deviation: 0.5),
            heterogeneity: .halfNormal(scale: 1e-7))
        let total = variances.reduce(0) { $0 + 1 / $1 }
        let fixed = zip(effects, variances).reduce(0) { $0 + $1.0 / $1.1 } / total
        let closed = DirectedBayesFactor(
            estimate: fixed, standardError: (1 / total).squareRoot(), priorScale: 0.5)
        #expect(isClose(try #require(found.logBayesFactor), closed.logEitherOverNull, 1e-9))
        #expect(isClose(try #require(found.logIncreaseOverZero), closed.logIncreaseOverNull, 1e-9))
        #expect(isClose(try #require(found.logDecreaseOverZero), closed.logDecreaseOverNull, 1e-9))
        #expect(abs(found.logHeterogeneityFactor) < 1e-9)
        #expect(isClose(try #require(found.mean.mean), fixed * total / (total + 4), 1e-9))
        #expect(found.probability(passing: 0.2).mean > 0.5)
        #expect(isClose(found.probability(passing: -0.2).mean, found.mean.cdf(-0.2), 1e-12))
    }

    @Test("Four models sum to one; a flat prior has no Bayes factor; the pull on a study grows with its error")
    func models() throws {
        let effects = [0.9, -0.2, 0.4, 1.3, 0.1]
        let variances = [0.02, 0.03, 0.015, 0.3, 0.02]
        let found = try RandomEffectsPosterior(
            effects: effects, variances: variances, mean: .normal(mean: 0, deviation: 1),
            heterogeneity: .halfCauchy(scale: 0.3))
        let four = try #require(found.modelProbabilities)
        #expect(isClose(four.effectAndHeterogeneity + four.effect + four.heterogeneity + four.nothing, 1, 1e-12))
        #expect(four.effectAndHeterogeneity + four.heterogeneity > 0.99)
        let flat = try RandomEffectsPosterior(
            effects: effects, variances: variances, mean: .flat, heterogeneity: .halfCauchy(scale: 0.3))
        #expect(flat.logBayesFactor == nil)
        #expect(flat.modelProbabilities == nil)
        let mean = try #require(flat.mean.mean)
        let pulled = try (0..<5).map { try #require(flat.trueEffect(study: $0).mean) }
        for i in [0, 1, 3, 4] { #expect(abs(pulled[i] - mean) < abs(effects[i] - mean)) }
        #expect((effects[3] - pulled[3]) / (effects[3] - mean) > (effects[0] - pulled[0]) / (effects[0] - mean))
    }

    @Test("500 studies, and effects in another unit, give the same answer as they should")
    func scale() throws {
        let draw = Philox(seed: 3, name: "many", purpose: 0)
        var (effects, variances): ([Double], [Double]) = ([], [])
        for i in 0..<500 {
            let words = draw([UInt32(i), 0, 0, 0])
            let variance = 0.01 + 0.1 * Philox.uniform(words.x)
            variances.append(variance)
            effects.append(0.3 + (variance + 0.04).squareRoot() * Normal.quantile(Philox.uniform(words.y)))
        }
        let one = try RandomEffectsPosterior(
            effects: effects, variances: variances, mean: .flat, heterogeneity: .halfNormal(scale: 0.5))
        let restricted = RandomEffects(effects: effects, variances: variances, estimator: .reml)
        #expect(isClose(try #require(one.mean.mean), restricted.effect, 1e-3))
        #expect(isClose(one.tau.median, restricted.tau2.squareRoot(), 0.02))
        let thousand = try RandomEffectsPosterior(
            effects: effects.map { 1000 * $0 }, variances: variances.map { 1e6 * $0 }, mean: .flat,
            heterogeneity: .halfNormal(scale: 500))
        #expect(isClose(thousand.tau.median, 1000 * one.tau.median, 1e-8))
        #expect(isClose(try #require(thousand.mean.deviation), 1000 * (try #require(one.mean.deviation)), 1e-9))
    }

    // Each step of the search once integrated anew, which took most of a minute.
    @Test(
        "The shortest interval of many studies: as likely at both ends, .95 between, and found soon",
        .timeLimit(.minutes(1)))
    func manyStudies() throws {
        let draw = Philox(seed: 3, name: "effects", purpose: 0)
        let effects = (0..<480).map { 0.4 + 0.4 * Normal.quantile(Philox.uniform(draw([UInt32($0), 0, 0, 0]).x)) }
        let variances = (0..<480).map { 0.02 + 0.001 * Double($0 % 60) }
        let posterior = try RandomEffectsPosterior(
            effects: effects, variances: variances, mean: .flat, heterogeneity: .halfNormal(scale: 0.5))
        let shortest = posterior.tau.highestDensity()
        #expect(abs(posterior.tau.cdf(shortest.upper) - posterior.tau.cdf(shortest.lower) - 0.95) < 1e-9)
        #expect(isClose(posterior.tau.density(shortest.upper), posterior.tau.density(shortest.lower), 1e-6))
        let equal = posterior.tau.equalTailed()
        #expect(shortest.upper - shortest.lower <= equal.upper - equal.lower)
    }

    @Test("Turner's and Rhodes' forms are given for τ², kept for τ")
    func forms() {
        #expect(
            HeterogeneityPrior.logNormalVariance(mean: -2.56, deviation: 1.74)
                == .logNormal(location: -1.28, scale: 0.87))
        #expect(
            HeterogeneityPrior.logTVariance(location: -3.44, scale: 2.59)
                == .logStudentT(location: -1.72, scale: 1.295, degreesOfFreedom: 5))
    }

    @Test("Priors without a scale, and variances of 0, are refused")
    func refused() {
        #expect(throws: PosteriorError.self) {
            try RandomEffectsPosterior(
                effects: [0.1], variances: [0.1], mean: .flat, heterogeneity: .halfNormal(scale: 0))
        }
        #expect(throws: PosteriorError.data(.badValue(row: 1))) {
            try RandomEffectsPosterior(
                effects: [0.1, 0.2], variances: [0.1, 0], mean: .flat, heterogeneity: .halfNormal(scale: 1))
        }
        #expect(throws: PosteriorError.self) {
            try RandomEffectsPosterior(
                effects: [0.1], variances: [0.1], mean: .normal(mean: .nan, deviation: 1),
                heterogeneity: .halfNormal(scale: 1))
        }
    }
}
