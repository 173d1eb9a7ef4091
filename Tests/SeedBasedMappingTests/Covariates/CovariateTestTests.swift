import Evidence
import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Simulation
import Statistics
import TestSupport
import Testing

/// The test of covariates by permuted studies.
@Suite("Test of covariates")
struct CovariateTestTests {
    private static let space = SeedBasedAnalysisTests.space

    /// Twelve studies; of those with a large x most report the same place.
    private static let experiments: [Experiment] = (0..<12).map { n in
        var experiment = SeedBasedAnalysisTests.experiment(
            "e\(n)", n1: 20, peaks: n >= 6 ? [([0, 0, 0], .t(5 + 0.1 * Double(n)))] : [])
        experiment.covariates = [
            "x": .number([2, 1, 4, 3, 5, 0, 9, 8, 11, 7, 10, 6][n]), "w": .number(Double(n * 5 % 7)),
            "group": .text(["a", "b", "c"][n * 7 % 3]),
        ]
        return experiment
    }

    private static func analysis(_ settings: [String] = [], threads: Int = 2) throws -> SeedBasedAnalysis {
        let settings = try Settings().applying(
            (["imputations=4"] + settings).map { try SettingAssignment(commandLine: $0) })
        return SeedBasedAnalysis(space: space, settings: settings, workers: Workers(threads: threads))
    }

    private static func plan(_ covariates: [String] = ["x"], tested: String = "x") -> ModelPlan {
        ModelPlan(
            name: "model", covariates: covariates.map { Covariate($0) }, hypothesis: Hypothesis(.covariate(tested)))
    }

    /// Awaits by itself: see CONTRIBUTING.md on the optimiser and async functions.
    @_optimize(none)
    private static func test(
        _ plan: ModelPlan, _ settings: [String] = [], experiments: [Experiment] = experiments
    ) async throws -> CovariateTest {
        let analysis = try analysis(settings)
        let model = try await analysis.prepare(plan, experiments: experiments)
        return try await CovariateStep(context: analysis.context).test(model)
    }

    @_optimize(none)
    private static func run(
        _ plan: ModelPlan, _ settings: [String], threads: Int = 2, experiments: [Experiment] = experiments,
        _ options: PermutationOptions = PermutationOptions()
    ) async throws -> FamilyWiseResult? {
        try await analysis(settings, threads: threads).run(plan, experiments: experiments, permutation: options)
            .familyWise
    }

    private static func values(_ covariate: String) -> [Double] {
        experiments.map { experiment in
            if case .number(let value)? = experiment.covariates[covariate] { return value }
            return .nan
        }
    }

    private static func correlation(_ a: [Double], _ b: [Double]) -> Double {
        let n = Double(a.count)
        let (ma, mb) = (a.reduce(0, +) / n, b.reduce(0, +) / n)
        var (ab, aa, bb) = (0.0, 0.0, 0.0)
        for k in a.indices {
            ab += (a[k] - ma) * (b[k] - mb)
            aa += (a[k] - ma) * (a[k] - ma)
            bb += (b[k] - mb) * (b[k] - mb)
        }
        return ab / (aa * bb).squareRoot()
    }

    /// Scores of the voxel that most studies with a large x report.
    private static func centre(_ test: CovariateTest) throws -> (position: Int, scores: [Double]) {
        let position = try #require(Head.position([0, 0, 0], in: space.mask))
        let place = try #require(test.scores.voxels.firstIndex(of: Int32(position)), "half of the studies tell of it")
        let count = test.scores.voxels.count
        return (position, (0..<test.scores.rows).map { test.scores.values[$0 * count + place] })
    }

    @Test("With one covariate it is Fisher's z of the correlation, of the permuted scores too")
    func correlation() async throws {
        let test = try await Self.test(Self.plan())
        let (position, scores) = try Self.centre(test)
        let x = Self.values("x")
        for permutation in [0, 1, 7] {
            let order = test.permutations.order(permutation)
            let permuted = order.map { scores[Int($0)] }
            // 12 studies, no other covariate: 12 − 3 degrees of freedom. Single precision.
            let expected = 3 * atanh(Self.correlation(x, permuted))
            #expect(abs(Double(test.map(permutation)[position]) - expected) < 1e-5 * max(1, abs(expected)))
        }
        #expect(test.map(0)[position] > 2, "who reports the place has the large x")
    }

    @Test("With another covariate it is that of the partial correlation")
    func partial() async throws {
        let test = try await Self.test(Self.plan(["w", "x"]))
        let (position, scores) = try Self.centre(test)
        let x = Self.values("x")
        let w = Self.values("w")
        for permutation in [0, 3] {
            let y = test.permutations.order(permutation).map { scores[Int($0)] }
            let (xy, xw, yw) = (Self.correlation(x, y), Self.correlation(x, w), Self.correlation(y, w))
            let partial = (xy - xw * yw) / ((1 - xw * xw) * (1 - yw * yw)).squareRoot()
            let expected = 8.0.squareRoot() * atanh(partial)
            #expect(abs(Double(test.map(permutation)[position]) - expected) < 1e-5 * max(1, abs(expected)))
        }
    }

    /// Of three groups, the share of the scores' variance that lies between them; the z of equal p of a χ² with 2 degrees of freedom.
    @Test("Of several columns it is the share of variance that they explain")
    func groups() async throws {
        let plan = ModelPlan(
            name: "groups", covariates: [Covariate("group", .categorical(.treatment, reference: "a"))],
            hypothesis: Hypothesis(.groups("group")))
        let test = try await Self.test(plan)
        let (position, scores) = try Self.centre(test)
        let groups = Self.experiments.map { experiment -> String in
            if case .text(let name)? = experiment.covariates["group"] { return name }
            return ""
        }
        var between = 0.0
        for name in ["a", "b", "c"] {
            let own = scores.indices.filter { groups[$0] == name }.map { scores[$0] }
            let mean = own.reduce(0, +) / Double(own.count)
            between += Double(own.count) * mean * mean
        }
        let p = ChiSquare(degreesOfFreedom: 2).upperTail(11 * between)
        let expected = p >= 0.5 ? 0 : -Normal.quantile(p)
        #expect(abs(Double(test.map(0)[position]) - expected) < 1e-4)
        #expect(test.map(5).allSatisfy { $0 >= 0 })
    }

    /// The heart of it: with one covariate the null distribution knows nothing of which study had which value, so that the observed
    /// maximum is one of its values with equal chances, whatever the tables are like. All 120 orders of five studies.
    @Test("Whatever order the covariate came in, the null distribution is the same, and has the observed value in it")
    func exact() async throws {
        let five = Array(Self.experiments[4..<9])
        var nulls: [[Float]] = []
        for order in [[0, 1, 2, 3, 4], [3, 1, 4, 0, 2], [4, 3, 2, 1, 0]] {
            var experiments = five
            for n in experiments.indices { experiments[n].covariates["x"] = five[order[n]].covariates["x"] }
            let found = try #require(try await Self.run(Self.plan(), ["relocations=200"], experiments: experiments))
            #expect(found.isExhaustive && found.permutations == 120 && found.kind == .studies)
            let largest = found.map(.tfce, .positive).observed.max() ?? -1
            #expect(found.null.maxima.contains { $0.value(.tfce, .positive) == largest })
            nulls.append(found.null.sorted(.tfce, .positive) + found.null.sorted(.voxel, .negative))
        }
        for null in nulls.dropFirst() {
            for (a, b) in zip(nulls[0], null) { #expect(abs(a - b) <= 1e-4 * max(1, abs(a))) }
        }
    }

    @Test(
        "As many permutations as relocations without asking; the same null for any threads, in shards, and resumed after a cut"
    )
    func sameBytes() async throws {
        let settings = ["relocations=70"]
        let expected = try #require(try await Self.run(Self.plan(), settings, threads: 1))
        #expect(expected.permutations == 71 && !expected.isExhaustive)
        #expect(try await Self.run(Self.plan(), settings, threads: 3)?.null == expected.null)
        #expect(try await Self.run(Self.plan(), ["relocations=0"]) == nil)
        #expect(try await Self.run(Self.plan(), ["relocations=0", "permutations=30"])?.permutations == 30)
        let scratch = try Scratch()
        var shards: [PermutationLedger] = []
        for shard in 1...3 { shards.append(try await Self.shard(shard, "\(scratch.path)/\(shard).tsv", settings)) }
        #expect(try await Self.run(Self.plan(), settings, PermutationOptions(shards: shards))?.null == expected.null)
        let ledger = "\(scratch.path)/ledger.tsv"
        #expect(try await Self.run(Self.plan(), settings, PermutationOptions(ledger: ledger))?.null == expected.null)
        let text = try String(contentsOfFile: ledger, encoding: .utf8)
        try String(text.prefix(text.count * 2 / 3)).write(toFile: ledger, atomically: true, encoding: .utf8)
        #expect(try await Self.run(Self.plan(), settings, PermutationOptions(ledger: ledger))?.null == expected.null)
    }

    @_optimize(none)
    private static func shard(_ number: Int, _ path: String, _ settings: [String]) async throws -> PermutationLedger {
        try await analysis(settings).permute(
            plan(), experiments: experiments, shard: number, of: 3, options: PermutationOptions(ledger: path))
    }

    @Test("Tables are cut by TFCE, as those of means are")
    func statistic() async throws {
        let result = try await Self.result(Self.plan(), ["relocations=19"])
        #expect(result.correctedStatistic == .tfce)
    }

    @_optimize(none)
    private static func result(_ plan: ModelPlan, _ settings: [String]) async throws -> ModelResult {
        try await analysis(settings).run(plan, experiments: experiments)
    }

    @Test("The mean of a model with covariates leaves nothing to permute among studies, and is not tested here")
    func mean() async throws {
        let plan = ModelPlan(name: "mean", covariates: [Covariate("x")], hypothesis: .mean)
        #expect(try await Self.run(plan, ["relocations=50"]) == nil)
    }

    @Test("A voxel of which less than 30 % of the samples tell is not tested")
    func telling() async throws {
        let few = Self.experiments.enumerated().map { number, experiment in
            var experiment = experiment
            if number < 9 { experiment.report = .peaks([]) }
            return experiment
        }
        // 3 of 12 tell of the place: a quarter.
        let test = try await Self.test(Self.plan(), experiments: few)
        let position = try #require(Head.position([0, 0, 0], in: Self.space.mask))
        #expect(!test.scores.voxels.contains(Int32(position)))
        #expect(test.map(0).allSatisfy { $0 == 0 })
    }

    @Test("Studies of one sample count once")
    func sharedSamples() async throws {
        var experiments = Self.experiments
        for n in [6, 7] { experiments[n].sample = "s" }
        experiments[7].covariates = experiments[6].covariates
        let test = try await Self.test(Self.plan(), experiments: experiments)
        #expect(test.scores.rows == 11)
    }
}
