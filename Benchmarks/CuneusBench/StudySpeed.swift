import ArgumentParser
import Cuneus
import Foundation
import Simulation

/// Time of a primary study's permutations: thirty people, a brain of 2 mm voxels.
struct StudySpeed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "study-speed",
        abstract:
            "Time of the permutation test of a primary study of 30 people and 230,000 voxels, with and without TFCE.")

    @Option(help: "Permutations that are timed.")
    var permutations = 200

    @Option(help: "Most worker threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: "Write the images and the times to this folder, for Scripts/nilearn_speed.py.")
    var save: String?

    /// What `times.json` holds of one kind of test.
    private struct Times: Encodable {
        var tfce: Bool
        var permutations: Int
        var threads: Int
        var seconds: Double
        var processorSeconds: Double
        var largest: Double
    }

    @_optimize(none)
    func run() async throws {
        let images = try PrimaryStudySpeed().images()
        if let save { try PrimaryStudySpeed.write(images, to: save) }
        var all: [Times] = []
        for includesTFCE in [false, true] {
            // Without TFCE and clusters a permutation is so short that more of them are needed to time one.
            let count = includesTFCE ? permutations : 10 * permutations
            let speed = PrimaryStudySpeed(permutations: count, includesTFCE: includesTFCE)
            let timing = try await speed.run(images, workers: Workers(threads: threads))
            print(
                includesTFCE ? "voxel, size, mass and TFCE:" : "voxel only:",
                "\(timing.voxels) voxels, \(count) permutations, \(threads) threads:",
                "\(fixed(1000 * timing.perPermutation, 2)) ms a permutation by the clock,",
                "\(fixed(1000 * timing.processorPerPermutation, 2)) ms of processor time;",
                "10,000 need \(fixed(timing.preparation + 10_000 * timing.perPermutation, 0)) s,",
                "\(fixed(Double(timing.bytes) / 1e6, 0)) MB beside the images")
            all.append(
                Times(
                    tfce: includesTFCE, permutations: count, threads: threads, seconds: timing.perPermutation,
                    processorSeconds: timing.processorPerPermutation, largest: timing.largest))
        }
        if let save { try JSONEncoder().encode(all).write(to: URL(fileURLWithPath: "\(save)/times.json")) }
    }
}
