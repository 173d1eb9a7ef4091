import Evidence
import Formats
import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Statistics
import Testing

@Suite("Correlations with a predictor")
struct CorrelationAnalysisTests {
    private static let here = SourceLocation(file: "test")

    private static func experiment(
        _ id: String, n: Int, t: Double = 3.3, peaks: [(SIMD3<Double>, Peak.Height)]
    ) -> Experiment {
        var experiment = SeedBasedAnalysisTests.experiment(id, n1: n, t: t, peaks: peaks)
        experiment.measure = .correlation
        return experiment
    }

    private static let experiments = [
        experiment("a", n: 20, peaks: [([0, 0, 0], .t(4.5)), ([10, 4, -6], .t(-3.9))]),
        experiment("b", n: 14, peaks: [([2, 2, 0], .t(5.1))]),
        experiment("c", n: 31, peaks: []),
        experiment("d", n: 17, peaks: [([-12, -8, 6], .negative), ([0, 2, 2], .t(3.6))]),
    ]

    private static func pearson(_ x: [Double], _ y: [Double]) -> Double {
        let n = Double(x.count)
        let (mx, my) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
        let xy = zip(x, y).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
        let xx = x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }
        let yy = y.reduce(0) { $0 + ($1 - my) * ($1 - my) }
        return xy / (xx * yy).squareRoot()
    }

    /// Noise of `n` subjects at one voxel.
    private static func noise(_ n: Int, seed: UInt64) -> [Double] {
        let mask = Mask(grid: Grid(shape: [1, 1, 1], affine: Affine(scale: [2, 2, 2], origin: .zero))!) { _ in true }
        let noise = SubjectNoise(mask: mask, template: CorrelationTemplate(domain: mask, constant: 0.9))
        var values = [Float](repeating: 0, count: n)
        values.withUnsafeMutableBufferPointer {
            noise.draw(
                noise.order(of: 0..<1), stream: Philox(key: seed), group: 0, subjects: n,
                predictor: PermutationScheme.predictor(subjects: n), values: $0.baseAddress!, base: 0, stride: n)
        }
        return values.map(Double.init)
    }

    @Test("A peak's t is Fisher's z over n − 2 degrees of freedom; so is the threshold, and a peak of known sign only")
    func prepared() throws {
        for compatibility in Settings.Compatibility.allCases {
            var settings = Settings.sdmPSI
            settings.compatibility = compatibility
            let prepared = try PreparedExperiment(Self.experiments[3], settings: settings)
            // n = 17: z = arsinh(t/√15) = ln(t/√15 + √(1 + t²/15)).
            func z(_ t: Double) -> Double { log(t / 15.0.squareRoot() + (1 + t * t / 15).squareRoot()) }
            #expect(abs(try #require(prepared.thresholdG) - z(3.3)) < 1e-12)
            #expect(abs(prepared.peaks[0].g + z(3.3)) < 1e-12)
            #expect(abs(prepared.peaks[1].g - z(3.6)) < 1e-12)
        }
    }

    @Test("Three participants are too few; correlations and changes do not go into one model")
    func refused() async throws {
        let few = Self.experiment("few", n: 3, t: 30, peaks: [([0, 0, 0], .t(40))])
        #expect(throws: InputError.self) { _ = try PreparedExperiment(few, settings: .sdmPSI) }
        await #expect(throws: InputError.self) {
            _ = try await SeedBasedAnalysisTests.run(
                [], experiments: Self.experiments + SeedBasedAnalysisTests.experiments)
        }
    }

    @Test("Each shuffle of the predictor gives the correlation of the subjects' own values with the shuffled predictor")
    func bruteForce() {
        for (n, r) in [(4, 0.0), (5, 0.4), (9, -0.7), (24, 0.93)] {
            let noise = Self.noise(n, seed: UInt64(n))
            let x = PermutationScheme.predictor(subjects: n)
            let subjects = zip(x, noise).map { r * $0 + (1 - r * r).squareRoot() * $1 }
            let scheme = PermutationScheme([.init(id: "e", predictorOf: n)], requested: 40, seed: 3)
            let scale = EffectScale(correlationOf: n)
            for p in 0..<scheme.count {
                let weights = scheme.weights(experiment: 0, permutation: p)
                let order = scheme.order(experiment: 0, permutation: p)
                let direct = Self.pearson(order.map { x[$0] }, subjects)
                let part = PermutationReference.Experiment(
                    scale: scale, mean: zip(weights.subjects, noise).reduce(0) { $0 + Double($1.0) * $1.1 },
                    slope: Double(weights.slope), effects: [scale.standardised(fromG: atanh(r))])
                let z = PermutationReference.z([part], estimator: .dersimonianLaird, unitVariance: false)
                // Alone, the pooled z is Fisher's z over its standard error.
                #expect(abs(tanh(z / Double(n - 3).squareRoot()) - direct) < 2e-6, "n = \(n), permutation \(p)")
                if p == 0 { #expect(abs(direct - r) < 2e-6) }
            }
        }
    }

    @Test(
        "The unpermuted data give the mean analysis' own z map",
        arguments: ["tau2_estimator=dl", "tau2_estimator=reml", "compat=sdm621"])
    func identity(setting: String) async throws {
        let result = try await SeedBasedAnalysisTests.run(
            [setting, "imputations=6", "permutations=2"], threads: 2, experiments: Self.experiments)
        let observed = try #require(result.familyWise).map(.voxel, .positive).observed
        let tolerance: Float = setting.hasSuffix("reml") ? 5e-3 : 1e-4
        for (ours, z) in zip(observed, result.maps.z) { #expect(abs(ours - z) <= tolerance * max(1, abs(z))) }
        #expect(result.maps.z.max()! > 2 && result.measure == .correlation)
    }

    @Test("Two correlations over four people: all 24 × 24 shuffles, in the kernel")
    func exhaustive() async throws {
        let few = [
            Self.experiment("a", n: 4, t: 10, peaks: [([0, 0, 0], .t(12))]),
            Self.experiment("b", n: 4, t: 10, peaks: [([0, 0, 0], .t(11))]),
        ]
        let result = try await SeedBasedAnalysisTests.run(
            ["imputations=4", "permutations=1000"], threads: 2, experiments: few)
        let test = try #require(result.familyWise)
        #expect(test.isExhaustive && test.permutations == 576)
    }

    @Test("Experiments known everywhere are pooled as Fisher's z with weights n − 3")
    func pooled() async throws {
        let space = SeedBasedAnalysisTests.space
        func flat(_ z: Float) -> EffectBounds {
            let map = [Float](repeating: z, count: space.mask.count)
            return EffectBounds(lower: map, upper: map)
        }
        var settings = Settings.sdmPSI
        settings.imputations = 2
        let analysis = SeedBasedAnalysis(space: space, settings: settings, workers: Workers(threads: 1))
        let maps = try await analysis.pooled(
            ids: ["a", "b", "c"], bounds: [flat(0.5), flat(0.3), flat(0.4)],
            scales: [13, 33, 23].map { EffectScale(correlationOf: $0) })
        // Q = 10·0.09² + ... = 0.31 of 2 degrees of freedom: τ² = 0.
        let mean = (10 * 0.5 + 30 * 0.3 + 20 * 0.4) / 60.0
        #expect(abs(Double(maps.g[7]) - mean) < 1e-6)
        #expect(abs(Double(maps.z[7]) - mean * 60.0.squareRoot()) < 1e-5)
        #expect(maps.tau2[7] == 0)
    }

    /// One study of data without an effect; its p by imputed subjects must be uniform, as that by the subjects themselves.
    @Test("Without an effect the p of one study is uniform, and close to that of Student's t")
    func uniform() {
        let n = 12
        let studies = 600
        let scheme = PermutationScheme([.init(id: "e", predictorOf: n)], requested: 400, seed: 8)
        let scale = EffectScale(correlationOf: n)
        let weights = (0..<400).map { scheme.weights(experiment: 0, permutation: $0) }
        let random = Philox(key: 44)
        var p: [Double] = []
        var worst = 0.0
        for study in 0..<studies {
            let values = (0..<2 * n).map { i in
                Normal.quantile(Philox.uniform(random([UInt32(study), UInt32(i), 0, 0]).x))
            }
            let r = Self.pearson(Array(values[..<n]), Array(values[n...]))
            let noise = Self.noise(n, seed: UInt64(1000 + study))
            let d = scale.standardised(fromG: atanh(r))
            let z = weights.map { weights in
                let mean = zip(weights.subjects, noise).reduce(0) { $0 + Double($1.0) * $1.1 }
                return PermutationReference.z(
                    [.init(scale: scale, mean: mean, slope: Double(weights.slope), effects: [d])],
                    estimator: .dersimonianLaird, unitVariance: false)
            }
            let found = Double(z.count { $0 >= z[0] }) / 400
            p.append(found)
            let t = StudentT(degreesOfFreedom: n - 2).upperTail(FisherZ.t(fromR: r, degreesOfFreedom: Double(n - 2)))
            worst = max(worst, abs(found - t))
        }
        // Kolmogorov–Smirnov at p = 0.001: 1.95/√600; p of 400 permutations are steps of 1/400.
        let sorted = p.sorted()
        let distance = sorted.enumerated().map { abs(Double($0.offset + 1) / Double(studies) - $0.element) }.max() ?? 1
        #expect(distance < 1.95 / Double(studies).squareRoot() + 1.0 / 400)
        for level in [0.05, 0.1] {
            let share = Double(p.count { $0 <= level }) / Double(studies)
            #expect(abs(share - level) < 3.3 * (level * (1 - level) / Double(studies)).squareRoot())
        }
        // 400 drawn permutations: a standard error of 0.025 at p = 0.5, and the shape of these twelve values.
        #expect(worst < 0.12)
        print("p of one correlation over 12: distance from uniform \(distance), from Student's t at most \(worst)")
    }

    // MARK: - Maps

    private func load(
        _ value: Float, intent: Intent = .none, as kind: Experiment.StatisticMap.Kind, measure: EffectMeasure
    ) throws -> Float {
        let space = SeedBasedAnalysisTests.space
        let path = NSTemporaryDirectory() + "cuneus-map-\(UUID().uuidString).nii.gz"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let image = [Float](repeating: value, count: space.grid.count)
        try NIfTIImage(Volume(grid: space.grid, values: image), intent: intent).write(to: path)
        let source = SourceLocation(file: path)
        let map = Experiment.StatisticMap(path: path, kind: kind, source: source)
        let experiment = Experiment(
            id: "a", study: "a", sample: "a", n1: 20, measure: measure, report: .map(map), source: source)
        return try StatisticMapLoader.load(map, of: experiment, mask: space.mask)[3]
    }

    @Test(
        "Maps of t and of r become Fisher's z; an image that calls itself r is read so; g is refused, and r of a change"
    )
    func maps() throws {
        // t = 3 over 18 degrees of freedom is r = 1/√3.
        let z = Float(0.5 * log(2 + 3.0.squareRoot()))
        let r = Float(1 / 3.0.squareRoot())
        #expect(abs(try load(3, as: .t, measure: .correlation) - z) < 1e-6)
        #expect(abs(try load(3, intent: .tTest(degreesOfFreedom: 18), as: .t, measure: .correlation) - z) < 1e-6)
        #expect(abs(try load(r, as: .r, measure: .correlation) - z) < 1e-6)
        #expect(abs(try load(r, intent: .correlation(degreesOfFreedom: 18), as: .t, measure: .correlation) - z) < 1e-6)
        // scipy: norm.isf(t.sf(3, 18)) = 2.665587.
        #expect(abs(try load(2.665587, as: .z, measure: .correlation) - z) < 1e-4)
        for (intent, kind, measure) in [
            (Intent.none, Experiment.StatisticMap.Kind.g, EffectMeasure.correlation), (.none, .r, .change),
            (.tTest(degreesOfFreedom: 19), .t, .correlation), (.correlation(degreesOfFreedom: 19), .r, .correlation),
            (.zScore, .r, .correlation), (.correlation(degreesOfFreedom: 18), .t, .change),
        ] {
            #expect(throws: InputError.self) { _ = try load(0.5, intent: intent, as: kind, measure: measure) }
        }
        #expect(throws: InputError.self) { _ = try load(1, as: .r, measure: .correlation) }
    }
}
