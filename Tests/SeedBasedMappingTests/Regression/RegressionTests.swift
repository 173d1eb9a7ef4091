import Evidence
import Imaging
import Inference
import SeedBasedMapping
import Statistics
import Testing
import VoxelKernels

/// Meta-regression in every voxel: the solver against Statistics' `MetaRegression`, the kernel against the solver, and
/// whole models against the mean analysis.
@Suite("Voxelwise meta-regression")
struct RegressionTests {
    /// A random problem with an intercept and `p − 1` covariates in unlike units.
    private struct Problem {
        var columns: [[Double]]
        var scales: [EffectScale]

        init(studies: Int, columns p: Int, seed: UInt64) {
            let random = Philox(key: seed)
            columns = (0..<p).map { k in
                (0..<studies).map { study in
                    if k == 0 { return 1 }
                    let u = Philox.uniform(random([UInt32(study), UInt32(k), 0, 0]).x)
                    return k == 1 ? 2000 + 20 * u : k == 2 ? (u > 0.5 ? 1 : 0) : u * u
                }
            }
            scales = (0..<studies).map { EffectScale(n1: 8 + 3 * $0 % 40, n2: $0 % 3 == 0 ? 10 : 0) }
        }

        func effects(_ seed: UInt64, heterogeneity: Double = 0.5) -> [Double] {
            let random = Philox(key: seed)
            return scales.indices.map {
                0.2 + heterogeneity * Normal.quantile(Philox.uniform(random([UInt32($0), 99, 0, 0]).x))
            }
        }
    }

    @Test(
        "A voxel's fit is MetaRegression's: coefficients, covariance, τ², Q",
        arguments: [(6, 2), (12, 3), (30, 4)], [RandomEffects.Estimator.dersimonianLaird, .reml])
    func solver(shape: (Int, Int), estimator: RandomEffects.Estimator) throws {
        let problem = Problem(studies: shape.0, columns: shape.1, seed: 3)
        let design = RegressionDesign(
            columns: problem.columns, tests: [[0, 1] + Array(repeating: 0, count: shape.1 - 2)])
        for seed in 0..<20 {
            var y = problem.effects(UInt64(seed))
            var v = zip(problem.scales, y).map { $0.variance(ofG: $1) }
            // A study without a value counts for nothing.
            let missing = seed % 3 == 0 ? 1 : -1
            let kept = y.indices.filter { $0 != missing }
            let expected = try MetaRegression(
                effects: kept.map { y[$0] }, variances: kept.map { v[$0] },
                covariates: problem.columns.dropFirst().map { column in kept.map { column[$0] } },
                estimator: estimator == .reml ? .reml : .dersimonianLaird)
            if missing >= 0 {
                y[missing] = 0
                v[missing] = .infinity
            }
            var fit = RegressionFit(columns: shape.1)
            let isDetermined = fit.fit(
                design: design.values, effects: y, variances: v, rows: shape.0, estimator: estimator)
            #expect(isDetermined)
            #expect(abs(fit.tau2 - expected.tau2) < 1e-6 * max(1, expected.tau2))
            #expect(abs(fit.q - expected.residualHeterogeneity.statistic) < 1e-8 * max(1, fit.q))
            let wald = WaldStatistic(coefficients: fit.coefficients, covariance: fit.covariance)
            for k in 0..<shape.1 {
                let unit = (0..<shape.1).map { $0 == k ? 1.0 : 0 }
                let (value, variance) = wald.estimate(design.weights(unit))
                let ours = expected.coefficient(k)
                #expect(abs(value - ours.value) < 1e-5 * max(1, abs(ours.value)))
                #expect(abs(variance.squareRoot() - ours.standardError) < 1e-5 * max(1, ours.standardError))
            }
        }
    }

    @Test("Experiments that do not determine the coefficients give none")
    func undetermined() {
        var fit = RegressionFit(columns: 2)
        let design = [1.0, 0, 1, 0, 1, 1]
        // The only study with another value of the covariate is missing.
        let isDetermined = fit.fit(
            design: design, effects: [0.1, 0.2, 0], variances: [0.1, 0.1, .infinity], rows: 3,
            estimator: .dersimonianLaird)
        #expect(!isDetermined)
    }

    @Test("The reduced model: a slope leaves studies exchangeable, a mean does not")
    func reduced() {
        let columns = [[1, 1, 1, 1], [1.0, 2, 3, 5]]
        let slope = RegressionDesign(columns: columns, tests: [[0, 1]])
        #expect(slope.permutesStudies && slope.reducedColumns == 1)
        #expect(slope.reduced.allSatisfy { abs(abs($0) - 1) < 1e-12 })
        #expect(!RegressionDesign(columns: columns, tests: [[1, 2.75]]).permutesStudies)
        #expect(!RegressionDesign(columns: columns, tests: [[1, 0], [0, 1]]).permutesStudies)
    }

    // MARK: - The kernel

    /// The kernel's statistic beside the solver's, pooled by Rubin's rules, for effects that are given study by study.
    @Test(
        "Kernel and solver agree to 1e-5 of max(1, |z|), with missing studies, on every instruction set",
        arguments: [(4, 1, 1), (6, 2, 5), (11, 2, 20), (22, 3, 50), (40, 5, 16)])
    func kernel(studies: Int, columns: Int, imputations: Int) {
        let problem = Problem(studies: studies, columns: columns, seed: 7)
        var tests: [[[Double]]] = [[(0..<columns).map { $0 == columns - 1 ? 1 : 0 }]]
        if columns > 2 { tests.append((1..<columns).map { k in (0..<columns).map { $0 == k ? 1 : 0 } }) }
        for tests in tests {
            let design = RegressionDesign(columns: problem.columns, tests: tests)
            let tile = Int(CUNEUS_TILE)
            let random = Philox(key: 11)
            let size = imputations * studies * tile
            func noise(_ i: Int) -> Double { Normal.quantile(Philox.uniform(random([UInt32(i), 1, 0, 0]).x)) }
            var fitted = [Float](repeating: 0, count: size)
            var weights = fitted
            let zero = fitted
            let one = [Float](repeating: 1, count: size)
            for i in 0..<size {
                let study = i / tile % studies
                fitted[i] = Float(0.3 + 0.4 * noise(i % (studies * tile)) + 0.1 * noise(i + 1_000_000))
                weights[i] = Float(1 / problem.scales[study].variance(ofG: Double(fitted[i])))
            }
            let present = (0..<studies * tile).map { i -> Float in
                studies > columns + 3 && i % 7 == 3 ? 0 : 1
            }
            let order = (0..<Int32(studies)).map { $0 }
            let kernel = RegressionKernel(design, imputations: imputations, unitVariance: false)
            let scratch = UnsafeMutableRawPointer.allocate(byteCount: 128 * studies, alignment: 64)
            defer { scratch.deallocate() }
            var results: [[Float]] = []
            for instructions in VectorInstructions.available {
                var z = [Float](repeating: 0, count: tile)
                fitted.withUnsafeBufferPointer { fitted in
                    weights.withUnsafeBufferPointer { weights in
                        zero.withUnsafeBufferPointer { zero in
                            one.withUnsafeBufferPointer { one in
                                present.withUnsafeBufferPointer { present in
                                    order.withUnsafeBufferPointer { order in
                                        var data = cuneus_regression_data()
                                        data.fitted = fitted.baseAddress
                                        data.weights = weights.baseAddress
                                        data.residuals = zero.baseAddress
                                        data.scales = one.baseAddress
                                        data.present = present.baseAddress
                                        data.order = order.baseAddress
                                        kernel(
                                            instructions, [], data,
                                            scratch: scratch.assumingMemoryBound(to: Float.self), into: &z)
                                    }
                                }
                            }
                        }
                    }
                }
                results.append(z)
            }
            for z in results { #expect(z == results[0]) }
            for voxel in 0..<tile {
                var pool = RegressionPool(columns: columns)
                var fit = RegressionFit(columns: columns)
                for j in 0..<imputations {
                    let at = (0..<studies).map { (j * studies + $0) * tile + voxel }
                    let isHere = (0..<studies).map { present[$0 * tile + voxel] > 0 }
                    let y = at.indices.map { isHere[$0] ? Double(fitted[at[$0]]) : 0 }
                    let v = at.indices.map { isHere[$0] ? 1 / Double(weights[at[$0]]) : .infinity }
                    let isDetermined = fit.fit(
                        design: design.values, effects: y, variances: v, rows: studies, estimator: .dersimonianLaird)
                    #expect(isDetermined)
                    pool.add(fit, residualDF: isHere.count { $0 } - columns)
                }
                guard let pooled = pool.pooled else {
                    Issue.record("no pooled result")
                    continue
                }
                let wald = WaldStatistic(coefficients: pooled.coefficients, covariance: pooled.covariance)
                let expected: Double
                if tests.count == 1 {
                    let (value, variance) = wald.estimate(design.tests[0])
                    expected = value / variance.squareRoot()
                } else {
                    let p = ChiSquare(degreesOfFreedom: Double(tests.count)).upperTail(wald.chiSquare(design.tests))
                    expected = p < 0.5 ? -Normal.quantile(p) : 0
                }
                #expect(abs(Double(results[0][voxel]) - expected) < 1e-5 * max(1, abs(expected)))
            }
        }
    }

    // MARK: - Permutation of studies

    @Test("All orders of few studies are enumerated, each once, the identity first; more are drawn")
    func orders() {
        let four = StudyPermutations(studies: 4, requested: 100, seed: 1)
        #expect(four.isExhaustive && four.count == 24)
        #expect(Set((0..<24).map { four.order($0) }).count == 24)
        #expect(four.order(0) == [0, 1, 2, 3])
        let many = StudyPermutations(studies: 20, requested: 500, seed: 1)
        #expect(!many.isExhaustive && many.order(0) == (0..<20).map { $0 })
        for permutation in 1..<500 { #expect(Set(many.order(permutation)).count == 20) }
        #expect(Set((0..<500).map { many.order($0) }).count == 500)
        // Every study goes everywhere about equally often: 25 ± 5 (SD 4.9) of 500 each.
        let first = (1..<500).reduce(into: [Int](repeating: 0, count: 20)) { $0[Int(many.order($1)[0])] += 1 }
        #expect(first.allSatisfy { (8...45).contains($0) })
    }

    /// Independent voxels, each a data set of its own: 12 studies of unlike size, τ = 0.2, and a covariate that has nothing to
    /// do with the effect. Of 6,000 voxels 5 % should have p ≤ .05; 99.9 % limits are ± 0.93 %.
    @Test("Freedman–Lane p of a covariate without effect is uniform; with an effect it is small")
    func typeOne() async throws {
        let grid = Grid(shape: [20, 20, 15], affine: Affine(scale: [-4, 4, 4], origin: .zero))!
        let mask = Mask(grid: grid) { _ in true }
        let studies = 12
        let covariate = (0..<studies).map { Double($0 * $0 % 7) }
        let random = Philox(key: 21)
        func map(_ study: Int, slope: Double) -> (EffectScale, [Float]) {
            let scale = EffectScale(n1: 8 + 5 * study)
            let values = mask.voxels.indices.map { voxel in
                let words = random([UInt32(voxel), UInt32(study), 0, 0])
                let between = 0.2 * Normal.quantile(Philox.uniform(words.x))
                let within = scale.constantVariance.squareRoot() * Normal.quantile(Philox.uniform(words.y))
                return Float(0.3 + slope * covariate[study] + between + within)
            }
            return (scale, values)
        }
        func share(slope: Double) async throws -> Double {
            let maps = (0..<studies).map { map($0, slope: slope) }
            let nothing = [Float](repeating: 0, count: mask.count)
            let imputed = maps.enumerated().map { index, map in
                ImputedStudy(
                    id: "s\(index)", seed: 1, scale: map.0, bounds: EffectBounds(lower: map.1, upper: map.1),
                    mean: nothing, tau2: nothing)
            }
            let template = CorrelationTemplate(domain: mask, constant: 0.9)
            let test = SubjectPermutationTest(
                studies: imputed, scheme: PermutationScheme([], requested: 1, seed: 1), rows: nil,
                design: RegressionDesign(columns: [Array(repeating: 1, count: studies), covariate], tests: [[0, 1]]),
                studyPermutations: StudyPermutations(studies: studies, requested: 200, seed: 5), imputations: 1,
                estimator: .dersimonianLaird, unitVariance: false,
                statistics: MaximumStatistics(
                    tfce: ThresholdFreeClusterEnhancement(table: NeighbourTable(mask, .faces)),
                    clusterTable: NeighbourTable(mask, .edges), clusterForming: 3.1),
                sampler: CopulaSampler(mask: mask, template: template, noiseFWHM: 2.6),
                noise: SubjectNoise(mask: mask, template: template), instructions: .best,
                workers: Workers(threads: 2), progress: SilentProgress())
            let plan = try #require(test.memoryPlan(limit: 1 << 30))
            let z = try await test.zMaps(0..<200, draws: test.makeDraws(plan))
            let p = mask.voxels.indices.map { voxel in
                Double(z.count { $0[voxel] >= z[0][voxel] }) / Double(z.count)
            }
            return Double(p.count { $0 <= 0.05 }) / Double(p.count)
        }
        let level = try await share(slope: 0)
        #expect(abs(level - 0.05) < 0.0093, "\(level)")
        let power = try await share(slope: 0.25)
        #expect(power > 0.8, "\(power)")
    }
}
