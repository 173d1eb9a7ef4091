import Evidence
import Imaging

/// Where an experiment looked, of those that say so (`coverage` in the study table): elsewhere it neither reported nor stayed
/// silent, it has no value.
enum SearchedVoxels {
    /// - Returns: whether each mask voxel was searched; nil where the experiment does not say, and so searched all.
    /// - Throws: `NIfTIError` for an image that cannot be read, `InputError` for one without a voxel in the mask.
    static func of(_ experiment: Experiment, in mask: Mask) throws -> [Bool]? {
        guard let coverage = experiment.coverage else { return nil }
        let place: Place
        do {
            place = try Place.image(coverage.path, in: mask)
        } catch let error as InputError {
            throw InputError(
                at: coverage.source, "coverage of '\(experiment.id)': \(error.message)", remedy: error.remedy ?? "")
        }
        var searched = [Bool](repeating: false, count: mask.count)
        for voxel in place.voxels { searched[Int(voxel)] = true }
        return searched
    }

    /// What to say of peaks where the experiment says it did not look; nil where there are none.
    static func notice(_ experiment: Experiment, _ searched: [Bool], in mask: Mask) -> Notice? {
        let outside = experiment.peaks.filter { peak in
            guard let voxel = mask.grid.nearestVoxel(to: peak.mni) else { return false }
            let position = mask.position[mask.grid.index(voxel)]
            return position >= 0 && !searched[Int(position)]
        }
        guard let first = outside.first else { return nil }
        let others = outside.count > 1 ? ", and \(outside.count - 1) more" : ""
        return Notice(
            .warning, code: "peak-outside-coverage", at: first.source,
            "a peak of '\(experiment.id)' lies where its coverage says that nobody looked\(others).",
            remedy: "Correct the peak or the image named in the column coverage; there the experiment has no value.")
    }
}
