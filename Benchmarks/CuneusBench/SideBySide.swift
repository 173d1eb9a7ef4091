import ArgumentParser
import Cuneus
import Foundation

/// One program's half of `Scripts/nimare_speed.py`: writes what both programs read, and times one case.
struct SideBySide: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "side-by-side",
        abstract: "Cases that Scripts/nimare_speed.py times in NiMARE and in Cuneus (make bench-nimare).",
        subcommands: [Prepare.self, Case.self])

    /// Foci and images made from seeds, with the mask.
    struct Prepare: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Write foci, mask and images.")

        @Argument(help: "Folder to write to.")
        var folder: String
        @Option(help: "Numbers of experiments.")
        var studies: [Int] = [21, 1000, 10_000]
        @Option(help: "Maps.")
        var maps = 20

        func run() async throws {
            let folder = URL(fileURLWithPath: folder)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let space = try ConvergenceSpace.standard()
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            try NIfTIImage(space.mask.scatter([Float](repeating: 1, count: space.mask.count)))
                .write(to: path("mask.nii.gz"))
            for count in studies {
                let sets = ConvergenceSpeed.simulated(count, fociPerStudy: count == 21 ? 12.7 : 12.6, in: space)
                var text = ""
                for set in sets {
                    for focus in set.foci {
                        text += "\(set.id)\t\(set.sampleSize ?? 0)\t\(focus.x)\t\(focus.y)\t\(focus.z)\n"
                    }
                }
                try text.write(toFile: path("foci-\(count).tsv"), atomically: true, encoding: .utf8)
            }
            let stack = try ImageSpeed.simulated(maps, mask: space.mask, missing: 0)
            var sizes = ""
            for (number, study) in stack.studies.enumerated() {
                sizes += "\(study.id)\t\(study.sampleSize ?? 0)\n"
                for (quantity, name) in Self.images {
                    guard let values = stack.values(quantity, of: number) else { continue }
                    try NIfTIImage(space.mask.scatter(values)).write(to: path("\(study.id)_\(name).nii.gz"))
                }
            }
            try sizes.write(toFile: path("images.tsv"), atomically: true, encoding: .utf8)
        }

        static let images: [(ImageQuantity, String)] = [(.effect, "beta"), (.variance, "varcope"), (.z, "z")]
    }

    /// Prints seconds as JSON: `read` (foci or images), `fit` (maps without correction), `all` (without reading foci, with
    /// reading images).
    struct Case: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Time one case.")

        @Argument(
            help: "ale, mkda, kda, chi2, subtraction, subtraction-clusters, ibma-dl, -hedges, -reml, -stouffer, -ols.")
        var name: String
        @Argument(help: "Folder that `prepare` wrote.")
        var folder: String
        @Option(help: "Experiments.")
        var studies = 21
        @Option(help: "Threads.")
        var threads = 1
        @Option(help: "Monte-Carlo iterations or permutations; 0 for maps alone.")
        var iterations = 0
        @Flag(help: "With TFCE.")
        var tfce = false

        func run() async throws {
            let mask = Mask(try NIfTIImage(contentsOf: folder + "/mask.nii.gz").volume(0))
            let workers = Workers(threads: threads)
            if name.hasPrefix("ibma-") { return try await images(mask, workers) }
            let space = try ConvergenceSpace(mask: mask)
            let foci = try sets()
            let timing = Timing()
            var fit = timing.elapsed
            switch name {
            case "ale", "mkda", "kda":
                let method: any CoordinateMethod =
                    name == "ale"
                    ? ActivationLikelihoodEstimation()
                    : name == "mkda" ? MKDADensity() as any CoordinateMethod : KernelDensityAnalysis()
                let result = try await method.run(foci, in: space, workers: workers)
                fit = timing.elapsed
                if iterations > 0 {
                    _ = try await FamilyWiseMonteCarlo(iterations: iterations, includesTFCE: tfce)
                        .run(result, workers: workers)
                }
            case "chi2", "subtraction", "subtraction-clusters":
                let half = (foci.count + 1) / 2
                let (first, second) = (Array(foci.prefix(half)), Array(foci.dropFirst(half)))
                let labels = LabelPermutations(first: half, total: foci.count, count: iterations, seed: 1)
                if name == "chi2" {
                    let outcome = try await MKDAChi2().run(first, second, in: space, workers: workers)
                    fit = timing.elapsed
                    _ = outcome.corrected(try await outcome.permuted(labels, workers: workers))
                } else {
                    _ = try await ALESubtraction(includesClusters: name == "subtraction-clusters")
                        .run(first, second, in: space, labels: labels, workers: workers)
                }
            default: throw ValidationError("Unknown case “\(name)”.")
            }
            report(read: 0, fit: fit, all: timing.elapsed)
        }

        private func images(_ mask: Mask, _ workers: Workers) async throws {
            let method: any ImageMethod
            switch name {
            case "ibma-dl": method = PooledImages(.dersimonianLaird)
            case "ibma-hedges": method = PooledImages(.hedges)
            case "ibma-reml": method = PooledImages(.reml)
            case "ibma-stouffer": method = StouffersTest()
            case "ibma-ols": method = PermutedOLS()
            default: throw ValidationError("Unknown case “\(name)”.")
            }
            let timing = Timing()
            var stack = try ImageStack(mask: mask)
            for line in try String(contentsOfFile: folder + "/images.tsv", encoding: .utf8).split(separator: "\n") {
                let columns = line.split(separator: "\t").map(String.init)
                var images: [ImageQuantity: Volume] = [:]
                for (quantity, name) in Prepare.images where method.needs.contains(quantity) {
                    images[quantity] = try NIfTIImage(contentsOf: "\(folder)/\(columns[0])_\(name).nii.gz").volume(0)
                }
                try stack.append(.init(id: columns[0], sampleSize: Double(columns[1])), images: images)
            }
            let read = timing.elapsed
            _ = try await method.run(stack, workers: workers)
            let fit = timing.elapsed
            if name == "ibma-ols" {
                _ = try await PermutedOLS().test(stack, options: .init(permutations: iterations), workers: workers)
                    .maps()
            }
            report(read: read.wall, fit: fit, all: timing.elapsed)
        }

        private func sets() throws -> [FociSet] {
            var order: [String] = []
            var sets: [String: FociSet] = [:]
            let text = try String(contentsOfFile: "\(folder)/foci-\(studies).tsv", encoding: .utf8)
            for line in text.split(separator: "\n") {
                let columns = line.split(separator: "\t").map(String.init)
                let numbers = columns.dropFirst().compactMap { Double($0) }
                guard numbers.count == 4 else { throw ValidationError("Not a line of foci: \(line)") }
                let id = columns[0]
                if sets[id] == nil {
                    order.append(id)
                    sets[id] = FociSet(id: id, sampleSize: numbers[0], foci: [])
                }
                sets[id]?.foci.append(SIMD3(numbers[1], numbers[2], numbers[3]))
            }
            return order.compactMap { sets[$0] }
        }

        private func report(
            read: Double, fit: (wall: Double, process: Double), all: (wall: Double, process: Double)
        ) {
            print(
                "{\"read\": \(read), \"fit\": \(fit.wall), \"all\": \(all.wall), \"fit_cpu\": \(fit.process), \"all_cpu\": \(all.process)}"
            )
        }
    }
}
