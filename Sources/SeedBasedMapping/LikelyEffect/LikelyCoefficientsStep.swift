import Evidence
import Imaging
import Inference
import Statistics

/// Step 3 of a model with covariates: the most likely coefficients and τ² of every voxel, smoothed as the settings say, so that
/// every experiment is imputed around its own fitted value. See Docs/most-likely-effect.md and Docs/models.md.
struct LikelyCoefficientsStep: AnalysisStep {
    let context: AnalysisContext

    /// Most likely coefficients and τ² per mask voxel, smoothed as the settings say.
    ///
    /// - Parameters:
    ///   - bounds, scales: of all experiments, in the order of the design.
    ///   - leaveOut: see ``LikelyRegression``.
    func coefficients(
        _ bounds: [EffectBounds], scales: [EffectScale], design: LikelyDesign, leaveOut: Int
    ) async throws -> LikelyCoefficients {
        let voxelCount = space.mask.count
        let block = 256
        let blocks = (voxelCount + block - 1) / block
        progress.began("Most likely effect", units: blocks)
        defer { progress.ended() }
        let columns = (0..<design.columns).map { _ in SharedArray<Float>(repeating: .nan, count: voxelCount) }
        let tau2 = SharedArray<Float>(repeating: .nan, count: voxelCount)
        let undetermined = SharedArray<Int>(repeating: 0, count: blocks)
        try await workers.forEach(blocks) { piece in
            var effects: [IntervalEffect] = []
            var positions: [Int] = []
            for voxel in piece * block..<min((piece + 1) * block, voxelCount) {
                effects.removeAll(keepingCapacity: true)
                positions.removeAll(keepingCapacity: true)
                for study in bounds.indices {
                    let lower = Double(bounds[study].lower[voxel])
                    if lower.isNaN { continue }
                    effects.append(
                        IntervalEffect(
                            lower: lower, upper: Double(bounds[study].upper[voxel]), scale: scales[study]))
                    positions.append(study)
                }
                let found = LikelyRegression(effects, at: positions, design: design, leaveOut: leaveOut)
                for column in columns.indices { columns[column].buffer[voxel] = Float(found.coefficients[column]) }
                tau2.buffer[voxel] = Float(found.tau2)
                if !found.dropped.isEmpty { undetermined.buffer[piece] += 1 }
            }
            progress.advanced(by: 1)
        }
        let effect = LikelyEffectStep(context: context)
        return LikelyCoefficients(
            design: design,
            coefficients: columns.map { effect.smoothed($0.array, fwhm: settings.effectSmoothing) },
            tau2: effect.smoothed(tau2.array, fwhm: settings.tau2Smoothing),
            undetermined: undetermined.array.reduce(0, +))
    }

    /// How many experiments are left out of a model with covariates: one fewer than of a mean (metansue's own count). With
    /// the mean's count slopes are found too seldom far from the effect, with none far too often; see Docs/models.md.
    /// An intercept alone is a mean.
    func leaveOut(experiments count: Int, columns: Int) -> Int {
        let mean = LikelyEffectStep(context: context).leaveOut(experiments: count)
        return settings.leaveOut == nil && columns > 1 ? max(0, mean - 1) : mean
    }

    /// The design as this step takes it: a row per experiment, judged on what is tested.
    func design(
        _ matrix: DesignMatrix, rows: SampleRows, experiments: Int, judged: [[Double]]? = nil
    ) -> LikelyDesign {
        let regression = RegressionDesign(matrix)
        return LikelyDesign(
            regression, rows: rows.rows.map(Array.init), experiments: experiments,
            tests: judged.map { $0.map(regression.weights) })
    }
}
