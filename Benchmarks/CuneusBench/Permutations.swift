import ArgumentParser
import Cuneus
import Foundation

/// Time of the permutation test, how it grows, and how near it is to what the processor can do.
struct Permutations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Time of the permutation test.")

    @Option(help: "The reference shelf (default: $CUNEUS_SHELF or ../shared).")
    var shelf: String?
    @Option(help: "Most worker threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "Permutations to time.")
    var permutations = 128
    @Option(help: "Only the first so many experiments.")
    var experiments: Int?
    @Option(help: "Memory, MiB.")
    var memory = 4096

    func run() async throws {
        guard let shelf = Shelf(shelf) else {
            print("permutations: skipped, no reference shelf (oracle/sdm-psi) at ../shared or $CUNEUS_SHELF")
            return
        }
        var settings = Settings()
        settings.permutations = permutations
        let project = try ProjectReader.read(shelf.oracle + "/project")
        var chosen = try project.experiments(of: .mean, settings: settings)
        if let experiments { chosen = Array(chosen.prefix(experiments)) }
        let space = try AnalysisSpace(settings: settings)
        let subjects = chosen.reduce(0) { $0 + $1.n }
        print(
            "\(chosen.count) experiments, \(subjects) subjects, \(space.mask.count) voxels, \(settings.imputations) imputations, \(permutations) permutations, \(VectorInstructions.best.rawValue)"
        )
        let analysis = MeanAnalysis(space: space, settings: settings, workers: Workers(threads: threads))
        let result = try await analysis.run(
            .mean, experiments: chosen, permutation: PermutationOptions(memory: memory << 20))
        for timing in result.timings where timing.seconds > 0.005 {
            print("  \(timing.stage): \(fixed(timing.seconds, 1)) s")
        }
        let seconds = result.timings.last?.seconds ?? .nan
        let elements = Double(space.mask.count * settings.imputations * permutations * chosen.count)
        print(
            "  \(fixed(seconds * Double(threads) / elements * 1e9, 3)) thread-ns per (voxel, imputation, permutation, experiment), draws included"
        )
        print("  peak memory: \(MachineRecord.peakMemory() >> 20) MiB")
    }
}
