import Evidence
import Imaging
import Inference
import SeedBasedMapping
import Statistics
import Testing

/// Experiments that share a sample, from the model to the null distribution.
@Suite("Shared samples in the analysis")
struct SharedSamplesTests {
    private static let space = SeedBasedAnalysisTests.space

    private static func sharing(_ id: String, _ sample: String, n1: Int, n2: Int = 0, t: Double = 5) -> Experiment {
        var experiment = SeedBasedAnalysisTests.experiment(id, n1: n1, n2: n2, peaks: [([0, 0, 0], .t(t))])
        experiment.sample = sample
        return experiment
    }

    /// Two of sample s with another between them, and two of sample u with unequal numbers.
    private static let experiments = [
        sharing("a", "s", n1: 20), sharing("b", "b", n1: 14, t: 4), sharing("c", "s", n1: 20, t: -4),
        sharing("d", "u", n1: 25, n2: 24), sharing("e", "u", n1: 17, t: 6),
    ]

    private static func run(_ settings: [String], _ experiments: [Experiment] = experiments) async throws -> ModelResult
    {
        try await SeedBasedAnalysisTests.run(["imputations=6"] + settings, threads: 2, experiments: experiments)
    }

    /// An experiment with the effect `g` everywhere.
    private static func known(_ id: String, _ sample: String, _ g: Float, _ scale: EffectScale) -> ImputedStudy {
        let map = [Float](repeating: g, count: space.mask.count)
        let zero = [Float](repeating: 0, count: space.mask.count)
        return ImputedStudy(
            id: id, sample: sample, seed: 1, scale: scale, bounds: EffectBounds(lower: map, upper: map), mean: zero,
            tau2: zero)
    }

    @Test(
        "Two of one sample count as their mean, with the variance of a mean of correlated effects",
        arguments: [0, 0.5, 1])
    func pooled(r: Double) async throws {
        var settings = Settings.sdmPSI
        settings.imputations = 2
        settings.sampleCorrelation = r
        let analysis = SeedBasedAnalysis(space: Self.space, settings: settings, workers: Workers(threads: 1))
        let scales = [EffectScale(n1: 20), EffectScale(n1: 12), EffectScale(n1: 30)]
        let maps = try await analysis.pooled(
            [
                Self.known("a", "s", 0.5, scales[0]), Self.known("b", "s", 0.3, scales[1]),
                Self.known("c", "c", 0.4, scales[2]),
            ])
        let (va, vb, vc) = (
            scales[0].variance(ofG: Double(Float(0.5))), scales[1].variance(ofG: Double(Float(0.3))),
            scales[2].variance(ofG: Double(Float(0.4)))
        )
        // (va + vb + 2 r √(va vb)) / 4; both rows are 0.4, so τ² is 0.
        let shared = (va + vb + 2 * r * (va * vb).squareRoot()) / 4
        let expected = 0.4 * (1 / shared + 1 / vc).squareRoot()
        #expect(abs(Double(maps.g[11]) - 0.4) < 1e-6)
        #expect(abs(Double(maps.z[11]) - expected) < 1e-5 * expected)
        #expect(maps.df[11] == 1)
    }

    @Test("A voxel that only one of a sample has a value at counts with that one alone")
    func holes() async throws {
        var settings = Settings.sdmPSI
        settings.imputations = 2
        let analysis = SeedBasedAnalysis(space: Self.space, settings: settings, workers: Workers(threads: 1))
        let scale = EffectScale(n1: 20)
        var a = Self.known("a", "s", 0.5, scale)
        a.bounds.lower[9] = .nan
        a.bounds.upper[9] = .nan
        let maps = try await analysis.pooled(
            [a, Self.known("b", "s", 0.3, scale)])
        #expect(abs(maps.g[9] - 0.3) < 1e-6 && abs(maps.g[10] - 0.4) < 1e-6)
        #expect(abs(Double(maps.se[9]) - scale.variance(ofG: Double(Float(0.3))).squareRoot()) < 1e-6)
    }

    @Test(
        "Apart they are what they would be with samples of their own; the most precise alone, as if the others were not there"
    )
    func separateAndPrecise() async throws {
        let alone = Self.experiments.map { experiment in
            var experiment = experiment
            experiment.sample = experiment.id
            return experiment
        }
        let separate = try await Self.run(["samples=separate", "permutations=20"])
        let independent = try await Self.run(["permutations=20"], alone)
        #expect(separate.maps.z == independent.maps.z)
        #expect(separate.familyWise?.null == independent.familyWise?.null)

        // Of s the first of equals; of u the larger sample has 1/25 + 1/24 = 0.08 against 1/17 = 0.06.
        let precise = try await Self.run(["samples=precise", "permutations=20"])
        #expect(precise.experiments.map(\.id) == ["a", "b", "e"])
        let three = try await Self.run(["permutations=20"], [alone[0], alone[1], alone[4]])
        #expect(precise.maps.z == three.maps.z && precise.familyWise?.null == three.familyWise?.null)
        #expect(precise.sharedSamples.map { $0.words(for: "c") }.first == "left out: less precise than a")
    }

    @Test("Combined, the unpermuted data give the mean analysis' own z map, in whatever order experiments come")
    func identity() async throws {
        for setting in ["tau2_estimator=dl", "tau2_estimator=reml"] {
            let result = try await Self.run([setting, "permutations=2"])
            #expect(result.experiments.map(\.id) == ["a", "c", "b", "d", "e"])
            #expect(result.maps.df.allSatisfy { $0 == 2 })
            let observed = try #require(result.familyWise).map(.voxel, .positive).observed
            let tolerance: Float = setting.hasSuffix("reml") ? 5e-3 : 1e-4
            for (ours, z) in zip(observed, result.maps.z) { #expect(abs(ours - z) <= tolerance * max(1, abs(z))) }
        }
        let one = try await Self.run(["permutations=10"])
        let other = try await Self.run(["permutations=10"], [0, 2, 1, 3, 4].map { Self.experiments[$0] })
        #expect(one.maps.z == other.maps.z && one.familyWise?.null == other.familyWise?.null)
    }

    @Test(
        "The same people are permuted together: equal numbers as one, one-sample contrasts as far as both have subjects"
    )
    func together() {
        func scheme(_ experiments: [Experiment], requested: Int = 300) -> PermutationScheme {
            PermutationScheme(
                PermutationScheme.Experiment.bySample(experiments), requested: requested, seed: 1)
        }
        let one = scheme([
            Self.sharing("a", "s", n1: 20), Self.sharing("b", "s", n1: 20), Self.sharing("c", "c", n1: 20),
        ])
        let two = scheme([
            Self.sharing("a", "s", n1: 12, n2: 10), Self.sharing("b", "s", n1: 12, n2: 10),
            Self.sharing("c", "s", n1: 12, n2: 11),
        ])
        let unequal = scheme([Self.sharing("a", "s", n1: 20), Self.sharing("b", "s", n1: 15)])
        for p in [1, 7, 299] {
            #expect(one.weights(experiment: 0, permutation: p) == one.weights(experiment: 1, permutation: p))
            #expect(one.weights(experiment: 0, permutation: p) != one.weights(experiment: 2, permutation: p))
            #expect(two.weights(experiment: 0, permutation: p) == two.weights(experiment: 1, permutation: p))
            #expect(
                two.weights(experiment: 0, permutation: p).slope != two.weights(experiment: 2, permutation: p).slope)
            let signs = (0..<2).map { unequal.weights(experiment: $0, permutation: p).subjects.map { $0 > 0 } }
            #expect(Array(signs[0][..<15]) == signs[1])
        }
        // Four people twice: 2⁴ sign patterns, not 2⁸.
        let few = scheme([Self.sharing("a", "s", n1: 4), Self.sharing("b", "s", n1: 4)], requested: 1000)
        #expect(few.isExhaustive && few.count == 16)
    }

    /// The composite's variance supposes errors that correlate by r. Permuted data must have that correlation: else the null
    /// would be too narrow (z of SD √(1/(1 + r)) here) and corrected p too small.
    @Test("Permuted together, a sample's z has SD 1 whatever the correlation assumed", arguments: [0, 0.5, 0.9])
    func calibrated(r: Double) async throws {
        let studies = ["a", "b"].map { Self.known($0, "s", 0, EffectScale(n1: 40)) }
        let experiments = ["a", "b"].map { Self.sharing($0, "s", n1: 40) }
        func spread(together: Bool) async throws -> Double {
            let scheme = PermutationScheme(
                together
                    ? PermutationScheme.Experiment.bySample(experiments)
                    : experiments.map { PermutationScheme.Experiment($0) }, requested: 40, seed: 2)
            let test = SubjectPermutationTest(
                studies: studies, scheme: scheme,
                rows: SampleRows(samples: ["s", "s"], rule: .combine, correlation: r), imputations: 1,
                estimator: .dersimonianLaird, unitVariance: false,
                statistics: MaximumStatistics(
                    tfce: ThresholdFreeClusterEnhancement(table: NeighbourTable(Self.space.mask, .faces)),
                    clusterTable: NeighbourTable(Self.space.mask, .edges), clusterForming: 3.09),
                sampler: CopulaSampler(mask: Self.space.mask, template: Self.space.template, noiseFWHM: 2.6),
                noise: SubjectNoise(mask: Self.space.mask, template: Self.space.template), instructions: .best,
                workers: Workers(threads: 2), progress: SilentProgress())
            let plan = try #require(test.memoryPlan(limit: 1 << 30))
            let maps = try await test.zMaps(0..<40, draws: test.makeDraws(plan))
            // Permutation 0 is all zero: the noise has mean 0.
            let squares = maps.dropFirst().flatMap { $0.map { Double($0) * Double($0) } }
            return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
        }
        let together = try await spread(together: true)
        #expect(abs(together - 1) < 0.06, "SD \(together)")
        let apart = try await spread(together: false)
        #expect(abs(apart - (1 / (1 + r)).squareRoot()) < 0.06, "SD \(apart)")
        print("two experiments of one sample, r = \(r): SD of permuted z \(together), permuted apart \(apart)")
    }
}
