import Appraisal
import Evidence
import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Statistics
import TestSupport
import Testing

/// The method `effects` from experiments to maps, places, jackknife and corrected p.
@Suite("The method effects")
struct EffectsMethodTests {
    private static let experiments = SeedBasedAnalysisTests.experiments

    private static func analysis(_ settings: [String] = [], threads: Int = 2) throws -> SeedBasedAnalysis {
        let settings = try Settings().applying(
            (["method=effects", "relocations=0"] + settings).map { try SettingAssignment(commandLine: $0) })
        return SeedBasedAnalysis(
            space: SeedBasedAnalysisTests.space, settings: settings, workers: Workers(threads: threads))
    }

    private static func run(
        _ settings: [String] = [], threads: Int = 2, experiments: [Experiment] = experiments,
        _ options: PermutationOptions = PermutationOptions()
    ) async throws -> ModelResult {
        try await analysis(settings, threads: threads).run(.mean, experiments: experiments, permutation: options)
    }

    @Test("The same bytes for any number of threads; every experiment is measured, near or silent")
    func threads() async throws {
        let one = try await Self.run(threads: 1)
        let maps = try #require(one.posterior).maps
        for threads in [2, 5] {
            let several = try await Self.run(threads: threads)
            #expect(one.maps.g.map(\.bitPattern) == several.maps.g.map(\.bitPattern))
            #expect(one.maps.se.map(\.bitPattern) == several.maps.se.map(\.bitPattern))
            #expect(one.posterior?.shrunken?.g == several.posterior?.shrunken?.g)
        }
        for voxel in maps.g.indices {
            #expect(maps.measured[voxel] + maps.reached[voxel] <= 5)
            #expect(maps.lower[voxel] < maps.g[voxel] && maps.g[voxel] < maps.upper[voxel])
        }
        // The core of b's peak, and of no other.
        let core = try #require(Head.position([2, 2, 0], in: SeedBasedAnalysisTests.space.mask))
        #expect(maps.measured[core] >= 1 && maps.g[core] > 0)
    }

    @Test("Signs alone leave the effect more uncertain than statistics do, and nearer to zero than the peak would say")
    func signs() async throws {
        func experiments(_ height: Peak.Height) -> [Experiment] {
            ["a", "b", "c"].map {
                SeedBasedAnalysisTests.experiment($0, n1: 20, t: 3.3, peaks: [([0, 0, 0], height)])
            }
        }
        let centre = try #require(Head.position([0, 0, 0], in: SeedBasedAnalysisTests.space.mask))
        let known = try await Self.run(experiments: experiments(.t(4.9)))
        let signed = try await Self.run(experiments: experiments(.positive))
        #expect(known.posterior?.maps.measured[centre] == 3)
        #expect(signed.posterior?.maps.measured[centre] == 0 && signed.posterior?.maps.reached[centre] == 3)
        #expect(signed.maps.se[centre] > known.maps.se[centre])
        // The expected height is about 1.5 times the threshold's: 4.9 is 1.48 times 3.3.
        #expect(abs(signed.maps.g[centre] - known.maps.g[centre]) < 0.5 * known.maps.se[centre])
    }

    /// Rubin's rules over draws from the posterior, with the prior N(0, .5²) that single imputations do not know put on the
    /// result, give its mean and SD, up to Monte-Carlo error and the normal shape that Rubin's rules take (a third of the SD for the
    /// mean, .35 of itself for the SD).
    @Test("What experiments are given at a place pools to the posterior there")
    func places() async throws {
        let (maps, found) = try await Self.found(at: [[0, 0, 0], [10, 4, -6], [-16, 8, 0]])
        try Self.expectPooled(found, maps)
    }

    /// Awaits by itself: see CONTRIBUTING.md on the optimiser and async functions.
    @_optimize(none)
    private static func found(at points: [SIMD3<Double>]) async throws -> (maps: PooledMaps, places: [StudyEffects]) {
        let analysis = try analysis(["imputations=800"])
        let mask = SeedBasedAnalysisTests.space.mask
        let model = try await analysis.prepare(.mean, experiments: experiments)
        let maps = try await analysis.run(model).maps
        let places = try points.map { Place(voxel: try #require(Head.position($0, in: mask)), in: mask, name: "here") }
        return (maps, try await analysis.effects(of: model, at: places))
    }

    private static func expectPooled(_ found: [StudyEffects], _ maps: PooledMaps) throws {
        for effects in found {
            let position = try #require(Head.position(effects.coordinate, in: maps.mask))
            let pooled = try #require(PlacePooling(meanOf: effects, estimator: .dersimonianLaird)).mean
            let (g, se) = (Double(maps.g[position]), Double(maps.se[position]))
            let precision = 1 / (pooled.standardError * pooled.standardError)
            let mean = pooled.value * precision / (precision + 4)
            let deviation = 1 / (precision + 4).squareRoot()
            #expect(abs(mean - g) < se / 3, "\(effects.coordinate): \(mean) for \(g) ± \(se)")
            #expect(abs(deviation / se - 1) < 0.35, "\(effects.coordinate): \(deviation) for \(se)")
        }
    }

    @Test("Left out of the posterior is left out of the analysis")
    func jackknife() async throws {
        let analysis = try Self.analysis()
        let mask = SeedBasedAnalysisTests.space.mask
        let position = try #require(Head.position([0, 0, 0], in: mask))
        let cluster = Cluster(
            sign: 1, voxels: [Int32(position)],
            peaks: [ClusterPeak(position: position, coordinate: mask.world(at: position), value: 3)])
        let jackknife = try await analysis.jackknife(of: .mean, experiments: Self.experiments, clusters: [cluster])
        let table = try #require(jackknife.clusters.first)
        #expect(jackknife.omissions.count == 5)
        for (number, outcome) in table.peak.without.enumerated() {
            let rest = Self.experiments.indices.filter { $0 != number }.map { Self.experiments[$0] }
            let maps = try await Self.run(experiments: rest).maps
            #expect(abs(outcome.g - Double(maps.g[position])) < 1e-4)
            #expect(abs(outcome.se - Double(maps.se[position])) < 1e-4)
        }
        #expect(abs(table.contributions.reduce(0) { $0 + ($1.share ?? .nan) } - 1) < 1e-9)
    }

    @Test("Relocations give the same null for any threads, in shards, and resumed after a cut")
    func relocations() async throws {
        let settings = ["relocations=40"]
        let expected = try #require(try await Self.run(settings, threads: 1).familyWise)
        #expect(expected.kind == .relocations && expected.permutations == 41)
        #expect(try await Self.run(settings, threads: 3).familyWise?.null == expected.null)
        let scratch = try Scratch()
        var shards: [PermutationLedger] = []
        for shard in 1...3 { shards.append(try await Self.shard(shard, "\(scratch.path)/\(shard).tsv", settings)) }
        let merged = try await Self.run(settings, PermutationOptions(shards: shards))
        #expect(merged.familyWise?.null == expected.null)
        // A ledger that was cut in the middle of a row.
        let ledger = "\(scratch.path)/ledger.tsv"
        let whole = try await Self.run(settings, PermutationOptions(ledger: ledger))
        #expect(whole.familyWise?.null == expected.null)
        let text = try String(contentsOfFile: ledger, encoding: .utf8)
        try String(text.prefix(text.count * 2 / 3)).write(toFile: ledger, atomically: true, encoding: .utf8)
        let resumed = try await Self.run(settings, PermutationOptions(ledger: ledger))
        #expect(resumed.familyWise?.null == expected.null)
    }

    private static func shard(_ number: Int, _ path: String, _ settings: [String]) async throws -> PermutationLedger {
        try await analysis(settings).permute(
            .mean, experiments: experiments, shard: number, of: 3, options: PermutationOptions(ledger: path))
    }

    @Test("sdm-psi and estimator: imputation stay what they were, to the bit")
    func unchanged() async throws {
        let sdm = try await SeedBasedAnalysisTests.run(["imputations=20"]).maps
        let imputed = try await Self.run(["imputations=20", "estimator=imputation"]).maps
        #expect(sdm.g.map(\.bitPattern) == imputed.g.map(\.bitPattern))
        #expect(sdm.se.map(\.bitPattern) == imputed.se.map(\.bitPattern))
    }
}

extension Head {
    /// Where the voxel nearest to a point stands in a mask; nil outside of it.
    static func position(_ point: SIMD3<Double>, in mask: Mask) -> Int? {
        guard let voxel = mask.grid.nearestVoxel(to: point) else { return nil }
        let position = mask.position[mask.grid.index(voxel)]
        return position < 0 ? nil : Int(position)
    }
}
