import Evidence
import Imaging
import Inference
import Statistics

/// Steps 4 and 5 for a model with covariates: draws the imputations and pools their meta-regressions, block by block of
/// voxels. See Docs/models.md.
struct RegressionStep: AnalysisStep {
    let context: AnalysisContext

    /// Draws the imputations and pools their meta-regressions.
    ///
    /// - Returns: maps of what is tested (one combination: estimate, SE and z; several: the average experiment's effect
    ///   and its SE, with the z of the joint test's p, 0 where p ≥ .5), and the coefficients, adjusted means and predictions.
    func maps(
        of model: PreparedModel, design matrix: DesignMatrix
    ) async throws -> (maps: PooledMaps, regression: RegressionMaps) {
        let sampler = sampler()
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
        let blocks = VoxelBlocks.all(voxels: voxelCount, studies: studies.count, threads: workers.threads)
        let batches = (settings.imputations + 15) / 16
        progress.began("Imputing and pooling", units: blocks.count * batches)
        defer { progress.ended() }
        let estimator = settings.pooling
        func maps(_ count: Int) -> [SharedArray<Float>] {
            (0..<count).map { _ in SharedArray<Float>(repeating: .nan, count: voxelCount) }
        }
        let estimates = maps(combinations.count)
        let errors = maps(combinations.count)
        let out = PooledMaps.Buffers(voxels: voxelCount)
        let chiSquare = SharedArray<Float>(repeating: .nan, count: voxelCount)
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
                try sampler.draw(
                    studies, voxels: voxels, batch: batch, lanes: lanes, into: images, scratch: &scratch)
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
                out.setHeterogeneity(voxel, to: pools[offset].heterogeneity)
                out.fmi.buffer[voxel] = Float(pools[offset].missingInformation(Array(weights[tested])))
                if tested.count > 1 {
                    chiSquare.buffer[voxel] = Float(wald.chiSquare(Array(weights[tested])))
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
            chiSquare: tested.count > 1 ? chiSquare.array : nil, chiSquareDF: tested.count)
        let shown = tested.count > 1 ? all[means.lowerBound] : all[tested.lowerBound]
        let toZ = JointZ(degreesOfFreedom: tested.count)
        let z = regression.chiSquare?.map { toZ($0) } ?? shown.z
        var pooled = out.maps(space.mask)
        pooled.g = shown.estimate
        pooled.se = shown.se
        pooled.z = z
        return (pooled, regression)
    }
}
