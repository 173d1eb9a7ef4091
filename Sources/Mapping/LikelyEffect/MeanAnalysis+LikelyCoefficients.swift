import Evidence
import Imaging
import Inference
package import Statistics

extension MeanAnalysis {
    /// Most likely coefficients and τ² per mask voxel, smoothed as the settings say.
    ///
    /// - Parameters:
    ///   - bounds, scales: of all experiments, in the order of the design.
    ///   - leaveOut: see ``LikelyRegression``.
    package func likelyCoefficients(
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
        return LikelyCoefficients(
            design: design,
            coefficients: columns.map { smoothedWhereKnown($0.array, fwhm: settings.effectSmoothing) },
            tau2: smoothedWhereKnown(tau2.array, fwhm: settings.tau2Smoothing),
            undetermined: undetermined.array.reduce(0, +))
    }

    /// A prepared model with covariates whose studies are imputed around their own fitted values.
    ///
    /// - Parameters:
    ///   - model: of ``prepare(_:experiments:design:)``; a model without covariates is returned as it is.
    ///   - judged: combinations of the coefficients (in the columns of the model's design) that leave-out is judged on; nil takes those
    ///     that are tested. SDM-PSI judges its test of the mean on the raw intercept.
    package func fitted(_ model: PreparedModel, judged: [[Double]]? = nil) async throws -> PreparedModel {
        guard let matrix = model.design else { return model }
        let regression = RegressionDesign(matrix)
        let design = LikelyDesign(
            regression, rows: model.rows.rows.map(Array.init), experiments: model.experiments.count,
            tests: judged.map { $0.map(regression.weights) })
        var clock = StageClock()
        let likely = try await likelyCoefficients(
            model.studies.map(\.bounds), scales: model.studies.map(\.scale), design: design,
            leaveOut: model.leaveOut)
        clock.lap("most likely coefficients")
        var studies = model.studies
        for index in studies.indices {
            studies[index].mean = likely.mean(of: index)
            studies[index].tau2 = likely.tau2
        }
        return PreparedModel(
            plan: model.plan, experiments: model.experiments, studies: studies, rows: model.rows, design: matrix,
            leaveOut: model.leaveOut, sharedSamples: model.sharedSamples, notices: model.notices,
            timings: model.timings + clock.laps)
    }

    /// Smoothing inside the mask; voxels without a value stay so.
    private func smoothedWhereKnown(_ map: [Float], fwhm: Double) -> [Float] {
        guard fwhm > 0 else { return map }
        let smooth = space.mask.smooth(map.map { $0.isNaN ? 0 : $0 }, fwhm: fwhm)
        return zip(map, smooth).map { $0.isNaN ? .nan : $1 }
    }
}
