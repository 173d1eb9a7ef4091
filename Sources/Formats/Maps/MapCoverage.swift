import Evidence
import Imaging

/// How much of the analysis mask a map has values in: the one rule on partial maps.
struct MapCoverage {
    /// Below this share a map is told of: elsewhere the experiment does not count.
    static let expected = MapPlausibility.wholeShare
    /// Below this share it is no whole-brain map, or not where it should be.
    static let least = 0.3

    /// - Parameter effects: one per mask voxel; NaN where there is none.
    /// - Returns: a warning for a map that has no value in much of the mask.
    /// - Throws: for one that has values in hardly any.
    static func notice(
        _ effects: [Float], of map: Experiment.StatisticMap, experiment: String
    ) throws(InputError) -> Notice? {
        let share = Double(effects.count { !$0.isNaN }) / Double(max(effects.count, 1))
        guard share > 0 else {
            throw InputError(
                at: map.source,
                "\(MapWords.subject(map.path, at: map.source)) has no value (other than 0 or NaN) at any voxel of the mask.",
                remedy: "Check that it is in MNI space, and its header's position (sform, qform).")
        }
        let found = "the map of '\(experiment)' has values in only \(MapWords.percent(share)) of the mask's voxels"
        guard share >= least else {
            throw InputError(
                at: map.source, "\(found); at least \(MapWords.percent(least)) are needed.",
                remedy:
                    "Give a whole-brain map in MNI space, a mask of the part of the brain that was looked at, or the peaks in place of the map."
            )
        }
        guard share < expected else { return nil }
        return Notice(
            .warning, code: "map-coverage", at: map.source, "\(found); elsewhere the experiment does not count.",
            remedy: "Check that it is a whole-brain map in MNI space.")
    }
}
