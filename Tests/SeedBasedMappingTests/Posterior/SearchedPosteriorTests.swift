import Inference
import SeedBasedMapping
import Statistics
import Testing

/// A failure would mean that the silence of a study that did not look is taken as evidence against an effect.
@Suite("The posterior where some experiments did not look")
struct SearchedPosteriorTests {
    private let workers = Workers(threads: 2)
    private static let voxels = 600

    private static func reports(_ searched: [Int: (Int) -> Bool]) -> [EffectReport] {
        var reports = PosteriorProblem.reports(peaks: 8, maps: 1, voxels: voxels, seed: 5)
        for (number, rule) in searched { reports[number] = reports[number].searching((0..<voxels).map(rule)) }
        return reports
    }

    private static func largest(_ a: PosteriorMaps, _ b: PosteriorMaps, at voxels: [Int]) -> Double {
        voxels.map { voxel in
            Double(
                max(abs(a.g[voxel] - b.g[voxel]), abs(a.se[voxel] - b.se[voxel]), abs(a.upper[voxel] - b.upper[voxel])))
        }.max() ?? 0
    }

    @Test("Where it did not look the posterior is that without it, elsewhere that with it")
    func absence() async throws {
        let everywhere = try EffectPosterior(Self.reports([:]), voxels: Self.voxels)
        let half = try EffectPosterior(Self.reports([2: { $0 < 250 }]), voxels: Self.voxels)
        let (all, found) = (try await everywhere.maps(workers: workers), try await half.maps(workers: workers))
        let without = try await everywhere.maps(without: [2], workers: workers)
        // Nodes are placed anew: as leaving out is documented, to about 1e-5; SDs are .1 to .4 here.
        #expect(Self.largest(found, all, at: Array(0..<250)) < 1e-6)
        #expect(Self.largest(found, without, at: Array(250..<Self.voxels)) < 2e-4)
        // And it does matter: where it is silent, it draws towards zero.
        #expect(Self.largest(without, all, at: Array(250..<Self.voxels)) > 1e-2)
        for voxel in [0, 100, 260, 400, 599] {
            let plain = PosteriorProblem.reference(Self.reports([2: { $0 < 250 }]), at: voxel)
            #expect(abs(Double(found.g[voxel]) - plain.g) < 3e-4 * plain.se)
            #expect(abs(Double(found.se[voxel]) - plain.se) < 3e-4 * plain.se)
        }
    }

    @Test("Leaving out one that did not look changes nothing there, and counts of those who speak know it")
    func omission() async throws {
        let reports = Self.reports([0: { $0 < 250 }, 3: { $0 >= 250 }])
        let posterior = try EffectPosterior(reports, voxels: Self.voxels)
        let positions: [Int32] = [10, 251, 300, 420]
        let all = try await posterior.maps(at: positions, workers: workers)
        let left = try await posterior.leaveOneOut(at: positions, workers: workers)
        for (index, voxel) in positions.enumerated() {
            let absent = voxel < 250 ? 3 : 0
            #expect(abs(left[absent].g[index] - all.g[index]) < 1e-5)
            #expect(abs(left[absent].upper[index] - all.upper[index]) < 1e-4)
            #expect(left[absent].reached[index] == all.reached[index])
        }
        for number in reports.indices { try await expect(left[number], without: number, posterior, at: positions) }
    }

    private func expect(
        _ left: PosteriorMaps, without number: Int, _ posterior: EffectPosterior, at positions: [Int32]
    ) async throws {
        let anew = try await posterior.maps(at: positions, without: [number], workers: workers)
        for index in positions.indices { #expect(abs(left.g[index] - anew.g[index]) < 1e-4) }
    }

    @Test("Where nobody looked there is nothing")
    func nobody() async throws {
        let scale = EffectScale(n1: 20)
        let reports = (0..<3).map { _ in
            EffectReport(thresholdG: 0.8, scale: scale).searching([true, false])
        }
        let maps = try await EffectPosterior(reports, voxels: 2).maps(workers: workers)
        #expect(!maps.g[0].isNaN && maps.g[1].isNaN)
        let both = try EffectPosterior(reports, voxels: 2, rows: [0..<2, 2..<3])
        #expect(try await both.maps(workers: workers).g[1].isNaN)
    }
}
