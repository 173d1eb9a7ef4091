import ArgumentParser
import Cuneus
import Foundation

/// Compares the image-based methods with NiMARE's maps of 21 pain studies.
struct ImageConformance: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image-conformance",
        abstract: "Largest differences of image-based maps from NiMARE 0.22.1's (oracle/nimare/ibma_pain10x10x10).")

    @Option(help: "The reference shelf (default: $CUNEUS_SHELF or ../shared).")
    var shelf: String?

    func run() async throws {
        guard let shelf = Shelf(shelf),
            FileManager.default.fileExists(atPath: shelf.path + "/oracle/nimare/ibma_pain10x10x10")
        else {
            print("image-conformance: skipped, no reference shelf (oracle/nimare) at ../shared or $CUNEUS_SHELF")
            return
        }
        let folder = shelf.path + "/oracle/nimare"
        let stack = try Self.stack(folder)
        let methods: [(file: String, method: any ImageMethod)] = [
            ("WeightedLeastSquares", PooledImages(.fixed)), ("FixedEffectsHedges", FixedEffectsHedges()),
            ("DerSimonianLaird", PooledImages(.dersimonianLaird)),
            ("DerSimonianLaird-wald", PooledImages(.dersimonianLaird, test: .wald)),
            ("Hedges", PooledImages(.hedges)), ("VarianceBasedLikelihood-ml", PooledImages(.maximumLikelihood)),
            ("VarianceBasedLikelihood-reml", PooledImages(.reml)), ("Stouffers", StouffersTest()),
            ("Stouffers-n", StouffersTest(weighting: .sampleSize)), ("Fishers", FishersTest()),
            ("PermutedOLS", PermutedOLS()),
        ]
        print(
            "largest difference over \(stack.mask.count) voxels (z and dof absolute, others relative) | voxels where τ² differs by more than 1e-4"
        )
        for (file, method) in methods {
            let some = stack.selecting(stack.studies(having: method.needs))
            let maps = try await method.run(some, workers: Workers(threads: 1))
            var apart = 0
            var keep = [Bool](repeating: true, count: stack.mask.count)
            if let tau2 = maps[.tau2] {
                let theirs = try Self.map(folder, "\(file)_tau2", stack.mask)
                for voxel in keep.indices {
                    let gap = Double(abs(tau2[voxel] - theirs[voxel]))
                    keep[voxel] = gap <= 1e-4 * max(Double(theirs[voxel]), 1e-12)
                    apart += keep[voxel] ? 0 : 1
                }
            }
            var line = file.padding(toLength: 30, withPad: " ", startingAt: 0)
            for name in maps.names {
                guard let ours = maps[name] else { continue }
                let theirs = try Self.map(folder, "\(file)_\(name.nimare)", stack.mask)
                let isAbsolute = name.value == .z || name.value == .dof
                var worst = 0.0
                for voxel in keep.indices where keep[voxel] && ours[voxel] != theirs[voxel] {
                    let gap = abs(Double(ours[voxel]) - Double(theirs[voxel]))
                    worst = max(worst, isAbsolute ? gap : gap / abs(Double(theirs[voxel])))
                }
                line += " \(name.nimare) \(String(format: "%.0e", worst))"
            }
            print(line + (apart > 0 ? " | \(apart) voxels at another maximum, left out" : ""))
        }
    }

    private static func map(_ folder: String, _ name: String, _ mask: Mask) throws -> [Float] {
        mask.gather(try NIfTIImage(contentsOf: "\(folder)/ibma_pain10x10x10/\(name).nii.gz").volume(0))
    }

    private static func stack(_ folder: String) throws -> ImageStack {
        struct Study: Decodable {
            var contrasts: [String: Contrast]
            struct Contrast: Decodable {
                var images: [String: String]?
                var metadata: Metadata
            }
            struct Metadata: Decodable {
                var sampleSizes: [Double]
                enum CodingKeys: String, CodingKey { case sampleSizes = "sample_sizes" }
            }
        }
        let inputs = folder + "/inputs"
        let data = try Data(contentsOf: URL(fileURLWithPath: inputs + "/test_pain_dataset.json"))
        var stack = try ImageStack(
            mask: Mask(NIfTIImage(contentsOf: inputs + "/test_pain_dataset/mask.nii.gz").volume(0)))
        for (id, study) in try JSONDecoder().decode([String: Study].self, from: data).sorted(by: { $0.key < $1.key }) {
            guard let contrast = study.contrasts["1"], let listed = contrast.images else { continue }
            var images: [ImageQuantity: Volume] = [:]
            for (quantity, word) in [(ImageQuantity.effect, "beta"), (.variance, "varcope"), (.t, "t"), (.z, "z")] {
                guard let name = listed[word] else { continue }
                images[quantity] = try NIfTIImage(contentsOf: "\(inputs)/test_pain_dataset/\(name)").volume(0)
            }
            try stack.append(.init(id: id, sampleSize: contrast.metadata.sampleSizes[0]), images: images)
        }
        return stack
    }
}
