import Cuneus
import Foundation

/// How the permutation test's time grows with its size, on 4 mm voxels and experiments whose effects are unknown
/// everywhere: a few seconds a run.
struct Growth {
    struct Size: Hashable {
        var studies = 25
        var subjects = 20
        var imputations = 20
        var permutations = 100

        var elements: Double { Double(studies * imputations * permutations) }
    }

    let space: AnalysisSpace
    let sampler: CopulaSampler
    let noise: SubjectNoise
    let statistics: MaximumStatistics

    init() throws {
        var settings = Settings()
        settings.voxelSize = 4
        space = try AnalysisSpace(settings: settings)
        sampler = CopulaSampler(mask: space.mask, template: space.template, noiseFWHM: settings.noiseFWHM)
        noise = SubjectNoise(mask: space.mask, template: space.template)
        statistics = MaximumStatistics(
            tfce: ThresholdFreeClusterEnhancement(table: NeighbourTable(space.mask, .faces)),
            clusterTable: NeighbourTable(space.mask, .edges), clusterForming: 3.09)
    }

    func report(threads: Int) async throws {
        let base = Size()
        var rows: [(name: String, size: Size)] = []
        for count in [10, 25, 50] { rows.append(("studies \(count)", Size(studies: count))) }
        for count in [10, 20, 40] { rows.append(("subjects each \(count)", Size(subjects: count))) }
        for count in [10, 20, 50] { rows.append(("imputations \(count)", Size(imputations: count))) }
        for count in [50, 100, 200] { rows.append(("permutations \(count)", Size(permutations: count))) }
        // Sizes take turns, so that a busy minute of the machine does not fall on one of them alone.
        let rounds = 4
        var times: [Size: (draws: Double, permutations: Double)] = [:]
        for _ in 0..<rounds {
            for size in Set(rows.map(\.size)) {
                let time = try await time(size, threads: threads)
                let least = times[size] ?? (.infinity, .infinity)
                times[size] = (min(least.draws, time.draws), min(least.permutations, time.permutations))
            }
        }
        print(
            "growth, \(space.mask.count) voxels of 4 mm; unless said: \(base.studies) studies of \(base.subjects), \(base.imputations) imputations, \(base.permutations) permutations; \(threads) threads, the best of \(rounds)"
        )
        print("                           draws, s   permutations, s   thread-ns per (voxel, imp., perm., study)")
        for (name, size) in rows {
            guard let time = times[size] else { continue }
            let element = time.permutations * Double(threads) / (size.elements * Double(space.mask.count))
            let label = name.padding(toLength: 22, withPad: " ", startingAt: 0)
            print(
                "    \(label)\(column(time.draws, 2, 9))\(column(time.permutations, 2, 18))\(column(element * 1e9, 3, 12))"
            )
        }
        if threads > 1 { try await threadRatio(threads) }
    }

    /// Runs with one thread and with all take turns, so that whatever else the machine does disturbs both alike.
    private func threadRatio(_ threads: Int) async throws {
        let size = Size(studies: 25, subjects: 20, imputations: 50, permutations: 128)
        var one: [Double] = []
        var all: [Double] = []
        for _ in 0..<5 {
            let single = try await time(size, threads: 1)
            one.append(single.draws + single.permutations)
            let several = try await time(size, threads: threads)
            all.append(several.draws + several.permutations)
        }
        let ratio = (one.min() ?? .nan) / (all.min() ?? .nan)
        print(
            "  \(threads) threads against 1, best of 5 in turns: \(fixed(one.min() ?? .nan, 2)) s / \(fixed(all.min() ?? .nan, 2)) s = \(fixed(ratio, 2)); load average \(loadAverage()) (\(threads) is this run's own: more means that others work here, and the ratio is too low)"
        )
    }

    /// Seconds of one test: drawing noise and imputations, and permutations with their maxima.
    private func time(_ size: Size, threads: Int) async throws -> (draws: Double, permutations: Double) {
        let scale = EffectScale(n1: size.subjects)
        let voxels = space.mask.count
        let names = (0..<size.studies).map { "study \($0)" }
        let studies = names.map { name in
            ImputedStudy(
                id: name, seed: 1, scale: scale,
                bounds: EffectBounds(
                    lower: [Float](repeating: -0.5, count: voxels), upper: [Float](repeating: 0.6, count: voxels)),
                mean: [Float](repeating: 0.05, count: voxels), tau2: [Float](repeating: 0.02, count: voxels))
        }
        let test = SubjectPermutationTest(
            studies: studies,
            scheme: PermutationScheme(
                names.map { .init(id: $0, n1: size.subjects, n2: 0) }, requested: size.permutations + 1, seed: 1),
            imputations: size.imputations, estimator: .dersimonianLaird, unitVariance: false, statistics: statistics,
            sampler: sampler, noise: noise, instructions: .best, workers: Workers(threads: threads),
            progress: SilentProgress())
        guard let plan = test.memoryPlan(limit: 2 << 30) else { return (.nan, .nan) }
        let store = test.makeDraws(plan)
        // The first permutation makes the draws.
        var start = ContinuousClock.now
        _ = try await test.maxima(0..<1, draws: store)
        let draws = elapsed(since: start)
        start = .now
        for first in stride(from: 1, through: size.permutations, by: plan.batch) {
            _ = try await test.maxima(first..<min(first + plan.batch, size.permutations + 1), draws: store)
        }
        return (draws, elapsed(since: start))
    }

    private func column(_ value: Double, _ digits: Int, _ width: Int) -> String {
        let text = fixed(value, digits)
        return String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private func loadAverage() -> String {
        let text = try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)
        return text?.split(separator: " ").first.map(String.init) ?? "unknown"
    }
}
