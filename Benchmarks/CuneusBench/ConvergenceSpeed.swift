import ArgumentParser
import Cuneus
import Foundation

/// Time of the convergence methods, beside NiMARE's.
struct ConvergenceSpeed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convergence",
        abstract: "Time of ALE, MKDA, KDA, chi-square and subtraction, beside NiMARE 0.22.1's.",
        discussion: """
            NiMARE's seconds were measured on a quiet machine of two cores of the same kind (issue 5 of the project); \
            process time is printed besides wall time because other programs may be running.
            """)

    @Option(help: "Most worker threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "Iterations of each Monte-Carlo test.")
    var iterations = 1000
    @Option(help: "Experiments of the largest simulated data set.")
    var studies = 1000

    func run() async throws {
        let space = try ConvergenceSpace.standard()
        print("mask: \(space.mask.count) voxels; \(iterations) iterations")
        let pain = Self.simulated(21, fociPerStudy: 12.7, in: space)
        for count in Set([1, threads]).sorted() {
            print("\n21 experiments, 267 foci, \(count) thread(s)")
            let ale = count == 1 ? 21.2 : 14.6
            try await familyWise("ALE + FWE", ActivationLikelihoodEstimation(), pain, space, count, nimare: ale)
            try await familyWise(
                "MKDA + FWE", MKDADensity(), pain, space, count, nimare: count == 1 ? 12.3 : 10.4)
            try await familyWise(
                "KDA + FWE", KernelDensityAnalysis(), pain, space, count, nimare: count == 1 ? 9.4 : nil)
            try await familyWise(
                "ALE + FWE with TFCE", ActivationLikelihoodEstimation(), pain, space, count, nimare: ale, tfce: true)
            let workers = Workers(threads: count)
            let labels = LabelPermutations(first: 11, total: 21, count: iterations, seed: 1)
            var start = Timing()
            let chi2 = try await MKDAChi2().run(
                Array(pain.prefix(11)), Array(pain.dropFirst(11)), in: space, workers: workers)
            _ = chi2.corrected(try await chi2.permuted(labels, workers: workers))
            report("chi-square + FWE", start.elapsed, count, nimare: count == 2 ? 262 : nil)
            start = Timing()
            _ = try await ALESubtraction().run(
                Array(pain.prefix(11)), Array(pain.dropFirst(11)), in: space, labels: labels, workers: workers)
            report("ALE subtraction with clusters", start.elapsed, count, nimare: count == 2 ? 171 : nil)
        }
        let many = Self.simulated(studies, fociPerStudy: 12.6, in: space)
        print("\n\(studies) experiments, \(many.reduce(0) { $0 + $1.foci.count }) foci, \(threads) thread(s)")
        let isThousand = studies == 1000 && threads <= 2
        try await familyWise(
            "ALE + FWE", ActivationLikelihoodEstimation(), many, space, threads,
            nimare: isThousand ? (threads == 1 ? 266 : 144) : nil)
        try await familyWise(
            "MKDA + FWE", MKDADensity(), many, space, threads,
            nimare: isThousand && threads == 2 ? 29 : nil)
        print("peak memory: \(MachineRecord.peakMemory() >> 20) MiB")
    }

    private func familyWise(
        _ title: String, _ method: any CoordinateMethod, _ foci: [FociSet], _ space: ConvergenceSpace,
        _ threads: Int, nimare: Double?, tfce: Bool = false
    ) async throws {
        let workers = Workers(threads: threads)
        let start = Timing()
        let result = try await method.run(foci, in: space, workers: workers)
        let fit = start.elapsed
        let test = FamilyWiseMonteCarlo(iterations: iterations, includesTFCE: tfce)
        _ = try await test.run(result, workers: workers)
        let all = start.elapsed
        var line =
            "  \(title): \(fixed(all.wall, 2)) s (process \(fixed(all.process, 2)) s; maps \(fixed(fit.wall, 2)) s)"
        line += ", \(fixed((all.wall - fit.wall) / Double(iterations) * 1e3, 3)) ms per iteration"
        line += " (process \(fixed((all.process - fit.process) / Double(iterations) * 1e3, 3)))"
        if let nimare, iterations == 1000 {
            line += Self.ratio(nimare, all, threads)
        }
        print(line)
        fflush(nil)
    }

    /// By wall time, and by processor time per thread: what it would be with the machine to itself.
    private static func ratio(_ nimare: Double, _ time: (wall: Double, process: Double), _ threads: Int) -> String {
        "; NiMARE \(fixed(nimare, 1)) s, ratio \(fixed(nimare / time.wall, 0)) by wall time, "
            + "\(fixed(nimare / (time.process / Double(threads)), 0)) by processor time per thread"
    }

    private func report(
        _ title: String, _ time: (wall: Double, process: Double), _ threads: Int, nimare: Double?
    ) {
        var line = "  \(title): \(fixed(time.wall, 2)) s (process \(fixed(time.process, 2)) s)"
        if let nimare, iterations == 1000 {
            line += Self.ratio(nimare, time, threads)
        }
        print(line)
        fflush(nil)
    }

    /// Experiments of 8 to 40 people with foci anywhere in the mask, a tenth of them near one of five places.
    static func simulated(_ count: Int, fociPerStudy: Double, in space: ConvergenceSpace) -> [FociSet] {
        let philox = Philox(seed: 5, name: "convergence speed", purpose: 0)
        let mask = space.mask
        return (0..<count).map { study in
            let size = Int((Double(study + 1) * fociPerStudy).rounded()) - Int((Double(study) * fociPerStudy).rounded())
            let foci = (0..<size).map { focus -> SIMD3<Double> in
                let words = philox([UInt32(study), UInt32(focus), 0, 0])
                if words.x % 10 == 0 {
                    let place = mask.world(at: mask.count / 6 * Int(1 + words.y % 5))
                    return place + SIMD3(Double(words.z % 9) - 4, Double(words.w % 9) - 4, Double(words.w / 9 % 9) - 4)
                }
                return mask.world(at: Int((UInt64(mask.count) * UInt64(words.y)) >> 32))
            }
            return FociSet(id: "study\(study)", sampleSize: Double(8 + 4 * (study % 9)), foci: foci)
        }
    }
}

/// Wall and processor time since it was made.
struct Timing {
    private let start = ContinuousClock.now
    private let process = clock()

    var elapsed: (wall: Double, process: Double) {
        let duration = ContinuousClock.now - start
        let wall = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
        return (wall, Double(clock() - process) / Double(CLOCKS_PER_SEC))
    }
}
