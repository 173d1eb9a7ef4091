import Foundation
import ImageBased
import Imaging
import TestSupport

/// NiMARE 0.22.1's image-based outputs for crops (10 × 10 × 10 voxels) of 21 pain studies, on the reference shelf.
enum NiMAREImages {
    static let isHere = Shelf.file("oracle/nimare/ibma_pain10x10x10/summary.json") != nil

    static func path(_ name: String) throws -> String {
        guard let path = Shelf.file("oracle/nimare/\(name)") else { throw Missing(name: name) }
        return path
    }

    struct Missing: Error { var name: String }

    static func volume(_ name: String) throws -> Volume { try NIfTIImage(contentsOf: path(name)).volume(0) }

    static func mask() throws -> Mask { try Mask(volume("inputs/test_pain_dataset/mask.nii.gz")) }

    /// Beta, varcope, t and z of all studies, with their sample sizes.
    static func stack() throws -> ImageStack {
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
        let data = try Data(contentsOf: URL(fileURLWithPath: path("inputs/test_pain_dataset.json")))
        let studies = try JSONDecoder().decode([String: Study].self, from: data)
        var stack = try ImageStack(mask: mask())
        for (id, study) in studies.sorted(by: { $0.key < $1.key }) {
            guard let contrast = study.contrasts["1"], contrast.images != nil else { continue }
            let name = id.replacing(".nidm", with: "")
            var images: [ImageQuantity: Volume] = [:]
            // Two studies lack an image here that lies beside the others; they stay out where it is needed.
            for (quantity, word) in [
                (ImageQuantity.effect, "beta"), (.variance, "varcope"), (.t, "t"), (.z, "z"),
            ] where contrast.images?[word] != nil {
                images[quantity] = try volume("inputs/test_pain_dataset/\(name)_\(word).nii.gz")
            }
            try stack.append(.init(id: id, sampleSize: contrast.metadata.sampleSizes[0]), images: images)
        }
        return stack
    }

    /// Largest difference of a map from NiMARE's, absolute or relative; infinite where only one has a value.
    static func worst(_ ours: [Float]?, _ name: String, mask: Mask, relative: Bool) throws -> Double {
        let theirs = mask.gather(try volume("ibma_pain10x10x10/\(name).nii.gz"))
        guard let ours, ours.count == theirs.count else { return .infinity }
        var worst = 0.0
        for (a, b) in zip(ours, theirs) where a != b && !(a.isNaN && (b.isNaN || b == 0)) {
            let difference = abs(Double(a) - Double(b)) / (relative ? abs(Double(b)) : 1)
            worst = difference.isNaN ? .infinity : max(worst, difference)
        }
        return worst
    }
}
