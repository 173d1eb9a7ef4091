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
        var settings = Settings.sdmPSI
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
        var times: [Size: Time] = [:]
        for _ in 0..<rounds {
            for size in Set(rows.map(\.size)) {
                let time = try await time(size, threads: threads)
                times[size] = times[size].map { $0.least(time) } ?? time
            }
        }
        print(
            "growth, \(space.mask.count) voxels of 4 mm; unless said: \(base.studies) studies of \(base.subjects), \(base.imputations) imputations, \(base.permutations) permutations; \(threads) threads, processor time, the best of \(rounds)"
        )
        print("                           draws, s   permutations, s   ns per (voxel, imputation, permutation, study)")
        for (name, size) in rows {
            guard let time = times[size] else { continue }
            let element = time.permutations / (size.elements * Double(space.mask.count))
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
        var one = Time()
        var all = Time()
        for _ in 0..<5 {
            one = one.least(try await time(size, threads: 1))
            all = all.least(try await time(size, threads: threads))
        }
        print(
            "  \(threads) threads against 1, best of 5 in turns: \(fixed(one.wall, 2)) s / \(fixed(all.wall, 2)) s = \(fixed(one.wall / all.wall, 2)) by the clock; processor time \(fixed(one.draws + one.permutations, 2)) s and \(fixed(all.draws + all.permutations, 2)) s"
        )
        print(
            "    load average \(loadAverage()): above \(threads), others work on this machine too, and the ratio by the clock is too low"
        )
    }

    /// Seconds: processor time of drawing noise and imputations, and of permutations with their maxima; all by the clock.
    private struct Time {
        var draws = Double.infinity
        var permutations = Double.infinity
        var wall = Double.infinity

        func least(_ other: Time) -> Time {
            Time(
                draws: min(draws, other.draws), permutations: min(permutations, other.permutations),
                wall: min(wall, other.wall))
        }
    }

    private func time(_ size: Size, threads: Int) async throws -> Time {
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
        guard let plan = test.memoryPlan(limit: 2 << 30) else { return Time() }
        let store = test.makeDraws(plan)
        let start = ContinuousClock.now
        let began = processorTime()
        // The first permutation makes the draws.
        _ = try await test.maxima(0..<1, draws: store)
        let drawn = processorTime()
        for first in stride(from: 1, through: size.permutations, by: plan.batch) {
            _ = try await test.maxima(first..<min(first + plan.batch, size.permutations + 1), draws: store)
        }
        return Time(draws: drawn - began, permutations: processorTime() - drawn, wall: elapsed(since: start))
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
