import ArgumentParser
import Cuneus
import Foundation

/// Time of the image-based methods, beside NiMARE's.
struct ImageSpeed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "images",
        abstract: "Time of image-based methods on 20 whole-brain maps, beside NiMARE 0.22.1's.",
        discussion: """
            NiMARE's seconds are those of issue 5 of the project (20 maps at 2 mm, a quiet machine of two cores of the same \
            kind; they hold reading the images). Ours are printed for images in memory, and once with reading them and \
            writing the maps. Process time is printed besides wall time because other programs may be running.
            """)

    @Option(help: "The reference shelf, for NiMARE's brain mask (default: $CUNEUS_SHELF or ../shared).")
    var shelf: String?
    @Option(help: "Most worker threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "Maps.")
    var studies = 20
    @Option(help: "Sign flips.")
    var permutations = 1000
    @Flag(help: "Also clusters and TFCE of permuted least squares, which takes longer.")
    var clusters = false

    func run() async throws {
        let mask = try brainMask()
        let stack = try Self.simulated(studies, mask: mask)
        let isTwenty = studies == 20 && permutations == 1000
        print(
            "\(studies) maps, \(mask.count) voxels, \(stack.bytes >> 20) MiB of images, \(VectorInstructions.best.rawValue)"
        )
        let base = MachineRecord.peakMemory()
        _ = try await PooledImages(.reml).run(stack, workers: Workers(threads: threads))
        _ = try await PermutedOLS().test(
            stack, options: .init(permutations: permutations), workers: Workers(threads: threads)
        ).maps()
        let peak = MachineRecord.peakMemory()
        print("peak memory: \(base >> 20) MiB with the images made, \(peak >> 20) MiB after REML and permuted OLS")
        let samples = try Self.simulated(studies, mask: mask, imagesPerSample: 2)
        // Its arrays are far larger than ours.
        let bandwidth = Roofline(.best).bandwidth
        print("memory: \(fixed(1e-9 * bandwidth, 1)) GB/s on one core")
        let methods: [(title: String, method: any ImageMethod, nimare: Double?)] = [
            ("fixed effects", PooledImages(.fixed), nil),
            ("DerSimonian-Laird", PooledImages(.dersimonianLaird), 12.4),
            ("Hedges", PooledImages(.hedges), 12.0),
            ("Paule-Mandel", PooledImages(.pauleMandel), nil),
            ("ML", PooledImages(.maximumLikelihood), nil),
            ("REML", PooledImages(.reml), 16.2),
            ("DL, Q-profile intervals", PooledImages(.dersimonianLaird, intervalLevel: 0.95), nil),
            ("Stouffer", StouffersTest(), 6.3),
            ("Fisher", FishersTest(), nil),
        ]
        for count in Set([1, threads]).sorted() {
            print("\n\(count) thread(s)")
            let workers = Workers(threads: count)
            for (title, method, nimare) in methods {
                let time = try await Self.best { _ = try await method.run(stack, workers: workers) }
                let bytes = Double(4 * mask.count * studies * method.needs.count)
                report(title, time, count, nimare: isTwenty ? nimare : nil, bytes: bytes, bandwidth: bandwidth)
            }
            let shared = try await Self.best {
                _ = try await PooledImages(.dersimonianLaird).run(samples, workers: workers)
            }
            report(
                "DL, CR2 (two per sample)", shared, count, nimare: nil,
                bytes: Double(8 * mask.count * studies), bandwidth: bandwidth)
            let time = try await Self.best {
                _ = try await PermutedOLS().run(stack, workers: workers)
                _ = try await PermutedOLS().test(stack, options: .init(permutations: permutations), workers: workers)
                    .maps()
            }
            report(
                "permuted OLS, \(permutations) flips", time, count, nimare: isTwenty ? 7.7 : nil,
                bytes: Double(4 * mask.count * studies), bandwidth: bandwidth)
            if clusters { try await whole(stack, workers) }
        }
        try await withFiles(stack)
    }

    private func whole(_ stack: ImageStack, _ workers: Workers) async throws {
        let start = Timing()
        let options = PermutedOLS.TestOptions(permutations: permutations, clusterP: 0.001, includesTFCE: true)
        _ = try await PermutedOLS().test(stack, options: options, workers: workers)
        let time = start.elapsed
        print(
            "  permuted OLS with cluster size, mass and TFCE: \(fixed(time.wall, 1)) s (process \(fixed(time.process, 1)) s), \(fixed(1e3 * time.wall / Double(permutations), 1)) ms a permutation"
        )
    }

    /// Reading 2 × 20 images, DerSimonian-Laird, and writing its maps.
    private func withFiles(_ stack: ImageStack) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cuneus-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func path(_ name: String) -> String { folder.appendingPathComponent(name + ".nii.gz").path }
        for index in stack.studies.indices {
            for quantity in [ImageQuantity.effect, .variance] {
                guard let values = stack.values(quantity, of: index) else { continue }
                try NIfTIImage(stack.mask.scatter(values)).write(to: path("\(index)_\(quantity.rawValue)"))
            }
        }
        let start = Timing()
        var read = try ImageStack(mask: stack.mask)
        for (index, study) in stack.studies.enumerated() {
            var images: [ImageQuantity: Volume] = [:]
            for quantity in [ImageQuantity.effect, .variance] {
                images[quantity] = try NIfTIImage(contentsOf: path("\(index)_\(quantity.rawValue)")).volume(0)
            }
            try read.append(study, images: images)
        }
        let reading = start.elapsed
        let maps = try await PooledImages(.dersimonianLaird).run(read, workers: Workers(threads: threads))
        let pooling = start.elapsed
        for name in maps.names {
            guard let volume = maps.volume(name) else { continue }
            try NIfTIImage(volume).write(to: path(name.nimare))
        }
        let all = start.elapsed
        print(
            "DerSimonian-Laird from files to files, \(threads) thread(s): reading \(2 * stack.studies.count) images \(fixed(reading.wall, 2)) s, pooling \(fixed(pooling.wall - reading.wall, 3)) s, writing \(maps.names.count) maps \(fixed(all.wall - pooling.wall, 2)) s: \(fixed(all.wall, 2)) s; NiMARE 12.4 s, ratio \(fixed(12.4 / all.wall, 1))"
        )
    }

    private func report(
        _ title: String, _ time: (wall: Double, process: Double), _ threads: Int, nimare: Double?, bytes: Double,
        bandwidth: Double
    ) {
        var line = "  \(title.padding(toLength: 28, withPad: " ", startingAt: 0)) \(fixed(1e3 * time.wall, 1)) ms"
        line +=
            " (process \(fixed(1e3 * time.process, 1)) ms, \(percent(bytes / bandwidth / time.process)) of memory bandwidth)"
        if let nimare {
            line +=
                "; NiMARE \(fixed(nimare, 1)) s, ratio \(fixed(nimare / time.wall, 0)) by wall time, \(fixed(nimare * Double(threads) / time.process, 0)) by processor time per thread"
        }
        print(line)
        fflush(nil)
    }

    /// The shortest of five runs.
    private static func best(_ work: () async throws -> Void) async throws -> (wall: Double, process: Double) {
        var best = (wall: Double.infinity, process: Double.infinity)
        for _ in 0..<5 {
            let start = Timing()
            try await work()
            let time = start.elapsed
            best = (min(best.wall, time.wall), min(best.process, time.process))
        }
        return best
    }

    private func brainMask() throws -> Mask {
        let path = Shelf(shelf).map { $0.path + "/oracle/nimare/pain/mask_mni152_2mm_brain.nii.gz" }
        if let path, FileManager.default.fileExists(atPath: path) {
            return Mask(try NIfTIImage(contentsOf: path).volume(0))
        }
        return Mask(try Templates.load(.brainMask))
    }

    /// Effects with some heterogeneity; in one of `missing` voxels (0: in none) a study has no value.
    static func simulated(
        _ count: Int, mask: Mask, imagesPerSample: Int = 1, missing: UInt32 = 33
    ) throws -> ImageStack {
        let philox = Philox(seed: 5, name: "image speed", purpose: 0)
        var stack = try ImageStack(mask: mask)
        for study in 0..<count {
            let n = Double(12 + 4 * (study % 8))
            var effects = [Float](repeating: 0, count: mask.count)
            var variances = effects
            var t = effects
            for voxel in 0..<mask.count {
                let words = philox([UInt32(study), UInt32(voxel), 0, 0])
                let noise = Normal.quantile(Philox.uniform(words.x))
                let own = 0.2 * Normal.quantile(Philox.uniform(words.y))
                let variance = (0.7 + 0.6 * Philox.uniform(words.z)) / n
                let effect = 0.1 + own + noise * variance.squareRoot()
                if missing > 0, words.w % missing == 0 { continue }
                effects[voxel] = Float(effect)
                variances[voxel] = Float(variance)
                t[voxel] = Float(effect / variance.squareRoot())
            }
            try stack.append(
                .init(id: "study\(study)", sample: "sample\(study / imagesPerSample)", sampleSize: n),
                values: [.effect: effects, .variance: variances, .z: t])
        }
        return stack
    }
}
