import Foundation
import Statistics
import Testing

@Suite("Meta-regression agrees with metafor 3.8-1")
struct MetaRegressionTests {
    /// metafor was made to iterate to 1e-13, so rounding is all that remains; its τ² at the edge is 1e-14, ours 0.
    let tau2Tolerance = 1e-8
    let tolerance = 1e-8

    @Test("The grid of reference cases is complete")
    func grid() throws {
        let reference = try MetaforModels.load()
        var expected: Set<String> = []
        for studies in [3, 5, 10, 30] {
            for kind in ["homogeneous", "heterogeneous"] {
                for covariates in 0...2 where studies > covariates + 1 {
                    for estimator in HeterogeneityEstimator.allCases {
                        expected.insert("\(kind)\(studies) \(covariates) \(estimator.rawValue)")
                    }
                }
            }
        }
        let found = reference.cases.map { "\($0.data) \($0.covariates) \($0.method)" }
        #expect(found.count == Set(found).count)
        #expect(Set(found) == expected)
    }

    @Test("τ², coefficients, heterogeneity and intervals, for every estimator, test, number of covariates and studies")
    func models() throws {
        let reference = try MetaforModels.load()
        for c in reference.cases {
            let data = try reference.dataSet(c.data)
            let estimator = try #require(HeterogeneityEstimator(rawValue: c.method))
            let name = "\(c.data) \(c.covariates) \(c.method)"
            for test in MetaRegression.Test.allCases {
                let fit = try MetaRegression(
                    effects: data.y, variances: data.v, design: data.design(c.covariates), estimator: estimator,
                    test: test)
                #expect(agree(fit.tau2, c.tau2, tau2Tolerance), "\(name) tau2 \(fit.tau2) \(c.tau2)")
                #expect(agree(fit.coefficients, c.beta.values, tolerance), "\(name) coefficients")
                #expect(agree(fit.residualHeterogeneity.statistic, c.qe, tolerance), "\(name) QE")
                #expect(agree(fit.residualHeterogeneity.pValue, c.qeP, tolerance), "\(name) p of QE")
                #expect(agree(100 * fit.i2, c.i2, tolerance, scale: 0.1), "\(name) I2 \(100 * fit.i2) \(c.i2)")
                #expect(agree(fit.h2, c.h2, tolerance), "\(name) H2")
                if test == .wald {
                    #expect(agree(fit.covariance.elements, c.covariance.values, tolerance), "\(name) covariance")
                }
                try tested(fit, c.tested(test), "\(name) \(test.rawValue)")
            }
        }
    }

    private func tested(_ fit: MetaRegression, _ c: MetaforModels.Case.Tested, _ name: String) throws {
        let count = fit.coefficients.count
        let coefficients = (0..<count).map { fit.coefficient($0) }
        #expect(agree(fit.standardErrors, c.se.values, tolerance), "\(name) errors")
        #expect(agree(coefficients.map(\.pValue), c.pval.values, tolerance), "\(name) p")
        #expect(agree(coefficients.map { $0.interval().lower }, c.lower.values, tolerance), "\(name) lower")
        #expect(agree(coefficients.map { $0.interval().upper }, c.upper.values, tolerance), "\(name) upper")
        #expect(agree(fit.moderatorTest.statistic, c.qm, tolerance), "\(name) QM")
        #expect(agree(fit.moderatorTest.pValue, c.qmP, tolerance, scale: 1e-12), "\(name) p of QM")

        let prediction = try fit.predict(Array([1.0, 12, 1].prefix(count)))
        let interval = prediction.mean.interval()
        let found = [
            prediction.mean.value, prediction.mean.standardError, interval.lower, interval.upper,
            prediction.predictionInterval.lower, prediction.predictionInterval.upper,
        ]
        // The fixed-effect model has no prediction interval in metafor.
        #expect(c.predicted.count == (fit.estimator == .fixed ? 4 : 6))
        #expect(
            agree(Array(found.prefix(c.predicted.count)), c.predicted, tolerance, scale: 0.01), "\(name) prediction")

        guard let contrast = c.contrast else { return }
        let rows: [[Double]] = [[1, 10, 0], [0, 2, -1]].prefix(count - 1).map { Array($0.prefix(count)) }
        let joint = try fit.jointTest(rows)
        #expect(agree([joint.statistic, joint.pValue], contrast, tolerance, scale: 1e-12), "\(name) contrast")
        if count == 2 {
            let single = try fit.contrast(rows[0])
            #expect(agree(single.statistic * single.statistic, contrast[0], tolerance), "\(name) one contrast")
            #expect(agree(single.pValue, contrast[1], tolerance, scale: 1e-12), "\(name) p of one contrast")
        }
    }

    @Test("Q-profile intervals of τ² and I²")
    func intervals() throws {
        let reference = try MetaforModels.load()
        for c in reference.cases {
            guard let tau2 = c.tau2Interval, let i2 = c.i2Interval else { continue }
            let data = try reference.dataSet(c.data)
            let fit = try MetaRegression(
                effects: data.y, variances: data.v, design: data.design(c.covariates),
                estimator: #require(HeterogeneityEstimator(rawValue: c.method)))
            let found = fit.tau2Interval()
            #expect(agree([found.lower, found.upper], tau2, 1e-7), "\(c.data) \(c.covariates) \(found) \(tau2)")
            let share = fit.i2Interval()
            #expect(agree([100 * share.lower, 100 * share.upper], i2, 1e-7), "\(c.data) \(c.covariates)")
        }
    }

    @Test("Leaving studies out: residuals, DFFITS, Cook's distances, DFBETAS, hat values, weights")
    func influence() throws {
        let reference = try MetaforModels.load()
        #expect(reference.influences.count == 36)
        for c in reference.influences {
            let data = try reference.dataSet(c.data)
            let fit = try MetaRegression(
                effects: data.y, variances: data.v, design: data.design(c.covariates),
                estimator: #require(HeterogeneityEstimator(rawValue: c.method)),
                test: #require(MetaRegression.Test(rawValue: c.test)))
            let name = "\(c.data) \(c.covariates) \(c.method) \(c.test)"
            let influence = try fit.influence().map { try #require($0) }
            #expect(agree(influence.map(\.studentizedResidual), c.rstudent, tolerance), "\(name) rstudent")
            #expect(agree(influence.map(\.dffits), c.dffits, tolerance), "\(name) DFFITS")
            #expect(agree(influence.map(\.cooksDistance), c.cook, tolerance), "\(name) Cook")
            #expect(agree(influence.map(\.covarianceRatio), c.covRatio, tolerance), "\(name) cov.r")
            #expect(agree(influence.map(\.without.tau2), c.tau2, tolerance), "\(name) tau2")
            #expect(agree(influence.map(\.without.residualHeterogeneity.statistic), c.qe, tolerance), "\(name) QE")
            #expect(agree(fit.hatValues, c.hat, tolerance), "\(name) hat")
            #expect(agree(fit.weightShares.map { 100 * $0 }, c.weight, tolerance), "\(name) weight")
            for (j, dfbs) in c.dfbs.enumerated() {
                #expect(agree(influence.map { $0.dfbetas[j] }, dfbs, tolerance), "\(name) DFBETAS \(j)")
            }
            #expect(influence.map(\.isInfluential) == c.influential, "\(name) influential")
        }
    }
}

@Suite("Meta-regression refuses what it cannot answer")
struct MetaRegressionRefusalTests {
    let effects = [0.1, 0.5, 0.3, 0.9, 0.4]
    let variances = [0.1, 0.2, 0.1, 0.3, 0.2]

    @Test("Collinear columns are named with the columns that determine them")
    func collinear() throws {
        let rest = [1.0, 1, 0, 0, 1]
        let task = rest.map { 1 - $0 }
        let weeks = [4.0, 8, 12, 9, 16]
        #expect {
            try MetaRegression(effects: effects, variances: variances, covariates: [rest, weeks, task])
        } throws: { error in
            guard case .collinear(let found) = error as? MetaRegressionError, let one = found.first else {
                return false
            }
            let factors = one.terms.map(\.factor)
            let message = MetaRegressionError.collinear(found).describe { ["1", "rest", "weeks", "task"][$0] }
            return found.count == 1 && one.column == 3 && one.terms.map(\.column) == [0, 1]
                && abs(factors[0] - 1) < 1e-12 && abs(factors[1] + 1) < 1e-12
                && message == "task is determined by 1, rest"
        }
    }

    @Test("A column of zeros is called that")
    func zeros() {
        #expect {
            try MetaRegression(effects: effects, variances: variances, covariates: [[0, 0, 0, 0, 0]])
        } throws: { "\($0)" == "column 2 is zero in all studies" }
    }

    @Test("Years and their squares are not mistaken for collinear, and their fit is exact")
    func years() throws {
        let years = [2005.0, 2009, 2012, 2018, 2021]
        // An exact parabola: the fit must return it, although X'X has a condition of 1e19.
        let parabola = years.map { 0.2 + 0.01 * ($0 - 2010) - 0.003 * ($0 - 2010) * ($0 - 2010) }
        let fit = try MetaRegression(
            effects: parabola, variances: variances, covariates: [years, years.map { ($0 - 2010) * ($0 - 2010) }],
            estimator: .dersimonianLaird)
        #expect(zip(fit.fitted, parabola).allSatisfy { abs($0 - $1) < 1e-10 })
        #expect(fit.tau2 == 0)
    }

    @Test("Too few studies, shapes that differ, and values that are not numbers are typed errors")
    func values() {
        #expect(throws: MetaRegressionError.tooFewStudies(studies: 2, coefficients: 2)) {
            try MetaRegression(effects: [0, 1], variances: [1, 1], covariates: [[0, 1]])
        }
        #expect(throws: MetaRegressionError.shape(effects: 5, variances: 4, designRows: 5)) {
            try MetaRegression(effects: effects, variances: Array(variances.dropLast()))
        }
        #expect(throws: MetaRegressionError.badValue(row: 2)) {
            try MetaRegression(effects: [0.1, 0.5, .nan, 0.9, 0.4], variances: variances)
        }
        #expect(throws: MetaRegressionError.badValue(row: 0)) {
            try MetaRegression(effects: effects, variances: [0, 0.2, 0.1, 0.3, 0.2])
        }
        #expect(throws: MetaRegressionError.badContrast(columns: 2, coefficients: 1)) {
            try MetaRegression(effects: effects, variances: variances).contrast([1, 0])
        }
    }

    @Test("Rows of a joint test that repeat others do not count")
    func rank() throws {
        let fit = try MetaRegression(
            effects: effects, variances: variances, covariates: [[1, 2, 3, 4, 7]], test: .knappHartung)
        let once = try fit.jointTest([[0, 1]])
        let thrice = try fit.jointTest([[0, 1], [0, -2], [0, 0]])
        #expect(once == thrice && once.degreesOfFreedom == 1 && once.denominator == 3)
    }

    @Test("A study that alone informs a coefficient cannot be left out")
    func leaveOneOut() throws {
        let fit = try MetaRegression(effects: effects, variances: variances, covariates: [[0, 0, 1, 0, 0]])
        #expect(fit.leaveOneOut().map { $0 == nil } == [false, false, true, false, false])
        #expect(fit.influence()[2] == nil)
    }
}

@Suite("τ² of awkward data")
struct HeterogeneityEstimatorTests {
    /// Likelihood, written out plainly for the intercept-only model.
    private func deviance(_ effects: [Double], _ variances: [Double], tau2: Double, restricted: Bool) -> Double {
        let weights = variances.map { 1 / ($0 + tau2) }
        let total = weights.reduce(0, +)
        let mean = zip(weights, effects).reduce(0) { $0 + $1.0 * $1.1 } / total
        let q = zip(weights, effects).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
        return q - weights.reduce(0) { $0 + log($1) } + (restricted ? log(total) : 0)
    }

    @Test("ML and REML are maxima of the likelihood, for variances from 1e-4 to 10 and any outlier")
    func maxima() {
        let random = Philox(seed: 7, name: "awkward", purpose: 0)
        let ones = { (count: Int) in Matrix(rows: count, columns: 1, repeating: 1) }
        for index in 0..<500 {
            let count = 2 + index % 9
            let words = (0..<count).map { random([UInt32(index), UInt32($0), 0, 0]) }
            let variances = words.map { pow(10, 5 * Philox.uniform($0.x) - 4) }
            let effects = words.map { Normal.quantile(Philox.uniform($0.y)) * (index % 3 == 0 ? 30 : 0.3) }
            for estimator in [HeterogeneityEstimator.maximumLikelihood, .reml] {
                let tau2 = estimator.tau2(effects: effects, variances: variances, design: ones(count))
                let restricted = estimator == .reml
                let best = deviance(effects, variances, tau2: tau2, restricted: restricted)
                let slack = 1e-9 * max(1, abs(best))
                for other in [0, 0.9 * tau2, 0.999 * tau2, 1.001 * tau2 + 1e-9, 1.1 * tau2 + 1e-7] {
                    let there = deviance(effects, variances, tau2: other, restricted: restricted)
                    #expect(there >= best - slack, "\(index) \(estimator) \(tau2): better at \(other)")
                }
            }
        }
    }

    @Test("Paule–Mandel leaves Q at its degrees of freedom; equal effects leave nothing, by any estimator")
    func pauleMandel() {
        let effects = [0.1, 5, -3, 40, 0.2]
        let variances = [1e-4, 2, 0.3, 1, 10]
        let design = Matrix(rows: 5, columns: 1, repeating: 1)
        let tau2 = HeterogeneityEstimator.pauleMandel.tau2(effects: effects, variances: variances, design: design)
        let weights = variances.map { 1 / ($0 + tau2) }
        let mean = zip(weights, effects).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
        let q = zip(weights, effects).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
        #expect(abs(q - 4) < 1e-9)
        for estimator in HeterogeneityEstimator.allCases {
            #expect(
                estimator.tau2(effects: [0.3, 0.3, 0.3, 0.3, 0.3], variances: variances, design: design) == 0,
                "\(estimator)")
        }
    }
}
