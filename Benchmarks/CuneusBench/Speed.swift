import ArgumentParser
import Cuneus
import Foundation

/// Time per stage of the main job, how it scales with threads, and what the innermost steps cost.
struct Speed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Time of the mean analysis: per stage, per thread, per step, and against the obvious way of doing it."
    )

    @Option(help: "The reference shelf (default: $CUNEUS_SHELF or ../shared).")
    var shelf: String?
    @Option(help: "Most worker threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    func run() async throws {
        try await steps()
        guard let shelf = Shelf(shelf) else {
            print("\noracle project: skipped, no reference shelf (oracle/sdm-psi) at ../shared or $CUNEUS_SHELF")
            return
        }
        try await stages("oracle project (50 experiments, 50 imputations, 2 mm)", shelf.oracle + "/project")
        try await RelocationSpeed(path: shelf.oracle + "/project", threads: threads).run()
    }

    /// The whole job of a project with one thread and with all.
    private func stages(_ title: String, _ path: String) async throws {
        print("\n\(title)")
        var settings = Settings.sdmPSI
        settings.permutations = 0
        let project = try ProjectReader.read(path)
        let experiments = try project.experiments(of: .mean, settings: settings)
        var totals: [Double] = []
        for threads in Set([1, threads]).sorted() {
            var total = 0.0
            var line = ""
            let space = try seconds { try AnalysisSpace(settings: settings) }
            total += space.seconds
            line += "templates \(fixed(space.seconds, 2)) s"
            let analysis = SeedBasedAnalysis(
                space: space.value, settings: settings, workers: Workers(threads: threads))
            let result = try await analysis.run(.mean, experiments: experiments)
            for timing in result.timings where timing.seconds > 0.005 {
                total += timing.seconds
                line += ", \(timing.stage) \(fixed(timing.seconds, 2)) s"
            }
            totals.append(total)
            print("  \(threads) thread(s): \(fixed(total, 1)) s (\(line))")
            let values = Double(result.maps.mask.count * experiments.count * settings.imputations)
            let pooling = result.timings.last?.seconds ?? .nan
            print(
                "    \(fixed(pooling * Double(threads) / values * 1e9, 1)) thread-ns per (voxel, experiment, imputation)"
            )
        }
        if totals.count == 2 { print("  speed-up of \(threads) threads: \(fixed(totals[0] / totals[1], 2))") }
        print("  peak memory: \(MachineRecord.peakMemory() >> 20) MiB")
    }

    /// Innermost steps on one thread.
    private func steps() async throws {
        print("steps, one thread")
        let space = try AnalysisSpace(settings: Settings())

        let graph = KernelGraph(template: space.kernelTemplate, fwhm: 20)
        let kernel = PeakKernel(graph: graph, anisotropy: 1)
        var paths = ShortestPaths(graph)
        var reached = 0
        let search = seconds {
            for x in stride(from: -60.0, through: 60, by: 3) {
                _ = kernel.spread(from: [x, -20, 10], with: &paths) { _, _ in reached += 1 }
            }
        }
        print(
            "  kernel of a peak: \(fixed(search.seconds / 41 * 1e3, 2)) ms, \(fixed(search.seconds / Double(reached) * 1e9, 0)) ns per voxel reached (26 edges each)"
        )

        try await KernelSpeed(kernel: kernel, mask: space.mask).run()
        DrawSpeed(space: space).run()

        let experiments = (0..<50).map { index in
            let scale = EffectScale(n1: 12 + index % 20)
            let b = scale.g(fromT: 3.3)
            let w = index % 3 == 0 ? 0.6 : 0
            return IntervalEffect(lower: -b + w * (1 + b), upper: b + w * (1 - b), scale: scale)
        }
        let likely = seconds { for _ in 0..<200 { _ = MostLikelyEffect(experiments, leaveOut: 3) } }
        let naive = seconds { for _ in 0..<5 { _ = leaveOutOneByOne(experiments, times: 3) } }
        print(
            "  most likely effect of 50 experiments, 3 left out: \(fixed(likely.seconds / 200 * 1e6, 0)) µs; refitting without each in turn \(fixed(naive.seconds / 5 * 1e6, 0)) µs: ratio \(fixed(naive.seconds / 5 / (likely.seconds / 200), 1))"
        )
    }

    /// The definition: drop the experiment whose absence brings the maximum nearest to zero, refitting for each.
    private func leaveOutOneByOne(_ experiments: [IntervalEffect], times: Int) -> Double {
        var remaining = experiments
        var best = MostLikelyEffect(remaining, leaveOut: 0).mean
        for _ in 0..<times {
            let refits = remaining.indices.map { index in
                var others = remaining
                others.remove(at: index)
                return MostLikelyEffect(others, leaveOut: 0).mean
            }
            let nearest = refits.indices.min { abs(refits[$0]) < abs(refits[$1]) } ?? 0
            best = refits[nearest]
            remaining.remove(at: nearest)
        }
        return best
    }

    private func seconds<Value>(_ work: () throws -> Value) rethrows -> (value: Value, seconds: Double) {
        let start = ContinuousClock.now
        let value = try work()
        let duration = ContinuousClock.now - start
        return (value, Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18)
    }
}
