import Foundation
public import Imaging
public import Inference
import Synchronization

/// Family-wise error by Monte Carlo: foci redrawn from the mask, the largest statistic, cluster size and cluster mass of
/// each draw (Eickhoff 2012), and our addition, threshold-free cluster enhancement of the z map.
public struct FamilyWiseMonteCarlo: Sendable {
    public var iterations: Int
    /// Uncorrected p that voxels of a cluster must reach.
    public var voxelP: Double
    public var seed: UInt64
    /// TFCE needs whole maps: some ten times slower.
    public var includesTFCE: Bool
    /// Corrected p of clusters too, beside those of voxels (NiMARE's `vfwe_only=False`). Of very many foci that costs far more than the largest statistic.
    public var includesClusters: Bool
    public var connectivity: Connectivity
    public var instructions: VectorInstructions

    public init(
        iterations: Int = 5000, voxelP: Double = 0.001, seed: UInt64 = 1, includesTFCE: Bool = false,
        includesClusters: Bool = true, connectivity: Connectivity = .faces, instructions: VectorInstructions = .best
    ) {
        self.iterations = iterations
        self.voxelP = voxelP
        self.seed = seed
        self.includesTFCE = includesTFCE
        self.includesClusters = includesClusters
        self.connectivity = connectivity
        self.instructions = instructions
    }

    /// Corrected maps, named as NiMARE's, and the null they are from.
    /// - Throws: `ConvergenceError`, `CancellationError`.
    public func run(
        _ result: ConvergenceResult, workers: Workers = Workers(threads: 1),
        progress: any ProgressObserver = SilentProgress()
    ) async throws -> (maps: ConvergenceMaps, null: FamilyWiseNull) {
        let null = try await null(of: result, iterations: 0..<iterations, workers: workers, progress: progress)
        return (corrected(result, null), null)
    }

    /// The maxima of some of the iterations: any split of the range gives the same numbers.
    public func null(
        of result: ConvergenceResult, iterations: Range<Int>, workers: Workers = Workers(threads: 1),
        progress: any ProgressObserver = SilentProgress()
    ) async throws -> FamilyWiseNull {
        guard !iterations.isEmpty, iterations.lowerBound >= 0 else {
            throw ConvergenceError.setting(
                name: "iterations", value: Double(iterations.count), allowed: "at least 1")
        }
        guard voxelP > 0, voxelP < 1 else {
            throw ConvergenceError.setting(name: "voxelP", value: voxelP, allowed: "between 0 and 1")
        }
        let model = result.prepared.model
        let threshold = result.null.threshold(p: voxelP)
        let plan = ScreenPlan(model, threshold: threshold)
        let table = NeighbourTable(model.space.mask, connectivity)
        let random = FociRandomisation(model.space.mask, seed: seed)
        let heights = SharedArray(repeating: Float(0), count: iterations.count)
        let sizes = SharedArray(repeating: Float(0), count: iterations.count)
        let masses = SharedArray(repeating: 0.0, count: iterations.count)
        let scores = SharedArray(repeating: Float(0), count: includesTFCE ? iterations.count : 0)
        let scale = includesTFCE ? ScoreTable(result.null) : nil
        let (instructions, includesClusters) = (instructions, includesClusters)
        let pool = ScratchPool { [table] in
            (
                FociScreen(
                    plan, neighbours: table, findsClusters: includesClusters, instructions: instructions),
                scale.map {
                    EnhancedScreen(
                        model, table: table, scale: $0, ball: plan.ball, instructions: instructions)
                }
            )
        }
        let piece = 20
        progress.began("random foci", units: iterations.count)
        try await workers.forEach((iterations.count + piece - 1) / piece) { number in
            let (screen, enhanced) = pool.take()
            let foci = UnsafeMutablePointer<SIMD3<Int32>>.allocate(capacity: model.fociCount)
            defer {
                foci.deallocate()
                pool.give((screen, enhanced))
            }
            let range = number * piece..<min(iterations.count, (number + 1) * piece)
            for n in range {
                try Task.checkCancellation()
                random.draw(iterations.lowerBound + n, count: model.fociCount, into: foci)
                let maxima = screen(foci)
                heights.buffer[n] = maxima.statistic
                sizes.buffer[n] = Float(maxima.size)
                masses.buffer[n] = maxima.mass
                if let enhanced { scores.buffer[n] = enhanced.maximum(foci) }
            }
            progress.advanced(by: range.count)
        }
        progress.ended()
        var maxima: [FamilyWiseNull.Measure: [Double]] = [.voxel: heights.array.map(Double.init)]
        if includesClusters {
            maxima[.size] = sizes.array.map(Double.init)
            maxima[.mass] = masses.array
        }
        if includesTFCE { maxima[.tfce] = scores.array.map(Double.init) }
        return FamilyWiseNull(threshold: threshold, maxima: maxima)
    }

    /// z and −log₁₀ p at voxel and cluster level; every voxel of a cluster gets the cluster's.
    public func corrected(_ result: ConvergenceResult, _ null: FamilyWiseNull) -> ConvergenceMaps {
        let mask = result.maps.mask
        let statistic = result.statistic
        let table = NeighbourTable(mask, connectivity)
        var maps = ConvergenceMaps(mask: mask)
        func set(_ measure: FamilyWiseNull.Measure, _ values: [Double], _ label: String?, _ level: MapName.Level) {
            guard let logP = null.logP(measure, values) else { return }
            maps.setProbabilities(
                logP: logP, label: label, level: level, correction: .fwe, method: "montecarlo", includesP: false)
        }
        set(.voxel, statistic.map(Double.init), nil, .voxel)
        if null.maxima[.size] != nil {
            let clusters = SparseClusters.maps(of: statistic, above: Float(null.threshold), table: table)
            set(.size, clusters.size.map(Double.init), "size", .cluster)
            set(.mass, clusters.mass, "mass", .cluster)
        }
        if null.maxima[.tfce] != nil {
            let scores = EnhancedScreen.scores(of: statistic, table: table, scale: ScoreTable(result.null))
            set(.tfce, scores.map(Double.init), "tfce", .voxel)
        }
        return maps
    }
}

/// Scratch memory handed from piece to piece of work, so that there is one per thread.
final class ScratchPool<Scratch>: @unchecked Sendable {
    private let make: @Sendable () -> Scratch
    private let idle = Mutex(0)
    private var free: [Scratch] = []

    init(_ make: @escaping @Sendable () -> Scratch) { self.make = make }

    func take() -> Scratch { idle.withLock { _ in free.popLast() } ?? make() }

    func give(_ scratch: Scratch) { idle.withLock { _ in free.append(scratch) } }
}
