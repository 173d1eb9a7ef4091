import Foundation
import Imaging
public import Inference
import Statistics

/// Specific coactivation likelihood estimation (Langner 2014, doi:10.1016/j.neuroimage.2014.06.007): ALE against foci
/// redrawn from where foci of a database lie, so that regions that are often reported need more.
///
/// p is a voxel's share of draws with at least the observed ALE, never below 1/N. Needs many iterations.
public struct SCALE: Sendable {
    public var kernel: ActivationKernel
    public var convention: KernelConvention
    public var iterations: Int
    public var seed: UInt64

    public init(
        kernel: ActivationKernel = .sampleSize, convention: KernelConvention = .exact, iterations: Int = 10_000,
        seed: UInt64 = 1
    ) {
        self.kernel = kernel
        self.convention = convention
        self.iterations = iterations
        self.seed = seed
    }

    /// - Parameter base: coordinates (MNI mm) that draws are taken from, with replacement.
    /// - Returns: `stat`, `z`, `logp`.
    /// - Throws: `ConvergenceError`, `CancellationError`.
    public func run(
        _ foci: [FociSet], base: [SIMD3<Double>], in space: ConvergenceSpace,
        workers: Workers = Workers(threads: 1), progress: any ProgressObserver = SilentProgress()
    ) async throws -> ConvergenceMaps {
        guard iterations > 0 else {
            throw ConvergenceError.setting(name: "iterations", value: Double(iterations), allowed: "at least 1")
        }
        var places: [SIMD3<Int32>] = []
        for point in base {
            guard let voxel = space.voxel(at: point) else { throw ConvergenceError.coordinate(experiment: "base") }
            places.append(SIMD3<Int32>(truncatingIfNeeded: voxel))
        }
        guard !places.isEmpty else { throw ConvergenceError.noFoci }
        let method = ActivationLikelihoodEstimation(kernel: kernel, convention: convention)
        let model = try method.model(foci, in: space).model
        let statistic = try await ActivationSums(model, workers: workers).sums.map(model.statistic)
        let random = FociRandomisation(places: places, seed: seed)
        let pieces = min(iterations, 16)
        let counts = SharedArray(repeating: Int32(0), count: pieces * space.mask.count)
        let iterations = iterations
        progress.began("database foci", units: iterations)
        try await workers.forEach(pieces) { piece in
            let painter = StatisticPainter(model)
            let own = counts.buffer.baseAddress! + piece * space.mask.count
            for iteration in iterations * piece / pieces..<iterations * (piece + 1) / pieces {
                try Task.checkCancellation()
                painter.paint(random, iteration: iteration)
                for voxel in 0..<space.mask.count where painter.statistic[voxel] >= statistic[voxel] {
                    own[voxel] += 1
                }
                progress.advanced(by: 1)
            }
        }
        progress.ended()
        let n = Double(iterations)
        let logP = statistic.indices.map { voxel -> Double in
            if statistic[voxel] == 0 { return 0 }
            let count = (0..<pieces).reduce(0) { $0 + Int(counts.buffer[$1 * space.mask.count + voxel]) }
            return log(max(1, Double(count)) / n)
        }
        var maps = ConvergenceMaps(mask: space.mask)
        maps[MapName(.stat)] = statistic
        maps.setProbabilities(logP: logP, includesP: false)
        return maps
    }
}
