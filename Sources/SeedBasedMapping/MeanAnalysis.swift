public import Evidence
import Imaging
public import Inference
public import Statistics

/// SDM-PSI's mean analysis: peaks and maps in, pooled maps out (everything but the permutation test).
///
/// Albajes-Eizagirre et al. 2019, doi:10.1016/j.neuroimage.2018.10.077. The stages are bounds (``BoundsBuilder``), the
/// most likely effect (``MostLikelyEffect``), imputed study images (``StudyImageSampler``) and their pooling
/// (``ImputationPool``). Work runs over blocks of voxels on all threads; memory does not grow with the number of
/// imputations, and results do not depend on the number of threads.
public struct MeanAnalysis: Sendable {
    public let space: AnalysisSpace
    public let settings: Settings
    public let workers: Workers
    public let progress: any ProgressObserver

    public init(
        space: AnalysisSpace, settings: Settings, workers: Workers, progress: any ProgressObserver = SilentProgress()
    ) {
        self.space = space
        self.settings = settings
        self.workers = workers
        self.progress = progress
    }

    /// Bounds of every experiment, in order.
    /// - Parameter maps: effects per mask voxel of the experiments given as maps (nil for the others).
    /// - Returns: the bounds, and notices of peaks that could not be used.
    public func bounds(
        of experiments: [PreparedExperiment], maps: [[Float]?]
    ) async throws -> (bounds: [EffectBounds], notices: [Notice]) {
        progress.began("Bounds from peaks", units: experiments.count)
        defer { progress.ended() }
        let graph = KernelGraph(template: space.template, fwhm: settings.kernelFWHM)
        let kernel = PeakKernel(graph: graph, anisotropy: settings.anisotropy)
        let builder = BoundsBuilder(kernel: kernel, mask: space.mask)
        let results = Slots<(EffectBounds, [Int])>(count: experiments.count)
        try await workers.forEach(experiments.count) { index in
            if let map = maps[index] {
                results[index] = (EffectBounds(lower: map, upper: map), [])
            } else {
                var paths = ShortestPaths(graph)
                let experiment = experiments[index]
                let (bounds, unused) = builder.bounds(
                    peaks: experiment.peaks, thresholdG: experiment.thresholdG ?? 0, with: &paths)
                results[index] = (bounds, unused)
            }
            progress.advanced(by: 1)
        }
        var bounds: [EffectBounds] = []
        var notices: [Notice] = []
        for (index, result) in results.all.enumerated() {
            bounds.append(result.0)
            for peak in result.1 {
                let reported = experiments[index].experiment.peaks[peak]
                notices.append(
                    Notice(
                        .warning, code: "peak-not-used", at: reported.source,
                        "peak of '\(experiments[index].experiment.id)' lies more than \(PeakKernel.snapDistance) mm from the template's tissue and was not used.",
                        remedy: "Check its coordinates and space."))
            }
        }
        return (bounds, notices)
    }

    /// Most likely mean and τ² per mask voxel (NaN where no experiment speaks).
    public func mostLikely(
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

    /// Draws the imputations and pools them.
    public func pooled(_ studies: [ImputedStudy], sampler: any StudyImageSampler) async throws -> PooledMaps {
        try await pooled(studies, rows: SampleRows(studies, settings: settings), sampler: sampler)
    }

    /// - Parameter rows: which of the studies are combined.
    func pooled(
        _ studies: [ImputedStudy], rows: SampleRows, sampler: any StudyImageSampler
    ) async throws -> PooledMaps {
        let voxelCount = space.mask.count
        let blocks = Self.blocks(voxels: voxelCount, studies: studies.count, threads: workers.threads)
        let imputations = settings.imputations
        let batches = (imputations + 15) / 16
        progress.began("Imputing and pooling", units: blocks.count * batches)
        defer { progress.ended() }
        let estimator: RandomEffects.Estimator = settings.tau2Estimator == .reml ? .reml : .dersimonianLaird
        let scales = studies.map(\.scale)
        let out = (0..<9).map { _ in SharedArray<Float>(repeating: .nan, count: voxelCount) }
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
                for (index, study) in studies.enumerated() {
                    try Task.checkCancellation()
                    sampler.draw(
                        study, voxels: voxels, batch: batch, lanes: lanes, into: images + index * voxels.count,
                        scratch: &scratch)
                }
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
                let se = pooled.variance.squareRoot()
                out[0].buffer[voxel] = Float(pooled.g)
                out[1].buffer[voxel] = Float(se)
                out[2].buffer[voxel] = Float(pooled.g / se)
                out[3].buffer[voxel] = Float(pooled.tau2)
                out[4].buffer[voxel] = Float(pooled.i2)
                out[5].buffer[voxel] = Float(pooled.h2)
                out[6].buffer[voxel] = Float(pooled.q)
                out[7].buffer[voxel] = Float(pooled.df)
                out[8].buffer[voxel] = Float(pooled.fmi)
            }
        }
        let maps = out.map(\.array)
        return PooledMaps(
            mask: space.mask, g: maps[0], se: maps[1], z: maps[2], tau2: maps[3], i2: maps[4], h2: maps[5], q: maps[6],
            df: maps[7], fmi: maps[8])
    }

    /// Runs of consecutive voxels: enough of them to keep the threads busy, small enough that a block's images stay
    /// below 64 MB.
    static func blocks(voxels: Int, studies: Int, threads: Int) -> [Range<Int>] {
        let byMemory = (64 << 20) / (64 * max(studies, 1))
        // Each block draws the noise around it again: few, large blocks waste least.
        let byThreads = voxels / (4 * threads) + 1
        let size = max(256, min(byMemory, byThreads))
        return stride(from: 0, to: voxels, by: size).map { $0..<min($0 + size, voxels) }
    }
}

/// Results of numbered pieces of work, each written once by whoever did the piece.
final class Slots<Value>: @unchecked Sendable {
    private let buffer: UnsafeMutableBufferPointer<Value?>

    init(count: Int) {
        buffer = .allocate(capacity: count)
        buffer.initialize(repeating: nil)
    }

    deinit {
        buffer.deinitialize()
        buffer.deallocate()
    }

    subscript(index: Int) -> Value? {
        get { buffer[index] }
        set { buffer[index] = newValue }
    }

    var all: [Value] { buffer.compactMap { $0 } }
}
