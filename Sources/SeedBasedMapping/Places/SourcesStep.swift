import Appraisal
import Evidence
import Imaging
import Inference

/// What each experiment said at some voxels: a map, a peak with its statistic, a sign, or nothing.
struct SourcesStep: AnalysisStep {
    let context: AnalysisContext

    /// What each experiment said at some voxels: [experiment][voxel].
    ///
    /// A peak speaks for the voxels where its kernel is at least half as high as at its centre, within FWHM/2 (virtual mm):
    /// beyond, the bounds are made more of the threshold than of the peak; and in every case for its core. Of several the nearest
    /// decides.
    func sources(of model: PreparedModel, at voxels: [Int32]) async throws -> [[StudyEffects.Source]] {
        let sampled = space.kernel(settings)
        let limit = max(0.5 * settings.kernelFWHM, sampled.kernel.core)
        let wanted = wantedIndices(voxels)
        let slots = Slots<[StudyEffects.Source]>(count: model.experiments.count)
        let count = voxels.count
        try await workers.forEach(model.experiments.count) { index in
            let prepared = model.experiments[index]
            guard case .peaks(let reported) = prepared.experiment.report else {
                slots[index] = Array(repeating: .map, count: count)
                return
            }
            var sources = [StudyEffects.Source](repeating: .nothing, count: count)
            var nearest = [Double](repeating: .infinity, count: count)
            var paths = ShortestPaths(sampled.kernel.graph)
            for (peak, mapped) in zip(reported, prepared.peaks) {
                let source: StudyEffects.Source = if case .t = peak.height { .peak } else { .sign }
                _ = sampled.spread(from: mapped.coordinate, within: limit, with: &paths) { position, distance, _ in
                    let index = Int(wanted[position])
                    if index >= 0, distance < nearest[index] {
                        nearest[index] = distance
                        sources[index] = source
                    }
                }
            }
            slots[index] = sources
        }
        return slots.all
    }

    /// Which of the voxels each mask voxel is, −1 for none.
    private func wantedIndices(_ voxels: [Int32]) -> [Int32] {
        var wanted = [Int32](repeating: -1, count: space.mask.count)
        for (index, voxel) in voxels.enumerated() { wanted[Int(voxel)] = Int32(index) }
        return wanted
    }
}
