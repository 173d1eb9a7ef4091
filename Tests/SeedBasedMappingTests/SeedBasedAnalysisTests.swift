import Evidence
import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Statistics
import Testing

@Suite("Mean analysis")
struct SeedBasedAnalysisTests {
    /// A ball of 2 mm voxels with a constant template.
    static let space: AnalysisSpace = {
        let grid = Grid(shape: [25, 25, 25], affine: Affine(scale: [-2, 2, 2], origin: [24, -24, -24]))!
        let ball = Mask(grid: grid) { index in
            let p = grid.world(atIndex: index)
            return (p * p).sum() <= 22 * 22
        }
        return AnalysisSpace(mask: ball, template: CorrelationTemplate(domain: ball, constant: 0.9))
    }()

    static let here = SourceLocation(file: "test")

    static func experiment(
        _ id: String, n1: Int, n2: Int = 0, t: Double = 3.3, peaks: [(SIMD3<Double>, Peak.Height)]
    ) -> Experiment {
        Experiment(
            id: id, study: id, sample: id, n1: n1, n2: n2, tThreshold: t,
            report: .peaks(
                peaks.map { Peak(coordinate: $0.0, space: .mni, height: $0.1, source: here) }), source: here)
    }

    static let experiments = [
        experiment("a", n1: 20, peaks: [([0, 0, 0], .t(4.5)), ([10, 4, -6], .t(-3.9))]),
        experiment("b", n1: 14, peaks: [([2, 2, 0], .t(5.1))]),
        experiment("c", n1: 25, n2: 24, peaks: [([-2, 0, 4], .positive)]),
        experiment("d", n1: 31, peaks: []),
        experiment("e", n1: 17, peaks: [([-12, -8, 6], .negative), ([0, 2, 2], .t(3.6))]),
    ]

    static func run(
        _ settings: [String], threads: Int = 1, experiments: [Experiment] = experiments
    ) async throws -> ModelResult {
        let settings = try Settings.sdmPSI.applying(
            (["permutations=0"] + settings).map { try SettingAssignment(commandLine: $0) })
        let analysis = SeedBasedAnalysis(space: space, settings: settings, workers: Workers(threads: threads))
        return try await analysis.run(.mean, experiments: experiments)
    }

    @Test(
        "The same bytes for any number of threads",
        arguments: ["sampler=copula", "sampler=paper", "tau2_estimator=reml"])
    func threads(setting: String) async throws {
        let one = try await Self.run([setting, "imputations=20"], threads: 1).maps
        for threads in [2, 3, 7] {
            let several = try await Self.run([setting, "imputations=20"], threads: threads).maps
            for (a, b) in [
                (one.g, several.g), (one.se, several.se), (one.z, several.z), (one.tau2, several.tau2),
                (one.i2, several.i2), (one.h2, several.h2), (one.q, several.q), (one.df, several.df),
            ] {
                #expect(a.map(\.bitPattern) == b.map(\.bitPattern), "\(threads) threads")
            }
        }
    }

    @Test("Another seed gives other imputations, but the same picture")
    func seed() async throws {
        let one = try await Self.run(["seed=1"]).maps
        let two = try await Self.run(["seed=2"]).maps
        #expect(one.g != two.g)
        let difference = zip(one.g, two.g).map { abs($0 - $1) }.max() ?? 1
        // Monte-Carlo error of a mean over 50 imputations whose spread is at most b/√5 ≈ 0.3.
        #expect(difference < 0.2)
    }

    @Test("Effects point where the peaks say, and z = g / se everywhere")
    func signs() async throws {
        let maps = try await Self.run([]).maps
        let grid = Self.space.grid
        func at(_ p: SIMD3<Double>) -> Int { Int(maps.mask.position[grid.index(grid.nearestVoxel(to: p)!)]) }
        #expect(maps.g[at([0, 0, 0])] > 0.2)
        #expect(maps.g[at([10, 4, -6])] < maps.g[at([0, 0, 0])])
        #expect(maps.df.allSatisfy { $0 == 4 })
        for voxel in stride(from: 0, to: maps.g.count, by: 17) {
            #expect(abs(maps.z[voxel] - maps.g[voxel] / maps.se[voxel]) < 1e-5)
            #expect(abs(maps.i2[voxel] - 100 * (1 - 1 / maps.h2[voxel])) < 1e-3)
        }
    }

    @Test("Experiments known everywhere are pooled as metafor would: no imputation, plain random effects")
    func knownMaps() async throws {
        let count = Self.space.mask.count
        let scales = [EffectScale(n1: 12), EffectScale(n1: 20), EffectScale(n1: 15, n2: 16)]
        let effects: [Float] = [0.9, 0.1, 0.4]
        let bounds = effects.map {
            EffectBounds(lower: Array(repeating: $0, count: count), upper: Array(repeating: $0, count: count))
        }
        for (name, estimator) in [("dl", RandomEffects.Estimator.dersimonianLaird), ("reml", .reml)] {
            var settings = Settings.sdmPSI
            settings.tau2Estimator = Settings.Tau2Estimator(rawValue: name)!
            let analysis = SeedBasedAnalysis(space: Self.space, settings: settings, workers: Workers(threads: 2))
            let maps = try await analysis.pooled(ids: ["a", "b", "c"], bounds: bounds, scales: scales)
            let expected = RandomEffects(
                effects: effects.map(Double.init),
                variances: zip(effects, scales).map { $1.variance(ofG: Double($0)) }, estimator: estimator)
            #expect(abs(Double(maps.g[77]) - expected.effect) < 1e-6)
            #expect(abs(Double(maps.se[77] * maps.se[77]) - expected.variance) < 1e-7)
            #expect(abs(Double(maps.tau2[77]) - expected.tau2) < 1e-6)
            #expect(abs(Double(maps.h2[77]) - expected.h2) < 1e-5)
            #expect(abs(Double(maps.q[77]) - expected.q) < 1e-4)
        }
    }

    @Test("Where an experiment's map has no value it does not count: df falls, the others are pooled")
    func missing() async throws {
        let count = Self.space.mask.count
        var lower = [Float](repeating: 0.5, count: count)
        lower[10] = .nan
        let bounds = [
            EffectBounds(lower: lower, upper: lower),
            EffectBounds(lower: Array(repeating: 0.2, count: count), upper: Array(repeating: 0.2, count: count)),
        ]
        let analysis = SeedBasedAnalysis(space: Self.space, settings: .sdmPSI, workers: Workers(threads: 2))
        let maps = try await analysis.pooled(
            ids: ["a", "b"], bounds: bounds, scales: [EffectScale(n1: 20), EffectScale(n1: 20)])
        #expect(maps.df[10] == 0 && maps.df[11] == 1)
        #expect(abs(maps.g[10] - 0.2) < 1e-6)
    }

    @Test("compat=sdm621 takes the threshold's t as the effect of a sign-only peak; by default it is converted")
    func signOnlyPeaks() throws {
        let experiment = Self.experiment(
            "a", n1: 11, t: 3.169, peaks: [([0, 0, 0], .positive), ([8, 0, 0], .negative)])
        let ours = try PreparedExperiment(experiment, settings: .sdmPSI)
        // n = 11, t = 3.169: g = 0.9227·3.169/√11 = 0.882 (the design note's example).
        #expect(abs(ours.peaks[0].g - 0.882) < 1e-3 && abs(ours.peaks[1].g + 0.882) < 1e-3)
        var settings = Settings.sdmPSI
        settings.compatibility = .sdm621
        #expect(try PreparedExperiment(experiment, settings: settings).peaks.map(\.g) == [3.169, -3.169])
    }

    @Test("A model without experiments, a peak without sign and a sample of two are refused with their place")
    func refusals() async throws {
        await #expect(throws: InputError.self) { try await Self.run([], experiments: []) }
        let unsigned = Self.experiment("a", n1: 11, peaks: [([0, 0, 0], .unknown)])
        await #expect(throws: InputError.self) { try await Self.run([], experiments: [unsigned]) }
        let tiny = Self.experiment("a", n1: 2, peaks: [])
        await #expect(throws: InputError.self) { try await Self.run([], experiments: [tiny]) }
    }

    @Test("A cancelled run ends with CancellationError")
    func cancellation() async throws {
        let task = Task { try await Self.run(["imputations=400"]) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
