import Evidence
import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Statistics
import TestSupport
import Testing

@Suite("Agreement test: base rates")
struct BaseRatesTests {
    private static let hub = SIMD3<Double>(30, 0, 6)

    /// Most foci within some 15 mm of the hub, a few anywhere.
    private static func density(_ space: AnalysisSpace) -> [Float] {
        (0..<space.mask.count).map { voxel in
            let step = space.mask.world(at: voxel) - hub
            return Float(0.01 + exp(-(step * step).sum() / (2 * 12 * 12)))
        }
    }

    private func study(_ id: String, at place: SIMD3<Double>) -> AgreementStudy {
        AgreementStudy(
            id: id, sample: id, scale: EffectScale(n1: 20), thresholdG: 0.8,
            peaks: [BoundsBuilder.MappedPeak(coordinate: place, g: 1)])
    }

    @Test("Places are as likely as the density says")
    func likelihood() throws {
        let space = try #require(AgreementSpace.make())
        // Four parts of the brain, 1 to 4 times as likely by voxel, and a fifth that nobody reports.
        func part(_ place: SIMD3<Double>) -> Int { place.z > 40 ? 4 : (place.x > 0 ? 1 : 0) + (place.y > -18 ? 2 : 0) }
        let parts = (0..<space.mask.count).map { part(space.mask.world(at: $0)) }
        let density = parts.map { $0 == 4 ? Float(0) : Float($0 + 1) }
        let relocation = Relocation(
            [study("a", at: [0, -18, 12])], space: space,
            kernel: PeakKernel(graph: KernelGraph(template: space.template, fwhm: 20), anisotropy: 1),
            places: DensityPlaces(mask: space.mask, density: density), startPoints: 100_000, seed: 5)
        let draws = 4000
        var seen = [0.0, 0, 0, 0, 0]
        for number in 1...draws {
            let place = try #require(relocation.coordinates(number, space: space)[0][0])
            seen[part(place)] += 1
        }
        let total = Double(density.reduce(0, +))
        var chiSquare = 0.0
        for index in 0..<4 {
            let expected = Double(draws) * parts.reduce(0.0) { $0 + ($1 == index ? Double(index + 1) : 0) } / total
            chiSquare += (seen[index] - expected) * (seen[index] - expected) / expected
        }
        #expect(seen[4] == 0)
        // The upper .001 point of chi-square with 3 degrees of freedom.
        #expect(chiSquare < 16.27, "\(seen)")
    }

    @Test(
        "Peaks that meet at a hub agree less against base rates than against places anywhere; at a quiet place they agree still"
    )
    func hubs() async throws {
        let space = try #require(AgreementSpace.make())
        let places = DensityPlaces(mask: space.mask, density: Self.density(space))
        func smallest(_ place: SIMD3<Double>) async throws -> (uniform: Float, baseRate: Float) {
            var stream = AgreementSpace.Stream(31)
            var studies = AgreementSpace.studies(14, peaks: 6, space: space, stream: &stream)
            for index in 0..<8 {
                studies[index].peaks[0].coordinate =
                    place + 6 * SIMD3(stream.uniform() - 0.5, stream.uniform() - 0.5, stream.uniform() - 0.5)
            }
            let uniform = try await AgreementSpace.test(studies, space)
            let other = try await uniform.relocating(to: places).standardised(relocations: 60)
            let rows = try await uniform.maxima(0..<100)
            let others = try await other.maxima(0..<100)
            let observed = other.observed()
            let near = (0..<space.mask.count).filter { voxel in
                let step = space.mask.world(at: voxel) - place
                return (step * step).sum() < 12 * 12
            }
            func p(_ result: FamilyWiseResult) -> Float {
                near.map { result.map(.voxel, .positive).p[$0] }.min() ?? 1
            }
            return (
                p(
                    FamilyWiseResult(
                        observed: observed.z, null: NullDistribution(rows.map(\.plain)),
                        statistics: uniform.statistics,
                        isExhaustive: false, kind: .relocations, isTwoTailed: false, instructions: .best)),
                p(
                    FamilyWiseResult(
                        observed: observed.z, null: NullDistribution(others.map(\.plain)),
                        standardised: (observed.standardised, NullDistribution(others.compactMap(\.standardised))),
                        statistics: uniform.statistics, isExhaustive: false, kind: .relocations, isTwoTailed: false,
                        instructions: .best))
            )
        }
        let busy = try await smallest(Self.hub)
        #expect(busy.uniform <= 0.03 && busy.baseRate > 0.1, "uniform \(busy.uniform), base rate \(busy.baseRate)")
        let quiet = try await smallest([-36, -40, 20])
        #expect(
            quiet.uniform <= 0.03 && quiet.baseRate <= 0.05, "uniform \(quiet.uniform), base rate \(quiet.baseRate)")
    }

    @Test(
        "p is twice the smaller of the plain and the standardised one, at most 1, by every statistic and in both tails")
    func together() throws {
        let space = try #require(AgreementSpace.make())
        let statistics = AgreementSpace.statistics(space)
        func row(_ value: Float) -> NullDistribution.Maxima {
            NullDistribution.Maxima(positive: SIMD4(repeating: value), negative: SIMD4(repeating: 2 * value))
        }
        var observed = [Float](repeating: 0, count: space.mask.count)
        var standardised = observed
        (observed[10], standardised[10]) = (3, 5)
        (observed[500], standardised[500]) = (-3, -1)
        let plain = NullDistribution((0..<20).map { row(Float($0) / 4) })
        let other = NullDistribution((0..<20).map { row(Float($0) / 2) })
        let result = FamilyWiseResult(
            observed: observed, null: plain, standardised: (standardised, other), statistics: statistics,
            isExhaustive: false, kind: .relocations, isTwoTailed: false, instructions: .best)
        let positive = result.map(.voxel, .positive)
        // 3 is reached by 12/4 to 19/4, 8 of 20; 5 by 10/2 to 19/2, 10 of 20.
        #expect(positive.p[10] == 0.8 && positive.observed[10] == 3)
        #expect(positive.p[500] == 1 && positive.p[0] == 1)
        // 3 by 2 · 6/4 and more, 14 of 20; 1 by 2 · 1/2 and more, 19 of 20: both more than half.
        #expect(result.map(.voxel, .negative).p[500] == 1)
        #expect(result.isBaseRate && result.smallestP == 0.1 && result.level(0.05) == 0.025)
    }

    @Test("relocate: base_rate and both give the same bytes for any threads, in shards and resumed after a cut")
    func determinism() async throws {
        for setting in ["relocate=base_rate", "relocate=both"] {
            let settings = ["relocations=24", setting]
            let expected = try await Self.run(settings, threads: 1)
            let first = try #require(expected.familyWise)
            #expect(first.isBaseRate == (setting == "relocate=base_rate"))
            #expect((expected.baseRate != nil) == (setting == "relocate=both"))
            #expect(expected.baseRate?.isBaseRate ?? true)
            try await expect(expected, is: try await Self.run(settings, threads: 4))
            // Shards and ledgers differ only in how many nulls they hold.
            guard setting == "relocate=both" else { continue }
            let scratch = try Scratch()
            var shards: [PermutationLedger] = []
            for shard in 1...3 {
                shards.append(try await Self.shard(shard, "\(scratch.path)/\(shard).tsv", settings))
            }
            try await expect(expected, is: try await Self.run(settings, PermutationOptions(shards: shards)))
            let ledger = "\(scratch.path)/ledger.tsv"
            _ = try await Self.run(settings, PermutationOptions(ledger: ledger))
            let text = try String(contentsOfFile: ledger, encoding: .utf8)
            try String(text.prefix(text.count * 2 / 3)).write(toFile: ledger, atomically: true, encoding: .utf8)
            try await expect(expected, is: try await Self.run(settings, PermutationOptions(ledger: ledger)))
            // A ledger of the uniform test is of another analysis.
            await #expect(throws: PermutationLedger.Problem.self) {
                try await Self.run(["relocations=24"], PermutationOptions(ledger: ledger))
            }
        }
        let uniform = try await Self.run(["relocations=24"])
        let both = try await Self.run(["relocations=24", "relocate=both"])
        #expect(both.familyWise?.null == uniform.familyWise?.null && uniform.baseRate == nil)
    }

    private func expect(_ a: ModelResult, is b: ModelResult) async throws {
        for (first, second) in [(a.familyWise, b.familyWise), (a.baseRate, b.baseRate)] {
            #expect(first?.null == second?.null && first?.standardised == second?.standardised)
            for statistic in NullDistribution.Statistic.allCases {
                for tail in NullDistribution.Tail.allCases {
                    #expect(first?.map(statistic, tail).p == second?.map(statistic, tail).p)
                }
            }
        }
    }

    private static func analysis(_ settings: [String], threads: Int = 2) throws -> SeedBasedAnalysis {
        let settings = try Settings().applying(
            (["method=effects"] + settings).map { try SettingAssignment(commandLine: $0) })
        return SeedBasedAnalysis(
            space: SeedBasedAnalysisTests.space, settings: settings, workers: Workers(threads: threads))
    }

    private static func run(
        _ settings: [String], threads: Int = 2, _ options: PermutationOptions = PermutationOptions()
    ) async throws -> ModelResult {
        try await analysis(settings, threads: threads).run(
            .mean, experiments: SeedBasedAnalysisTests.experiments, permutation: options)
    }

    private static func run(_ settings: [String], _ options: PermutationOptions) async throws -> ModelResult {
        try await run(settings, threads: 2, options)
    }

    private static func shard(_ number: Int, _ path: String, _ settings: [String]) async throws -> PermutationLedger {
        try await analysis(settings).permute(
            .mean, experiments: SeedBasedAnalysisTests.experiments, shard: number, of: 3,
            options: PermutationOptions(ledger: path))
    }

    // MARK: - Where they come from

    /// A Sleuth text of studies with two foci each: one shared, one of their own.
    private static func sleuth(_ names: [String]) -> String {
        "//Reference=MNI\n"
            + names.enumerated().map { number, name in
                "//\(name)\n//Subjects=20\n4\t-2\t6\n\(number % 20 - 10)\t4\t0\n"
            }.joined(separator: "\n")
    }

    @Test("A user's coordinates are drawn from, the analysis' own studies left out; few studies are warned of")
    func otherStudies() throws {
        let scratch = try Scratch()
        let mask = SeedBasedAnalysisTests.space.mask
        let many = try scratch.write("many.txt", Self.sleuth((1...320).map { "Author \($0), 2010" }))
        let rates = try BaseRates(.file(many), experiments: [], mask: mask)
        #expect((rates.places as? FociPlaces)?.foci.count == 640 && rates.notices.isEmpty)
        let few = try scratch.write("few.txt", Self.sleuth((1...5).map { "Author \($0), 2010" }))
        let project = try BaseRates(.file(few), experiments: [], mask: mask)
        #expect(project.notices.map(\.code) == ["base-rates-few"])
        // By the name that the reader gives the study.
        let own = SeedBasedAnalysisTests.experiment("Author_3_2010", n1: 20, peaks: [])
        var renamed = own
        renamed.study = "Author 3, 2010"
        let without = try BaseRates(.file(few), experiments: [own, renamed], mask: mask)
        #expect((without.places as? FociPlaces)?.foci.count == 8)
        #expect(Set(without.notices.map(\.code)) == ["base-rates-few", "base-rates-own"])
        let far = try scratch.write("far.txt", "//Reference=MNI\n//A, 2010\n//Subjects=20\n60\t60\t60\n")
        #expect(throws: InputError.self) { try BaseRates(.file(far), experiments: [], mask: mask) }
    }

    @Test("A user's image of densities is taken at the mask's voxels; one without any is refused")
    func image() throws {
        let scratch = try Scratch()
        let mask = SeedBasedAnalysisTests.space.mask
        let values = (0..<mask.count).map { Float(mask.world(at: $0).x > 0 ? 1 : 0) }
        for (name, values) in [("half", values), ("none", values.map { -$0 })] {
            try NIfTIImage(mask.scatter(values), intent: .estimate("density"), description: "density").write(
                to: "\(scratch.path)/\(name).nii.gz")
        }
        let rates = try BaseRates(.file("\(scratch.path)/half.nii.gz"), experiments: [], mask: mask)
        let space = SeedBasedAnalysisTests.space
        let relocation = Relocation(
            [study("a", at: [0, 0, 0])], space: space,
            kernel: PeakKernel(graph: KernelGraph(template: space.template, fwhm: 20), anisotropy: 1),
            places: rates.places, startPoints: 100_000, seed: 5)
        #expect((1...40).allSatisfy { (relocation.coordinates($0, space: space)[0][0]?.x ?? -1) > 0 })
        #expect(throws: InputError.self) {
            try BaseRates(.file("\(scratch.path)/none.nii.gz"), experiments: [], mask: mask)
        }
    }

    @Test("A file that is not there is found before anything is computed")
    func absent() async throws {
        let analysis = try Self.analysis(["relocations=9", "relocate=both", "relocate_from=/nowhere/foci.txt"])
        await #expect(throws: InputError.self) {
            try await analysis.prepare(.mean, experiments: SeedBasedAnalysisTests.experiments)
        }
        // Who places peaks anywhere does not need it.
        let unused = try Self.analysis(["relocations=9", "relocate_from=/nowhere/foci.txt"])
        _ = try await unused.prepare(.mean, experiments: SeedBasedAnalysisTests.experiments)
    }
}
