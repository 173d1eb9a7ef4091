import Statistics
import Synthesis
import Testing

/// Six published data sets by metafor 3.8-1, iterated until nothing changes.
@Suite("Pooling of independent effects")
struct PooledEffectTests {
    @Test("The grid is complete: six data sets, nine estimators, three tests")
    func grid() throws {
        let sets = try SynthesisReference.load().independent
        #expect(
            sets.map(\.name) == [
                "bcg", "normand1999", "molloy2014", "raudenbush1985", "hackshaw1998", "bangertdrowns2004",
            ])
        for set in sets {
            let found = Set(set.fits.map { "\($0.method) \($0.test)" })
            let expected = Set(
                HeterogeneityEstimator.allCases.flatMap { e in
                    MetaRegression.Test.allCases.map { "\(e.rawValue) \($0.rawValue)" }
                })
            #expect(found == expected, "\(set.name)")
        }
    }

    @Test("Estimates, errors, tests, τ², heterogeneity, prediction and Q-profile intervals to 1e-8")
    func fits() throws {
        for set in try SynthesisReference.load().independent {
            for fit in set.fits {
                let name = "\(set.name) \(fit.method) \(fit.test)"
                let pooled = try PooledEffect(
                    effects: set.y, variances: set.v, estimator: #require(HeterogeneityEstimator(rawValue: fit.method)),
                    test: #require(MetaRegression.Test(rawValue: fit.test)))
                let interval = pooled.estimate.interval()
                #expect(isNear(pooled.tau2, fit.tau2, 1e-8), "\(name) tau2 \(pooled.tau2) \(fit.tau2)")
                #expect(
                    isNear(
                        [pooled.estimate.value, pooled.estimate.standardError, interval.lower, interval.upper],
                        [fit.b, fit.se, fit.lower, fit.upper], 1e-8), "\(name)")
                #expect(isNear(pooled.estimate.pValue, fit.p, 1e-7, scale: 1e-12), "\(name) p")
                #expect(
                    isNear([pooled.q.statistic, pooled.q.pValue], [fit.q, fit.qp], 1e-9, scale: 1e-12), "\(name) Q")
                #expect(isNear([100 * pooled.i2, pooled.h2], [fit.i2, fit.h2], 1e-8), "\(name) I2")
                if let expected = fit.prediction {
                    for (form, ends) in zip(
                        PooledEffect.PredictionForm.allCases,
                        [expected.higgins, expected.partlettRiley, expected.skipka])
                    {
                        let found = try #require(pooled.predictionInterval(form))
                        #expect(isNear([found.lower, found.upper], ends, 1e-8), "\(name) \(form)")
                    }
                    // metafor's own: t on k − 1 with Knapp & Hartung, else normal.
                    let own = pooled.predictionInterval(fit.test == "z" ? .skipka : .partlettRiley)
                    #expect(isNear([own?.lower ?? .nan, own?.upper ?? .nan], expected.asTested, 1e-8), "\(name)")
                } else {
                    #expect(pooled.predictionInterval() == nil)
                }
                if let expected = fit.qProfile {
                    let found = pooled.tau2Interval()
                    let ends = expected.compactMap { $0 }
                    #expect(isNear([found.lower, found.upper], ends, 1e-7), "\(name) Q-profile \(found) \(ends)")
                }
            }
        }
    }

    @Test("Profile intervals of τ² by ML and REML to 1e-6")
    func profiles() throws {
        var count = 0
        for set in try SynthesisReference.load().independent {
            for fit in set.fits {
                guard let expected = fit.profile else { continue }
                let pooled = try PooledEffect(
                    effects: set.y, variances: set.v, estimator: #require(HeterogeneityEstimator(rawValue: fit.method)))
                let found = try #require(pooled.tau2ProfileInterval())
                for (a, b) in zip([found.lower, found.upper], expected) {
                    // metafor says NA where its search for an end failed.
                    guard let b else { continue }
                    count += 1
                    #expect(isNear(a, b, 1e-6), "\(set.name) \(fit.method) \(found) \(expected)")
                }
            }
        }
        #expect(count >= 20)
    }

    @Test("The profile interval of the mean, against nested maximisation with dnorm alone, to 1e-6")
    func profileOfMean() throws {
        for set in try SynthesisReference.load().independent {
            let pooled = try PooledEffect(effects: set.y, variances: set.v, estimator: .reml)
            let found = pooled.profileInterval()
            #expect(
                isNear([found.lower, found.upper], set.profileMean, 1e-6), "\(set.name) \(found) \(set.profileMean)")
        }
    }

    @Test("One study has no random effects; a negative variance is no variance")
    func refusals() {
        #expect(throws: SynthesisError.model(.tooFewStudies(studies: 1, coefficients: 1))) {
            try PooledEffect(effects: [0.3], variances: [0.1])
        }
        #expect(throws: SynthesisError.model(.badValue(row: 1))) {
            try PooledEffect(effects: [0.3, 0.4], variances: [0.1, -0.1])
        }
    }
}
