import Evidence
import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Statistics
import Testing

@Suite("Permutation test")
struct PermutationTestTests {
    /// 4 mm voxels in a ball: about 5 000 voxels, so that there is more than one slab of draws.
    private static let space: AnalysisSpace = {
        let grid = Grid(shape: [25, 25, 25], affine: Affine(scale: [-4, 4, 4], origin: [48, -48, -48]))!
        let ball = Mask(grid: grid) { index in
            let p = grid.world(atIndex: index)
            return (p * p).sum() <= 46 * 46
        }
        return AnalysisSpace(mask: ball, template: CorrelationTemplate(domain: ball, constant: 0.9))
    }()

    private static let experiments = SeedBasedAnalysisTests.experiments

    private static func analysis(_ settings: [String], threads: Int = 2) throws -> SeedBasedAnalysis {
        let settings = try Settings.sdmPSI.applying(
            (["imputations=6", "permutations=150"] + settings).map { try SettingAssignment(commandLine: $0) })
        return SeedBasedAnalysis(space: space, settings: settings, workers: Workers(threads: threads))
    }

    private static func run(
        _ settings: [String] = [], threads: Int = 2, experiments: [Experiment] = experiments,
        _ options: PermutationOptions = PermutationOptions()
    ) async throws -> ModelResult {
        try await analysis(settings, threads: threads).run(.mean, experiments: experiments, permutation: options)
    }

    private static func scratch() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "cuneus-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.path
    }

    /// Float kernel against the double-precision pooling of the mean analysis.
    @Test(
        "The unpermuted data give the mean analysis' own z map",
        arguments: ["tau2_estimator=dl", "tau2_estimator=reml", "sampler=paper"])
    func identity(setting: String) async throws {
        let result = try await Self.run([setting, "permutations=2"])
        let observed = try #require(result.familyWise).map(.voxel, .positive).observed
        let tolerance: Float = setting.hasSuffix("reml") ? 5e-3 : 1e-4
        for (ours, z) in zip(observed, result.maps.z) { #expect(abs(ours - z) <= tolerance * max(1, abs(z))) }
    }

    @Test("The same null for any number of threads, any memory, any instruction set")
    func sameBytes() async throws {
        let expected = try #require(try await Self.run(threads: 1).familyWise).null
        #expect(expected.maxima.count == 150)
        for threads in [2, 5] {
            #expect(try await Self.run(threads: threads).familyWise?.null == expected)
        }
        for instructions in VectorInstructions.available where instructions != .baseline {
            #expect(
                try await Self.run([], PermutationOptions(instructions: instructions)).familyWise?.null == expected)
        }
        // So little that draws are not kept and maps are held a few at a time.
        let test = try await Self.run([], PermutationOptions(memory: 22 << 20))
        #expect(test.familyWise?.null == expected)
        await #expect(throws: InputError.self) { try await Self.run([], PermutationOptions(memory: 1 << 20)) }
    }

    @Test("A test cut off at any byte of its ledger resumes and ends with the same null")
    func resume() async throws {
        let folder = try Self.scratch()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/mean.permutations.tsv"
        let expected = try #require(try await Self.run([], PermutationOptions(ledger: path)).familyWise).null
        let whole = try #require(FileManager.default.contents(atPath: path))
        for cut in [0.999, 0.7, 0.45, 0.31] {
            let bytes = whole.prefix(Int(Double(whole.count) * cut))
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            #expect(try await Self.run([], PermutationOptions(ledger: path)).familyWise?.null == expected)
        }
    }

    @Test("A ledger of another analysis, and a damaged one, are refused")
    func refused() async throws {
        let folder = try Self.scratch()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/mean.permutations.tsv"
        _ = try await Self.run(["permutations=70"], PermutationOptions(ledger: path))
        await #expect(throws: PermutationLedger.Problem.self) {
            try await Self.run(["permutations=70", "seed=2"], PermutationOptions(ledger: path))
        }
        await #expect(throws: PermutationLedger.Problem.self) {
            try await Self.run(["permutations=71"], PermutationOptions(ledger: path))
        }
        var bytes = try #require(FileManager.default.contents(atPath: path))
        let middle = bytes.count / 2
        bytes[middle] = bytes[middle] == UInt8(ascii: "1") ? UInt8(ascii: "2") : UInt8(ascii: "1")
        try bytes.write(to: URL(fileURLWithPath: path))
        await #expect(throws: PermutationLedger.Problem.self) {
            try await Self.run(["permutations=70"], PermutationOptions(ledger: path))
        }
    }

    @Test("Shards merge into the unsharded null; one missing, doubled, unfinished or foreign is refused")
    func shards() async throws {
        let folder = try Self.scratch()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let expected = try #require(try await Self.run().familyWise).null
        var shards: [PermutationLedger] = []
        for shard in 1...4 {
            let options = PermutationOptions(ledger: "\(folder)/\(shard).tsv")
            shards.append(
                try await Self.analysis([], threads: 1 + shard % 2).permute(
                    .mean, experiments: Self.experiments, shard: shard, of: 4, options: options))
        }
        #expect(shards.map(\.rows.count).reduce(0, +) == 150)
        let merged = try await Self.run([], PermutationOptions(shards: shards.reversed()))
        #expect(merged.familyWise?.null == expected)

        func refuses(_ shards: [PermutationLedger]) async {
            await #expect(throws: PermutationLedger.Problem.self) {
                try await Self.run([], PermutationOptions(shards: shards))
            }
        }
        await refuses([shards[0], shards[1], shards[3]])
        await refuses([shards[0], shards[1], shards[2]])
        await refuses([shards[0], shards[1], shards[1], shards[2], shards[3]])
        let foreign = try await Self.analysis(["seed=9"]).permute(
            .mean, experiments: Self.experiments, shard: 4, of: 4,
            options: PermutationOptions(ledger: "\(folder)/foreign.tsv"))
        await refuses([shards[0], shards[1], shards[2], foreign])
    }

    @Test("Corrected p: never below 1/P, the peak of the map at its own rank, 1 where nothing is")
    func correctedP() async throws {
        let result = try #require(try await Self.run().familyWise)
        for statistic in NullDistribution.Statistic.allCases {
            for tail in NullDistribution.Tail.allCases {
                let map = result.map(statistic, tail)
                #expect(map.p.allSatisfy { $0 >= 1 / 150 && $0 <= 1 })
                let highest = map.observed.max() ?? 0
                // The identity's own maximum is in the null.
                #expect(result.null.maxima[0].value(statistic, tail) == max(highest, 0))
                let rank = result.null.maxima.count { $0.value(statistic, tail) >= highest }
                if highest > 0 { #expect(map.p.min() == Float(rank) / 150) }
            }
        }
    }

    @Test("With two small experiments every distinct permutation is used once, and the smallest p says so")
    func exhaustive() async throws {
        let few = [
            SeedBasedAnalysisTests.experiment("a", n1: 4, t: 4, peaks: [([0, 0, 0], .t(6))]),
            SeedBasedAnalysisTests.experiment("b", n1: 3, n2: 2, t: 4, peaks: [([0, 0, 0], .t(6))]),
        ]
        let result = try #require(try await Self.run(["permutations=1000"], experiments: few).familyWise)
        #expect(result.isExhaustive && result.permutations == 160)
        #expect(result.smallestP == 1.0 / 160)
    }

    @Test("Experiments known everywhere, and holes in a map, go through the test")
    func mapsAndHoles() async throws {
        let count = Self.space.mask.count
        var map = (0..<count).map { Float($0 % 17) * 0.03 }
        map[40] = .nan
        let studies = ["a", "b", "c"].map { id in
            ImputedStudy(
                id: id, seed: 1, scale: .init(n1: 12), bounds: EffectBounds(lower: map, upper: map),
                mean: map, tau2: [Float](repeating: 0, count: count))
        }
        let test = SubjectPermutationTest(
            studies: studies,
            scheme: PermutationScheme(
                ["a", "b", "c"].map { .init(id: $0, n1: 12, n2: 0) }, requested: 10, seed: 1),
            imputations: 3, estimator: .dersimonianLaird, unitVariance: false,
            statistics: MaximumStatistics(
                tfce: ThresholdFreeClusterEnhancement(table: NeighbourTable(Self.space.mask, .faces)),
                clusterTable: NeighbourTable(Self.space.mask, .edges), clusterForming: 3.09),
            sampler: CopulaSampler(mask: Self.space.mask, template: Self.space.template, noiseFWHM: 2.6),
            noise: SubjectNoise(mask: Self.space.mask, template: Self.space.template), instructions: .best,
            workers: Workers(threads: 2), progress: SilentProgress())
        let plan = try #require(test.memoryPlan(limit: 1 << 30))
        let maps = try await test.zMaps(0..<10, draws: test.makeDraws(plan))
        for z in maps {
            #expect(z[40].isNaN)
            #expect(z.enumerated().allSatisfy { $0.offset == 40 || $0.element.isFinite })
        }
        // Three equal experiments of known g: z = √3·g/√v.
        let scale = studies[0].scale
        let expected = Double(map[30]) / (scale.variance(ofG: Double(map[30])) / 3).squareRoot()
        #expect(abs(Double(maps[0][30]) - expected) < 1e-4)
    }
}
