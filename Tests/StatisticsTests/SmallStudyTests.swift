import Foundation
import Statistics
import Testing

@Suite("Bias tests agree with metafor 3.8-1")
struct SmallStudyTests {
    @Test("Egger's regression by REML, PET and PEESE")
    func regression() throws {
        let reference = try MetaforModels.load()
        #expect(reference.bias.count == 3)
        for c in reference.bias {
            let data = try reference.dataSet(c.data)
            let egger = try SmallStudyRegression(effects: data.y, variances: data.v)
            let asymmetry = egger.asymmetry
            #expect(
                agree([asymmetry.value, asymmetry.statistic, asymmetry.pValue], c.egger, 1e-7), "\(c.data) Egger")
            let covariate = try SmallStudyRegression(effects: data.y, variances: data.v, design: data.design(1))
            #expect(
                agree([covariate.asymmetry.statistic, covariate.asymmetry.pValue], c.eggerWithCovariate, 1e-7),
                "\(c.data) Egger with a covariate")
            let corrected = try PETPEESE(
                effects: data.y, variances: data.v, estimator: .reml, test: .knappHartung)
            for (found, expected) in [(corrected.pet.limit, c.pet), (corrected.peese.limit, c.peese)] {
                #expect(agree([found.value, found.standardError, found.pValue], expected, 1e-7), "\(c.data)")
            }
            #expect(corrected.usesPEESE == (c.pet[2] < 0.1))
            #expect(corrected.conditional == (c.pet[2] < 0.1 ? corrected.peese.limit : corrected.pet.limit))
        }
    }

    @Test("By default PET is the weighted regression of econometrics: lm(y ~ se, weights = 1/v) in R 4.2.2")
    func unrestricted() throws {
        // R: v <- c(.04, .09, .02, .16, .05); y <- c(.3, .6, .25, .9, .2); summary(lm(y ~ sqrt(v), weights = 1/v))
        let fit = try PETPEESE(effects: [0.3, 0.6, 0.25, 0.9, 0.2], variances: [0.04, 0.09, 0.02, 0.16, 0.05])
        let pet = [fit.pet.limit.value, fit.pet.limit.standardError, fit.pet.limit.pValue]
        #expect(agree(pet, [-0.110930751025444, 0.159632658024603, 0.537095973675014], 1e-9))
        let fat = [fit.fat.value, fit.fat.standardError, fit.fat.pValue]
        #expect(agree(fat, [2.178888041968001, 0.756736628116116, 0.063564226054213], 1e-9))
    }

    @Test("Over imputations, asymmetry is pooled by Rubin's rules")
    func imputations() throws {
        let variances = [0.04, 0.09, 0.02, 0.16, 0.05]
        let fits = try [[0.3, 0.6, 0.25, 0.9, 0.2], [0.2, 0.7, 0.2, 0.8, 0.3]].map {
            try SmallStudyRegression(effects: $0, variances: variances)
        }
        let a = fits[0].asymmetry
        let b = fits[1].asymmetry
        let pooled = SmallStudyRegression.pooledAsymmetry(fits)
        #expect(agree(pooled.value, (a.value + b.value) / 2, 1e-12))
        let within = (a.standardError * a.standardError + b.standardError * b.standardError) / 2
        let between = (a.value - b.value) * (a.value - b.value) / 2
        #expect(agree(pooled.standardError * pooled.standardError, within + 1.5 * between, 1e-12))
    }

    /// Where τ² is above 0, metafor integrates over true effects within 5τ and so loses 6e-7; ours is the closed form.
    @Test("Excess significance: power, counts, binomial and χ² tests")
    func excess() throws {
        let reference = try MetaforModels.load()
        for c in reference.bias {
            let data = try reference.dataSet(c.data)
            let found = ExcessSignificance(effects: data.y, variances: data.v, trueEffect: c.theta, tau2: c.tau2)
            let tolerance = c.tau2 > 0 ? 1e-6 : 1e-9
            #expect(agree(found.power, c.power, tolerance, scale: 1), "\(c.data) power")
            #expect(found.observed == c.observed)
            #expect(agree(found.expected, c.expected, tolerance), "\(c.data) expected")
            #expect(agree(found.binomialP, c.binomial, 10 * tolerance), "\(c.data) binomial")
            #expect(
                agree([found.chiSquare, found.chiSquareP], c.chiSquare, 10 * tolerance, scale: 1),
                "\(c.data) chi-square")
        }
        #expect(Set(reference.bias.map { $0.tau2 > 0.01 }) == [true, false])
    }

    @Test("With equal power the exact test is the binomial one; with a t reference power is that of t tests")
    func exact() {
        let equal = ExcessSignificance(
            effects: [0.9, 0.1, 0.8, 0.7], variances: [0.1, 0.1, 0.1, 0.1], trueEffect: 0.5)
        #expect(equal.observed == 3)
        #expect(agree(equal.exactP, equal.binomialP, 1e-12))
        // R 4.2.2: power.t.test(n = 20, delta = 0.5, sd = 1, type = "one.sample", strict = TRUE).
        let t = ExcessSignificance(
            effects: [0.5], variances: [1.0 / 20], trueEffect: 0.5,
            reference: .noncentralT(degreesOfFreedom: [19]))
        #expect(abs(t.power[0] - 0.564504418439084) < 1e-10)
        #expect(t.observed == 1)
    }

    @Test("Trim and fill: number, mean, error and τ² with L₀ and R₀ on either side, and the side by itself")
    func trimAndFill() throws {
        let reference = try MetaforModels.load()
        var counts: [Int] = []
        for c in reference.bias {
            let data = try reference.dataSet(c.data)
            let settings: [(TrimAndFill.Rank, TrimAndFill.Side)] = [
                (.l0, .below), (.l0, .above), (.r0, .below), (.r0, .above),
            ]
            for ((rank, side), expected) in zip(settings, c.fill) {
                let found = try TrimAndFill(effects: data.y, variances: data.v, rank: rank, side: side)
                let mean = found.adjusted.coefficient(0)
                #expect(
                    agree(
                        [Double(found.missing), mean.value, mean.standardError, found.adjusted.tau2], expected, 1e-7),
                    "\(c.data) \(rank) \(side)")
                counts.append(found.missing)
            }
            let automatic = try TrimAndFill(effects: data.y, variances: data.v)
            #expect(automatic.side == (c.fillSide == "left" ? .below : .above), "\(c.data)")
        }
        #expect(Set(counts).count > 2)
    }

    @Test("Fail-safe numbers of Rosenthal, Orwin (target 0.1) and Rosenberg")
    func failSafe() throws {
        let reference = try MetaforModels.load()
        for c in reference.bias {
            let data = try reference.dataSet(c.data)
            let found = FailSafeNumber(effects: data.y, variances: data.v, target: 0.1)
            #expect(Double(found.rosenthal) == c.rosenthal, "\(c.data)")
            #expect(found.orwin.map(Double.init) == c.orwin, "\(c.data)")
            #expect(Double(found.rosenberg) == c.rosenberg, "\(c.data)")
        }
        #expect(FailSafeNumber(effects: [0.1], variances: [1], target: 0).orwin == nil)
    }
}
