import Appraisal
import Evidence
import Imaging
import Inference
import SeedBasedMapping
import Statistics
import Testing

@Suite("The posterior as experiments come in")
struct CumulativePosteriorTests {
    private typealias Base = SeedBasedAnalysisTests
    private let workers = Workers(threads: 2)
    private static let order = [4, 0, 8, 2, 7, 1, 3, 6, 5]

    @Test(
        "each step is the posterior fitted anew to those that have come; the last is that of all, to the bit",
        arguments: [false, true])
    func steps(isShared: Bool) async throws {
        let voxels = 40
        let reports = PosteriorProblem.reports(peaks: 6, maps: 3, voxels: voxels, seed: 43)
        let rows = isShared ? [0..<2] + (2..<9).map { $0..<$0 + 1 } : nil
        let posterior = try EffectPosterior(reports, voxels: voxels, rows: rows)
        let positions = (0..<Int32(voxels)).filter { $0 % 2 == 0 }
        let found = try await posterior.cumulative(Self.order, at: positions, workers: workers)
        #expect(found.count == 9)
        for step in Self.order.indices {
            try await check(found[step], posterior, without: Set(Self.order[(step + 1)...]), at: positions)
        }
        let all = try await posterior.maps(at: positions, workers: workers)
        #expect(found[8].g == all.g && found[8].lower == all.lower && found[8].upper == all.upper)
        #expect(found[8].tau2 == all.tau2 && found[8].measured == all.measured)
    }

    private func check(
        _ found: PosteriorMaps, _ posterior: EffectPosterior, without later: Set<Int>, at positions: [Int32]
    ) async throws {
        let expected = try await posterior.maps(at: positions, without: later, workers: workers)
        for index in positions.indices {
            guard !expected.g[index].isNaN else {
                #expect(found.g[index].isNaN, "an effect where nobody has spoken yet")
                continue
            }
            let se = expected.se[index]
            #expect(abs(found.g[index] - expected.g[index]) < 1e-3 * se, "\(later.count) to come")
            #expect(abs(found.se[index] - expected.se[index]) < 1e-3 * se, "\(later.count) to come")
            #expect(abs(found.lower[index] - expected.lower[index]) < 5e-3 * se, "\(later.count) to come")
            #expect(abs(found.tau2[index] - expected.tau2[index]) < 1e-4, "\(later.count) to come")
        }
        #expect(found.measured == expected.measured)
        #expect(found.reached == expected.reached)
    }

    @Test("an order that leaves one out, or names one twice, is refused")
    func order() async throws {
        let posterior = try EffectPosterior(
            PosteriorProblem.reports(peaks: 3, maps: 0, voxels: 4, seed: 1), voxels: 4)
        await #expect(throws: EffectPosterior.Problem.rows) {
            _ = try await posterior.cumulative([0, 1, 1], at: [0], workers: workers)
        }
        await #expect(throws: EffectPosterior.Problem.rows) {
            _ = try await posterior.cumulative([0, 1], at: [0], workers: workers)
        }
    }

    private static func evidence(_ years: [String: Double]) async throws -> StudyEffects {
        let settings = try Settings().applying(
            ["relocations=0", "imputations=16", "samples=separate"].map { try SettingAssignment(commandLine: $0) })
        let analysis = SeedBasedAnalysis(space: Base.space, settings: settings, workers: Workers(threads: 2))
        let experiments = Base.experiments.map { experiment in
            var dated = experiment
            if let year = years[experiment.id] { dated.covariates["year"] = .number(year) }
            return dated
        }
        let result = try await analysis.run(.mean, experiments: experiments)
        let voxel = try PlacesTests.voxel([0, 0, 0])
        let cluster = Cluster(
            sign: 1, voxels: [Int32(voxel)],
            peaks: [ClusterPeak(position: voxel, coordinate: Base.space.mask.world(at: voxel), value: 3)])
        let evidence = try await analysis.evidence(for: [cluster], of: result)
        return try #require(evidence.peaks.first)
    }

    @Test("at the peak of a cluster it goes by year, then by name, and ends at the effect of the maps")
    func byYear() async throws {
        let place = try await Self.evidence(["a": 2010, "b": 2004, "c": 2010, "d": 1998, "e": 2001])
        let posterior = try #require(place.posterior)
        let steps = try #require(posterior.cumulative?.steps)
        #expect(steps.map(\.id) == ["d", "e", "b", "a", "c"], "the order is not that of the years")
        #expect(steps.map(\.year) == [1998, 2001, 2004, 2010, 2010])
        let last = try #require(steps.last)
        #expect(abs(last.mean - posterior.effect.mean) < 1e-10, "the last step is not the full posterior")
        #expect(abs(last.interval.lower - posterior.effect.interval.lower) < 1e-10)
        #expect(abs(last.interval.upper - posterior.effect.interval.upper) < 1e-10)
        #expect(abs(last.tau2 - posterior.effect.tau2) < 1e-10)
    }

    @Test("without the year of one of them there is no order, and its name is told")
    func undated() async throws {
        let place = try await Self.evidence(["a": 2010, "b": 2004, "d": 1998, "e": 2001])
        let cumulative = try #require(place.posterior?.cumulative)
        #expect(cumulative.steps.isEmpty && cumulative.undated == ["c"])
    }
}
