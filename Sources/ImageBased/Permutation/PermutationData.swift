import Imaging
import Statistics

/// Effects by independent sample, and the design's row of each.
struct PermutationData: Sendable {
    /// One image per sample: its only one, or the mean of those usable at a voxel.
    let rows: ImageRows
    let design: ImageDesign
    let voxels: Int

    init(_ stack: ImageStack, _ given: ImageDesign?) throws(ImageError) {
        voxels = stack.mask.count
        let images = try stack.rows(.effect)
        if let given, given.matrix.rows != images.count {
            throw .mismatch("\(given.matrix.rows) rows of the design for \(images.count) studies.")
        }
        guard stack.hasSharedSamples else {
            rows = images
            design = given ?? .mean(of: images.count)
            try checkSize()
            return
        }
        var members: [[Int]] = []
        for (study, sample) in stack.samples.enumerated() {
            if sample == members.count { members.append([]) }
            members[sample].append(study)
        }
        let voxels = voxels
        rows = ImageRows(
            members.map { studies in
                ImagePlane(count: voxels) { target in
                    for voxel in 0..<voxels {
                        var sum = 0.0
                        var count = 0.0
                        for study in studies where !images[study][voxel].isNaN {
                            sum += Double(images[study][voxel])
                            count += 1
                        }
                        target[voxel] = count > 0 && sum != 0 ? Float(sum / count) : .nan
                    }
                }
            })
        if let given {
            for studies in members {
                for study in studies where given.matrix.row(study) != given.matrix.row(studies[0]) {
                    throw .design(
                        "\(stack.studies[study].id): another value of a covariate than \(stack.studies[studies[0]].id), "
                            + "which is of the same sample. Permutations keep samples whole.")
                }
            }
            design = try ImageDesign(
                matrix: given.matrix.selectingRows(members.map { $0[0] }), contrast: given.contrast)
        } else {
            design = .mean(of: members.count)
        }
        try checkSize()
    }

    private func checkSize() throws(ImageError) {
        guard rows.count > design.columns else {
            throw .tooFewStudies(needed: design.columns + 1, found: rows.count)
        }
    }
}
