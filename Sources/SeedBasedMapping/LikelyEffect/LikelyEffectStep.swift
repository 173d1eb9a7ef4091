import Evidence
import Imaging
import Inference
import Statistics

/// Step 3: the most likely mean and τ² of every voxel, smoothed as the settings say, and the experiments made ready for
/// imputation around them. See Docs/most-likely-effect.md.
struct LikelyEffectStep: AnalysisStep {
    let context: AnalysisContext

    /// Experiments to leave out of the most-likely-effect step.
    func leaveOut(experiments count: Int) -> Int {
        settings.leaveOut.map { min($0, count - 1) } ?? MostLikelyEffect.defaultLeaveOut(experiments: count)
    }

    /// The experiments with the most likely mean and τ², smoothed as the settings say: ready for imputation.
    func imputedStudies(
        ids: [String], samples: [String]? = nil, bounds: [EffectBounds], scales: [EffectScale], leaveOut: Int
    ) async throws -> [ImputedStudy] {
        let likely = try await mostLikely(bounds, scales: scales, leaveOut: leaveOut)
        let mean = smoothed(likely.mean, fwhm: settings.effectSmoothing)
        let tau2 = smoothed(likely.tau2, fwhm: settings.tau2Smoothing)
        return ids.indices.map { index in
            ImputedStudy(
                id: ids[index], sample: samples?[index], seed: settings.seed, scale: scales[index],
                bounds: bounds[index], mean: mean, tau2: tau2)
        }
    }

    /// Most likely mean and τ² per mask voxel (NaN where no experiment speaks).
    func mostLikely(
        _ bounds: [EffectBounds], scales: [EffectScale], leaveOut: Int
    ) async throws -> (mean: [Float], tau2: [Float]) {
        let block = 256
        let blocks = (space.mask.count + block - 1) / block
        progress.began("Most likely effect", units: blocks)
        defer { progress.ended() }
        let mean = SharedArray<Float>(repeating: .nan, count: space.mask.count)
        let tau2 = SharedArray<Float>(repeating: .nan, count: space.mask.count)
        let voxelCount = space.mask.count
        try await workers.forEach(blocks) { piece in
            var experiments: [IntervalEffect] = []
            for voxel in piece * block..<min((piece + 1) * block, voxelCount) {
                experiments.removeAll(keepingCapacity: true)
                for (study, scale) in zip(bounds, scales) {
                    let lower = Double(study.lower[voxel])
                    if lower.isNaN { continue }
                    experiments.append(
                        IntervalEffect(lower: lower, upper: Double(study.upper[voxel]), scale: scale))
                }
                let found = MostLikelyEffect(experiments, leaveOut: leaveOut)
                mean.buffer[voxel] = Float(found.mean)
                tau2.buffer[voxel] = Float(found.tau2)
            }
            progress.advanced(by: 1)
        }
        return (mean.array, tau2.array)
    }

    /// Smoothing inside the mask; voxels without a value stay so. (There are such voxels only where every experiment is a
    /// map, and then nothing is drawn from what is smoothed.)
    func smoothed(_ map: [Float], fwhm: Double) -> [Float] {
        guard fwhm > 0 else { return map }
        let smooth = space.mask.smooth(map.map { $0.isNaN ? 0 : $0 }, fwhm: fwhm)
        return zip(map, smooth).map { $0.isNaN ? .nan : $1 }
    }
}
