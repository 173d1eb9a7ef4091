import Statistics
import Synthesis
import Testing

/// Published data sets with dependent effects by metafor's `rma.mv` and clubSandwich.
@Suite("Models of dependent effects")
struct MultilevelModelTests {
    private func model(_ c: SynthesisReference.Dependent) throws -> MultilevelModel {
        try MultilevelModel(
            effects: c.y, sampling: SamplingCovariance(Matrix(rows: c.V)), design: Matrix(rows: c.X), random: c.random,
            method: #require(MultilevelModel.Method(rawValue: c.method)))
    }

    @Test("Three levels, crossed effects, several outcomes: estimates, errors, likelihood, Q to 1e-6")
    func fits() throws {
        let cases = try SynthesisReference.load().dependent
        #expect(cases.count == 19)
        for c in cases {
            let name = "\(c.name) \(c.method)"
            let fit = try model(c)
            let intervals = fit.coefficients.indices.map { fit.coefficient($0).interval() }
            #expect(isNear(fit.coefficients, c.b.values, 1e-6), "\(name) \(fit.coefficients) \(c.b.values)")
            #expect(isNear(fit.covariance.elements, c.vb.flatMap { $0 }, 2e-6), "\(name) covariance")
            #expect(isNear(intervals.map(\.lower), c.lower.values, 1e-6, scale: 0.01), "\(name)")
            #expect(isNear(intervals.map(\.upper), c.upper.values, 1e-6, scale: 0.01), "\(name)")
            #expect(isNear(fit.residualHeterogeneity.statistic, c.qe, 1e-9), "\(name) Q")
            #expect(isNear(fit.moderatorTest.statistic, c.qm, 1e-6), "\(name) QM")
            // Never a lower likelihood, and no higher one either.
            #expect(fit.logLikelihood >= c.ll - 1e-9, "\(name) \(fit.logLikelihood) \(c.ll)")
            #expect(isNear(fit.logLikelihood, c.ll, 1e-7), "\(name) \(fit.logLikelihood) \(c.ll)")
            if let contain = c.contain {
                let contained = try MultilevelModel(
                    effects: c.y, sampling: SamplingCovariance(Matrix(rows: c.V)), design: Matrix(rows: c.X),
                    random: c.random, test: .contained)
                #expect(
                    contained.coefficients.indices.map { contained.coefficient($0).degreesOfFreedom } == contain.values,
                    "\(name)")
            }
        }
    }

    @Test("Variance components and correlations to 1e-6 of their size, or 1e-7 near zero")
    func components() throws {
        for c in try SynthesisReference.load().dependent {
            let fit = try model(c)
            let name = "\(c.name) \(c.method)"
            if c.kind == "outcomes" {
                let expected = try #require(c.G)
                #expect(
                    isNear(fit.groupCovariances[0].elements, expected.flatMap { $0 }, 5e-6, scale: 0.02),
                    "\(name) \(fit.groupCovariances[0].elements) \(expected)")
            } else {
                let found = fit.groupCovariances.map { $0[0, 0] }
                #expect(isNear(found, c.sigma2.values, 1e-6, scale: 0.1), "\(name) \(found) \(c.sigma2.values)")
            }
        }
    }

    @Test("Profile intervals of variance components and correlations to 1e-5")
    func intervals() throws {
        var count = 0
        for c in try SynthesisReference.load().dependent {
            guard let expected = c.intervals else { continue }
            let fit = try model(c)
            for (index, component) in fit.components.enumerated() {
                guard let own = expected[label(component, fit, c)] else { continue }
                let found = try #require(fit.interval(of: index))
                for (a, b) in zip([found.lower, found.upper], own) {
                    guard let b else { continue }
                    count += 1
                    #expect(isNear(a, b, 1e-5, scale: 0.01), "\(c.name) \(c.method) \(component.name) \(found) \(own)")
                }
            }
        }
        print("\(count) ends of profile intervals compared")
        #expect(count > 40)
    }

    /// metafor's name of a component.
    private func label(
        _ component: VarianceComponent, _ fit: MultilevelModel, _ c: SynthesisReference.Dependent
    ) -> String {
        if component.kind == .correlation { return "rho" }
        if c.kind != "outcomes" {
            guard fit.random.count > 1 else { return "sigma^2" }
            return "sigma^2.\((fit.random.firstIndex { $0.name == component.effect } ?? 0) + 1)"
        }
        guard let column = fit.random[0].columnNames.firstIndex(of: component.name) else { return "tau^2" }
        // metafor numbers outcomes by the alphabet.
        let sorted = fit.random[0].columnNames.sorted()
        return "tau^2.\((sorted.firstIndex(of: fit.random[0].columnNames[column]) ?? 0) + 1)"
    }

    @Test("CR2 errors, Satterthwaite's degrees of freedom and the approximate Hotelling test to 1e-6")
    func robust() throws {
        var joints = 0
        for c in try SynthesisReference.load().dependent {
            guard let expected = c.robust, let cluster = c.cluster else { continue }
            let name = "\(c.name) \(c.method)"
            let robust = try model(c).robust(clusters: cluster)
            let found = robust.coefficients.indices.map { robust.coefficient($0) }
            #expect(isNear(found.map(\.standardError), expected.se.values, 1e-6), "\(name) se")
            #expect(
                isNear(found.map(\.degreesOfFreedom), expected.df.values, 1e-5),
                "\(name) df \(found.map(\.degreesOfFreedom)) \(expected.df.values)")
            #expect(isNear(found.map(\.pValue), expected.p.values, 1e-5), "\(name) p")
            if let joint = expected.joint {
                joints += 1
                let p = found.count
                let tested = c.name.contains("assink") ? [1, 2] : [1]
                let test = try robust.jointTest(tested.map { j in (0..<p).map { $0 == j ? 1 : 0 } })
                #expect(
                    isNear(
                        [test.denominator.isInfinite ? .nan : test.statistic, test.degreesOfFreedom, test.denominator],
                        [joint.f, joint.df, joint.denominator], 1e-5),
                    "\(name) \(test) \(joint)")
                #expect(isNear(test.pValue, joint.p, 1e-5), "\(name)")
            }
        }
        #expect(joints == 3)
    }

    @Test("Effects that the model makes dependent must share a cluster")
    func cut() throws {
        let c = try #require(try SynthesisReference.load().dependent.first)
        let fit = try model(c)
        #expect(throws: SynthesisError.self) { try fit.robust(clusters: c.groups[1]) }
    }

    @Test("Without correlated errors and with one effect per group, the random-effects model")
    func plain() throws {
        let set = try #require(try SynthesisReference.load().independent.first)
        let plain = try MetaRegression(effects: set.y, variances: set.v, estimator: .reml)
        let model = try MultilevelModel(
            effects: set.y, sampling: SamplingCovariance(variances: set.v),
            random: [RandomEffect("study", groups: Array(set.y.indices))], test: .wald)
        #expect(isNear(model.groupCovariances[0][0, 0], plain.tau2, 1e-9))
        #expect(isNear(model.coefficients, plain.coefficients, 1e-9))
        #expect(isNear(model.standardErrors, plain.standardErrors, 1e-9))
        #expect(isNear(model.i2?.first ?? .nan, plain.i2, 1e-9))
        let interval = try #require(model.interval(of: 0))
        let profile = try #require(plain.tau2ProfileInterval())
        #expect(isNear([interval.lower, interval.upper], [profile.lower, profile.upper], 1e-7))
    }

    @Test("The default: three levels with correlated errors and CR2, as metafor and clubSandwich together")
    func dependentPooling() throws {
        for c in try SynthesisReference.load().dependent where c.name.hasPrefix("assink2016, ") {
            let correlation = try #require(c.correlation)
            let pooled = try DependentPooling(
                effects: c.y, variances: Matrix(rows: c.V).diagonal, studies: c.groups[0], correlation: correlation)
            let expected = try #require(c.robust)
            #expect(isNear(pooled.estimate.value, c.b.values[0], 1e-6), "\(c.name)")
            #expect(isNear(pooled.estimate.standardError, expected.se.values[0], 1e-6), "\(c.name)")
            #expect(isNear(pooled.estimate.degreesOfFreedom, expected.df.values[0], 1e-5), "\(c.name)")
            #expect(isNear([pooled.betweenStudies, pooled.withinStudies], c.sigma2.values, 1e-5), "\(c.name)")
        }
    }
}
