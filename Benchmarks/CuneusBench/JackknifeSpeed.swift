import ArgumentParser
import Cuneus
import Foundation

/// What the full jackknife of a model costs, beside the mean analysis itself.
struct JackknifeSpeed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jackknife",
        abstract: "Time of leaving each experiment out at all clusters, in units of the mean analysis.")

    @Option(help: "The reference shelf (default: $CUNEUS_SHELF or ../shared).")
    var shelf: String?
    @Option(help: "Worker threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "How many of the oracle project's experiments, the first ones.")
    var experiments = 22
    @Option(help: "Imputations.")
    var imputations = 50
    @Option(help: "Uncorrected p that makes the clusters.")
    var p = 0.005

    func run() async throws {
        guard let shelf = Shelf(shelf) else {
            print("jackknife: skipped, no reference shelf (oracle/sdm-psi) at ../shared or $CUNEUS_SHELF")
            return
        }
        var settings = Settings.sdmPSI
        settings.permutations = 0
        settings.imputations = imputations
        settings.thresholdP = p
        let project = try ProjectReader.read(shelf.oracle + "/project")
        let chosen = Array(try project.experiments(of: .mean, settings: settings).prefix(experiments))
        let analysis = SeedBasedAnalysis(
            space: try AnalysisSpace(settings: settings), settings: settings, workers: Workers(threads: threads))
        let before = Self.cpuSeconds()
        let result = try await analysis.run(.mean, experiments: chosen)
        let singleCPU = Self.cpuSeconds() - before
        let clusters = result.exploratoryClusters()
        let voxels = clusters.reduce(0) { $0 + $1.voxels.count }
        print(
            "jackknife of \(chosen.count) experiments, \(imputations) imputations, \(threads) thread(s): \(clusters.count) clusters, \(voxels) of \(result.maps.mask.count) voxels"
        )
        let single = result.timings.reduce(0) { $0 + $1.seconds }
        print(
            "  mean analysis: \(fixed(single, 2)) s ("
                + result.timings.map { "\($0.stage) \(fixed($0.seconds, 2)) s" }.joined(separator: ", ") + ")")

        let watch = StageWatch()
        let observed = SeedBasedAnalysis(
            space: analysis.space, settings: settings, workers: analysis.workers, progress: watch)
        let start = ContinuousClock.now
        let startCPU = Self.cpuSeconds()
        let jackknife = try await observed.jackknife(of: .mean, experiments: chosen, clusters: clusters)
        let duration = ContinuousClock.now - start
        let total = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
        let totalCPU = Self.cpuSeconds() - startCPU
        let own = watch.stages.filter { $0.name.hasPrefix("Jackknife") }.reduce(0) { $0 + $1.seconds }
        print(
            "  jackknife, bounds and most likely effect of all made again: \(fixed(total, 2)) s ("
                + watch.stages.map { "\($0.name.lowercased()) \(fixed($0.seconds, 2)) s" }.joined(separator: ", ") + ")"
        )
        print(
            "  ratio to the mean analysis: \(fixed(total / single, 2)) on its own, \(fixed(own / single, 2)) after it; processor time \(fixed(totalCPU, 1)) s to \(fixed(singleCPU, 1)) s, \(fixed(totalCPU / singleCPU, 2))"
        )
        if let table = jackknife.clusters.first {
            let kept = jackknife.kept(table.peak)
            print("  largest cluster: peak significant in \(kept.count) of \(kept.of)")
        }
    }
}

extension JackknifeSpeed {
    /// Of all threads of this process: on a busy machine the fairer measure.
    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

/// How long each stage takes.
private final class StageWatch: ProgressObserver, @unchecked Sendable {
    private(set) var stages: [(name: String, seconds: Double)] = []
    private var name = ""
    private var start = ContinuousClock.now

    // Stages follow each other; only `advanced` comes from several threads.
    func began(_ stage: String, units: Int) {
        name = stage
        start = .now
    }

    func advanced(by units: Int) {}

    func ended() {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        stages.append((name, Double(seconds) + Double(attoseconds) * 1e-18))
    }
}
