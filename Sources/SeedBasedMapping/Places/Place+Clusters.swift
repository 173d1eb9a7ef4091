public import Evidence
import Formats
import Foundation
public import Imaging
import Inference

extension Place {
    /// The clusters of an image, each a place of its own.
    ///
    /// An image of several whole numbers above 0, or with the intent of labels, is one of labels: a place for each, by ascending
    /// number. Any other is taken for a map that was cut by a threshold: its connected sets of voxels above 0, then of those below,
    /// larger ones first.
    ///
    /// - Parameters:
    ///   - path: a NIfTI image in MNI space; another grid is resampled to the mask's (nearest voxel).
    ///   - connectivity: which voxels touch in a cluster.
    /// - Throws: `NIfTIError`, or `InputError` where no cluster has a voxel in the mask, and for a map that is not cut.
    public static func clusters(_ path: String, in mask: Mask, connectivity: Connectivity) throws -> [Place] {
        let image = try StatisticMapGate(.placement).open(path)
        let volume = image.volume(0)
        let values = mask.gather(
            volume.grid == mask.grid ? volume : volume.resampled(to: mask.grid, method: .nearest)
        ).map { $0.isFinite ? $0 : 0 }
        // Of the whole image, so that a map with few voxels in the mask is not taken for labels.
        let present = volume.values.filter { $0.isFinite && $0 != 0 }
        let isSaid = image.intent.code == Intent.labelCode
        let hasLabels = present.allSatisfy(isLabel) && (isSaid || present.contains { $0 != present[0] })
        let places = hasLabels ? labelled(values, in: mask) : connected(values, in: mask, connectivity)
        guard !places.isEmpty else {
            throw InputError(
                at: SourceLocation(file: path), "no cluster lies inside the analysis mask.",
                remedy: "Check that it is in MNI space, and that something survived its threshold.")
        }
        guard hasLabels || values.contains(0) else {
            throw InputError(
                at: SourceLocation(file: path),
                "the image has a value in every voxel of the mask: it holds no clusters.",
                remedy: "Give the thresholded map (z_desc-thresholded… of a run), or an image of labels.")
        }
        return places
    }

    /// A number of a region: whole, and no larger than single precision counts.
    private static func isLabel(_ value: Float) -> Bool { value >= 1 && value <= 65_536 && value == value.rounded() }

    private static func labelled(_ values: [Float], in mask: Mask) -> [Place] {
        var voxels: [Int: [Int32]] = [:]
        for (position, value) in values.enumerated() where isLabel(value) {
            voxels[Int(value), default: []].append(Int32(position))
        }
        return voxels.keys.sorted().compactMap { label in
            Place(voxels: voxels[label] ?? [], in: mask, name: "label \(label)")
        }
    }

    private static func connected(_ values: [Float], in mask: Mask, _ connectivity: Connectivity) -> [Place] {
        let finder = ClusterFinder(mask: mask, connectivity: connectivity)
        let clusters = [1, -1].flatMap { finder.clusters(in: values, above: 0, sign: $0) }
        return clusters.enumerated().compactMap { number, cluster in
            Place(voxels: cluster.voxels, in: mask, name: "cluster \(number + 1)")
        }
    }
}
