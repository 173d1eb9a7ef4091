public import Inference

/// A method that turns foci into a map of how strongly they converge, with a p value at every voxel.
public protocol CoordinateMethod: Sendable {
    /// Short name, e.g. "ALE".
    var name: String { get }
    /// Uncorrected p from the analytic null or from random foci.
    var null: VoxelNull { get }
    /// The experiments made ready for computing.
    /// - Throws: `ConvergenceError`.
    func model(_ foci: [FociSet], in space: ConvergenceSpace) throws(ConvergenceError) -> PreparedFoci
}

/// Where uncorrected p values come from.
public enum VoxelNull: Hashable, Sendable {
    /// The exact distribution of independent experiments, from their histograms.
    case approximate
    /// Foci redrawn uniformly, with replacement, from the voxels of the mask; all voxels' values are pooled.
    case monteCarlo(iterations: Int, seed: UInt64)
}

/// Experiments ready for a method: opaque outside the package.
public struct PreparedFoci: Sendable {
    package let model: ActivationModel

    package init(_ model: ActivationModel) { self.model = model }

    /// Experiments, in order.
    public var ids: [String] { model.studies.map(\.id) }
}

/// A method's outcome before correction for multiple tests.
public struct ConvergenceResult: Sendable {
    /// `stat`, `p`, `z`, `logp`.
    public var maps: ConvergenceMaps
    public let null: HistogramNull
    public let prepared: PreparedFoci
    /// ln p at every voxel.
    public let logP: [Double]
    /// What the experiments add up to at every voxel: Σ −ln(1 − MA), or Σ w·MA.
    package let sums: [Double]

    /// The statistic.
    public var statistic: [Float] { maps[MapName(.stat)] ?? [] }
}

extension CoordinateMethod {
    /// The statistic and its uncorrected p at every voxel.
    /// - Throws: `ConvergenceError`, `CancellationError`.
    public func run(
        _ foci: [FociSet], in space: ConvergenceSpace, workers: Workers = Workers(threads: 1),
        progress: any ProgressObserver = SilentProgress()
    ) async throws -> ConvergenceResult {
        let model = try model(foci, in: space).model
        progress.began("\(name): experiments", units: 1)
        let sums = try await ActivationSums(model, workers: workers)
        var null = try await HistogramNull.analytic(model, counts: sums.counts, workers: workers)
        progress.advanced(by: 1)
        progress.ended()
        if case .monteCarlo(let iterations, let seed) = self.null {
            guard iterations > 0 else {
                throw ConvergenceError.setting(name: "iterations", value: Double(iterations), allowed: "at least 1")
            }
            null = try await HistogramNull.monteCarlo(
                model, like: null, iterations: iterations, seed: seed, workers: workers, progress: progress)
        }
        var maps = ConvergenceMaps(mask: space.mask)
        let statistic = sums.sums.map(model.statistic)
        maps[MapName(.stat)] = statistic
        // Weighted sums go to their bin in double precision, ALE in single, as in NiMARE.
        let logP = null.logP(model.rule == .maximum ? statistic.map(Double.init) : sums.sums)
        maps.setProbabilities(logP: logP)
        return ConvergenceResult(maps: maps, null: null, prepared: PreparedFoci(model), logP: logP, sums: sums.sums)
    }
}
