import Appraisal
import Evidence
import Imaging
import Inference
import SeedBasedMapping

extension MethodResult {
    /// A method of effect sizes beside the main one.
    init(_ result: ModelResult, _ method: AnalysisMethod, seconds: Double) {
        let maps = result.maps
        let clusters = result.familyWise == nil ? result.exploratoryClusters() : result.correctedClusters()
        var survives = [Bool](repeating: false, count: maps.mask.count)
        for voxel in clusters.flatMap(\.voxels) { survives[Int(voxel)] = true }
        let level = Criterion.number(
            result.familyWise == nil ? result.settings.thresholdP : result.settings.correctedP)
        self.init(
            method: method, direction: .signed, mask: maps.mask,
            maps: [
                MethodMap(MapName(.est), maps.g), MethodMap(MapName(.se), maps.se), MethodMap(MapName(.z), maps.z),
                MethodMap(MapName(.tau2), maps.tau2), MethodMap(MapName(.i2), maps.i2),
            ],
            z: maps.z, isSignificant: survives,
            criterion: result.familyWise == nil
                ? "uncorrected p < \(level), extent of at least \(result.settings.extent) voxels (exploratory)"
                : "corrected p < \(level)",
            findings: clusters.filter { !$0.peaks.isEmpty }.map {
                Finding(cluster: $0, volume: Double($0.voxels.count) * maps.mask.grid.voxelVolume)
            },
            units: result.experiments.map(\.id), notes: result.notices.map(\.message), seconds: seconds)
    }
}
