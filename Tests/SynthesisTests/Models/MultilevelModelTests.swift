import Statistics
import Synthesis
import Testing

/// Published data sets with dependent effects by metafor's `rma.mv` and clubSandwich.
@Suite("Models of dependent effects")
struct MultilevelModelTests {
    private func model(_ c: SynthesisReference.Dependent) throws -> MultilevelModel {
        try MultilevelModel(
            effects: c.y, sampling: SamplingCovariance(Matrix(rows: c.sampling)), design: Matrix(rows: c.design),
            random: c.random,
            method: #require(MultilevelModel.Method(rawValue: c.method)))
    }

    /// V and metafor's own variance components as one known covariance, without random effects: all that follows from them.
    private func given(_ c: SynthesisReference.Dependent, test: MultilevelModel.Test = .t) throws -> MultilevelModel {
        var m = Matrix(rows: c.sampling)
        let sigma2 = c.sigma2.values
        for (index, effect) in c.random.enumerated() {
            // metafor numbers outcomes by the alphabet.
            let sorted = effect.columnNames.sorted()
            let place = effect.columnNames.map { sorted.firstIndex(of: $0) ?? 0 }
            for i in c.y.indices {
                for j in c.y.indices where effect.groups[i] == effect.groups[j] {
                    guard c.kind == "outcomes", let g = c.effectCovariance else {
                        m[i, j] += sigma2[index]
                        continue
                    }
                    let a = effect.columns.firstIndex { $0[i] == 1 } ?? 0
                    let b = effect.columns.firstIndex { $0[j] == 1 } ?? 0
                    m[i, j] += g[place[a]][place[b]]
                }
            }
        }
        return try MultilevelModel(
            effects: c.y, sampling: SamplingCovariance(m), design: Matrix(rows: c.design), random: [],
            method: #require(MultilevelModel.Method(rawValue: c.method)), test: test)
    }

    @Test("Given metafor's variance components: coefficients, errors, tests, likelihood and CR2 to 1e-9 and 1e-7")
    func given() throws {
        for c in try SynthesisReference.load().dependent {
            let name = "\(c.name) \(c.method)"
            let fit = try given(c)
            let intervals = fit.coefficients.indices.map { fit.coefficient($0).interval() }
            #expect(isNear(fit.coefficients, c.b.values, 1e-9), "\(name)")
            #expect(isNear(fit.covariance.elements, c.vb.flatMap { $0 }, 1e-9), "\(name) covariance")
            #expect(isNear(intervals.map(\.lower), c.lower.values, 1e-9), "\(name)")
            #expect(isNear(intervals.map(\.upper), c.upper.values, 1e-9), "\(name)")
            let p = fit.coefficients.indices.map { fit.coefficient($0).pValue }
            #expect(isNear(p, c.p.values, 1e-8), "\(name) p")
            // A single coefficient is tested by t² here, by F there: the same number.
            #expect(isNear(fit.moderatorTest.statistic, c.qm, 1e-8), "\(name) QM")
            #expect(isNear(fit.moderatorTest.pValue, c.qmp, 1e-8), "\(name) p of QM")
            #expect(isNear(fit.logLikelihood, c.ll, 1e-9), "\(name) \(fit.logLikelihood) \(c.ll)")
            guard let expected = c.robust, let cluster = c.cluster else { continue }
            let robust = try fit.robust(clusters: cluster)
            let found = robust.coefficients.indices.map { robust.coefficient($0) }
            #expect(isNear(found.map(\.standardError), expected.se.values, 1e-9), "\(name) CR2")
            #expect(isNear(found.map(\.degreesOfFreedom), expected.df.values, 1e-7), "\(name) df")
            #expect(isNear(found.map(\.pValue), expected.p.values, 1e-7), "\(name) p")
        }
    }

    @Test("Our own variance components: the likelihood is never lower than metafor's, everything near to 1e-5")
    func fits() throws {
        let cases = try SynthesisReference.load().dependent
        #expect(cases.count == 19)
        for c in cases {
            let name = "\(c.name) \(c.method)"
            let fit = try model(c)
            #expect(fit.logLikelihood >= c.ll - 1e-9, "\(name) \(fit.logLikelihood) \(c.ll)")
            #expect(isNear(fit.logLikelihood, c.ll, 1e-6), "\(name) \(fit.logLikelihood) \(c.ll)")
            // metafor's optimiser leaves correlated outcomes at about 1e-6 of the variances, intercepts alone at 1e-8.
            let tolerance = c.kind == "outcomes" ? 1e-5 : 1e-6
            #expect(isNear(fit.coefficients, c.b.values, tolerance), "\(name)")
            #expect(
                isNear(fit.standardErrors, Matrix(rows: c.vb).diagonal.map { $0.squareRoot() }, tolerance), "\(name)")
            #expect(isNear(fit.residualHeterogeneity.statistic, c.qe, 1e-9), "\(name) Q")
            if c.kind == "outcomes" {
                let g = fit.groupCovariances[0]
                let names = fit.random[0].columnNames
                let order = names.indices.sorted { names[$0] < names[$1] }
                let sorted = g.selectingRows(order).selectingColumns(order)
                let expected = try #require(c.effectCovariance)
                #expect(
                    isNear(sorted.elements, expected.flatMap { $0 }, 1e-4, scale: 0.01),
                    "\(name) \(sorted.elements) \(expected)")
            } else {
                let found = fit.groupCovariances.map { $0[0, 0] }
                #expect(isNear(found, c.sigma2.values, 1e-6, scale: 0.01), "\(name) \(found) \(c.sigma2.values)")
            }
            if let contain = c.contain {
                let contained = try MultilevelModel(
                    effects: c.y, sampling: SamplingCovariance(Matrix(rows: c.sampling)),
                    design: Matrix(rows: c.design),
                    random: c.random, test: .contained)
                let degrees = contained.coefficients.indices.map { contained.coefficient($0).degreesOfFreedom }
                #expect(degrees == contain.values, "\(name)")
            }
        }
    }

    /// Ends of profile intervals that metafor gives for a model, by its own name or by the other name of the same one: of two
    /// outcomes UN is HCS.
    private func ends(
        _ c: SynthesisReference.Dependent, _ cases: [SynthesisReference.Dependent], _ name: String, isUpper: Bool
    ) -> [Double] {
        let twin =
            c.name.hasSuffix(" UN")
            ? c.name.replacing(" UN", with: " HCS") : c.name.replacing(" HCS", with: " UN")
        return cases.filter { $0.method == c.method && ($0.name == c.name || $0.name == twin) }
            .compactMap { $0.intervals?[name]?[isUpper ? 1 : 0] }
    }

    @Test("Profile intervals of variance components to 1e-5, those of UN by HCS where metafor's search for UN failed")
    func intervals() throws {
        var count = 0
        var wider: [String] = []
        let cases = try SynthesisReference.load().dependent
        for c in cases {
            guard let expected = c.intervals else { continue }
            let fit = try model(c)
            for (index, component) in fit.components.enumerated() {
                let named = label(component, fit, c)
                guard let own = expected[named] else { continue }
                let found = try #require(fit.interval(of: index))
                for (isUpper, (a, b)) in zip([false, true], zip([found.lower, found.upper], own)) {
                    // metafor says NA where its search for an end failed.
                    guard b != nil else { continue }
                    count += 1
                    let known = ends(c, cases, named, isUpper: isUpper)
                    if known.contains(where: { isNear(a, $0, 1e-5, scale: 0.01) }) { continue }
                    let b = known.min() ?? .nan
                    // metafor's search for an end can stop short (Docs/multilevel-models.md); it never goes too far.
                    let name = "\(c.name) \(c.method) \(component.name) \(found) \(own)"
                    #expect(c.kind == "outcomes" && (isUpper ? a > b : a < b), "\(name)")
                    wider.append(name)
                }
            }
        }
        #expect(count > 40)
        // ρ of CS by ML.
        #expect(wider.count == 1, "\(wider)")
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

    @Test("Several coefficients under CR2: the approximate Hotelling test (HTZ) to 1e-6, given metafor's components")
    func hotelling() throws {
        var joints = 0
        for c in try SynthesisReference.load().dependent {
            guard let joint = c.robust?.joint, let cluster = c.cluster else { continue }
            joints += 1
            let robust = try given(c).robust(clusters: cluster)
            let tested = c.name.contains("assink") ? [1, 2] : [1]
            let test = try robust.jointTest(
                tested.map { j in robust.coefficients.indices.map { $0 == j ? 1 : 0 } })
            #expect(
                isNear(
                    [test.statistic, test.degreesOfFreedom, test.denominator], [joint.f, joint.df, joint.denominator],
                    1e-6), "\(c.name) \(test) \(joint)")
            #expect(isNear(test.pValue, joint.p, 1e-6), "\(c.name)")
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
                effects: c.y, variances: Matrix(rows: c.sampling).diagonal, studies: c.groups[0],
                correlation: correlation)
            let expected = try #require(c.robust)
            #expect(isNear(pooled.estimate.value, c.b.values[0], 1e-6), "\(c.name)")
            #expect(isNear(pooled.estimate.standardError, expected.se.values[0], 1e-6), "\(c.name)")
            #expect(isNear(pooled.estimate.degreesOfFreedom, expected.df.values[0], 1e-5), "\(c.name)")
            #expect(isNear([pooled.betweenStudies, pooled.withinStudies], c.sigma2.values, 1e-5), "\(c.name)")
        }
    }
}
