import Evidence
import Imaging
import Inference
import Statistics

extension MeanAnalysis {
    /// Draws the imputations and pools their meta-regressions.
    ///
    /// - Returns: maps of what is tested (one combination: estimate, SE and z; several: the average experiment's effect
    ///   and its SE, with the z of the joint test's p, 0 where p ≥ .5), and the coefficients, adjusted means and predictions.
    func regression(
        _ model: PreparedModel, design matrix: DesignMatrix, sampler: any StudyImageSampler
    ) async throws -> (maps: PooledMaps, regression: RegressionMaps) {
        let studies = model.studies
        let design = RegressionDesign(matrix)
        let identity = matrix.columns.indices.map { k in
            DesignMatrix.Combination(
                name: matrix.columns[k].name, weights: matrix.columns.indices.map { $0 == k ? 1 : 0 })
        }
        let combinations = identity + matrix.adjustedMeans + matrix.predictions + matrix.test
        let weights = combinations.map { design.weights($0.weights) }
        let tested = combinations.count - matrix.test.count..<combinations.count
        let voxelCount = space.mask.count
        let blocks = Self.blocks(voxels: voxelCount, studies: studies.count, threads: workers.threads)
        let batches = (settings.imputations + 15) / 16
        progress.began("Imputing and pooling", units: blocks.count * batches)
        defer { progress.ended() }
        let estimator: RandomEffects.Estimator = settings.tau2Estimator == .reml ? .reml : .dersimonianLaird
        func maps(_ count: Int) -> [SharedArray<Float>] {
            (0..<count).map { _ in SharedArray<Float>(repeating: .nan, count: voxelCount) }
        }
        let estimates = maps(combinations.count)
        let errors = maps(combinations.count)
        let others = maps(7)
        try await workers.forEach(blocks.count) { piece in
            let voxels = blocks[piece]
            var pools = [RegressionPool](repeating: RegressionPool(columns: design.columns), count: voxels.count)
            var regression = VoxelRegression(
                design: design, rows: model.rows, scales: studies.map(\.scale), estimator: estimator)
            let images = UnsafeMutablePointer<SIMD16<Float>>.allocate(capacity: studies.count * voxels.count)
            defer { images.deallocate() }
            var scratch = SamplerScratch()
            for batch in 0..<batches {
                let lanes = min(16, settings.imputations - batch * 16)
                for (index, study) in studies.enumerated() {
                    try Task.checkCancellation()
                    sampler.draw(
                        study, voxels: voxels, batch: batch, lanes: lanes, into: images + index * voxels.count,
                        scratch: &scratch)
                }
                for offset in 0..<voxels.count {
                    regression.add(images + offset, stride: voxels.count, lanes: lanes, to: &pools[offset])
                }
                progress.advanced(by: 1)
            }
            for offset in 0..<voxels.count {
                guard let pooled = pools[offset].pooled else { continue }
                let voxel = voxels.lowerBound + offset
                let wald = WaldStatistic(coefficients: pooled.coefficients, covariance: pooled.covariance)
                for (index, weights) in weights.enumerated() {
                    let (estimate, variance) = wald.estimate(weights)
                    estimates[index].buffer[voxel] = Float(estimate)
                    errors[index].buffer[voxel] = Float(variance.squareRoot())
                }
                let heterogeneity = pools[offset].heterogeneity
                others[0].buffer[voxel] = Float(heterogeneity.tau2)
                others[1].buffer[voxel] = Float(heterogeneity.i2)
                others[2].buffer[voxel] = Float(heterogeneity.h2)
                others[3].buffer[voxel] = Float(heterogeneity.q)
                others[4].buffer[voxel] = Float(heterogeneity.df)
                others[6].buffer[voxel] = Float(pools[offset].missingInformation(Array(weights[tested])))
                if tested.count > 1 {
                    others[5].buffer[voxel] = Float(wald.chiSquare(Array(weights[tested])))
                }
            }
        }
        let all = combinations.indices.map {
            RegressionMaps.Combination(
                name: combinations[$0].name, estimate: estimates[$0].array, se: errors[$0].array)
        }
        let means = identity.count..<identity.count + matrix.adjustedMeans.count
        let regression = RegressionMaps(
            coefficients: Array(all[identity.indices]), adjustedMeans: Array(all[means]),
            predictions: Array(all[means.upperBound..<tested.lowerBound]), tested: Array(all[tested]),
            chiSquare: tested.count > 1 ? others[5].array : nil, chiSquareDF: tested.count)
        let shown = tested.count > 1 ? all[means.lowerBound] : all[tested.lowerBound]
        let toZ = JointZ(degreesOfFreedom: tested.count)
        let z = regression.chiSquare?.map { toZ($0) } ?? shown.z
        return (
            PooledMaps(
                mask: space.mask, g: shown.estimate, se: shown.se, z: z, tau2: others[0].array, i2: others[1].array,
                h2: others[2].array, q: others[3].array, df: others[4].array,
                fmi: others[6].array),
            regression
        )
    }
}
