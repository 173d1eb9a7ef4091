import Evidence
import Imaging
import Inference
import Statistics

/// Steps 4 and 5 for the mean of all experiments: draws the imputations and pools them, block by block of voxels.
///
/// Memory does not grow with the number of imputations. See Docs/pooling.md.
struct PoolingStep: AnalysisStep {
    let context: AnalysisContext

    /// - Parameter rows: which of the studies are combined.
    func pooled(_ studies: [ImputedStudy], rows: SampleRows) async throws -> PooledMaps {
        let sampler = sampler()
        let voxelCount = space.mask.count
        let blocks = VoxelBlocks.all(voxels: voxelCount, studies: studies.count, threads: workers.threads)
        let imputations = settings.imputations
        let batches = (imputations + 15) / 16
        progress.began("Imputing and pooling", units: blocks.count * batches)
        defer { progress.ended() }
        let estimator = settings.pooling
        let scales = studies.map(\.scale)
        let out = PooledMaps.Buffers(voxels: voxelCount)
        try await workers.forEach(blocks.count) { piece in
            let voxels = blocks[piece]
            var pools = [ImputationPool](repeating: ImputationPool(), count: voxels.count)
            let images = UnsafeMutablePointer<SIMD16<Float>>.allocate(capacity: studies.count * voxels.count)
            defer { images.deallocate() }
            let lanesOfRows = UnsafeMutablePointer<ImputationPool.Lanes>.allocate(capacity: 2 * rows.rows.count)
            defer { lanesOfRows.deallocate() }
            var scratch = SamplerScratch()
            for batch in 0..<batches {
                let lanes = min(16, imputations - batch * 16)
                try sampler.draw(
                    studies, voxels: voxels, batch: batch, lanes: lanes, into: images, scratch: &scratch)
                for offset in 0..<voxels.count {
                    pools[offset].add(
                        images + offset, stride: voxels.count, scales: scales, rows: rows, lanes: lanes,
                        estimator: estimator, scratch: lanesOfRows)
                }
                progress.advanced(by: 1)
            }
            for offset in 0..<voxels.count {
                let voxel = voxels.lowerBound + offset
                let pooled = pools[offset].pooled()
                out.set(voxel, to: pooled)
            }
        }
        return out.maps(space.mask)
    }
}
