import Foundation
public import Imaging
public import Inference
import Statistics

extension PermutedOLS {
    /// What the permutations are compared by.
    public struct TestOptions: Hashable, Sendable {
        /// Besides the data as they are.
        public var permutations: Int
        public var seed: UInt64
        /// One-sided p below which voxels form clusters; nil: voxels only, which takes a small part of the time.
        public var clusterP: Double?
        public var includesTFCE: Bool
        public var connectivity: Connectivity

        public init(
            permutations: Int = 5000, seed: UInt64 = 1, clusterP: Double? = nil, includesTFCE: Bool = false,
            connectivity: Connectivity = .faces
        ) {
            self.permutations = permutations
            self.seed = seed
            self.clusterP = clusterP
            self.includesTFCE = includesTFCE
            self.connectivity = connectivity
        }
    }

    /// Sign flips for a mean and for the intercept, else orders.
    public func kind(of stack: ImageStack) -> ImagePermutations.Kind {
        guard let design else { return .signFlips }
        let tested = design.contrast.indices.filter { design.contrast[$0] != 0 }
        let isIntercept = tested.allSatisfy { column in
            let values = design.matrix.column(column)
            return values.allSatisfy { $0 == values[0] }
        }
        return isIntercept ? .signFlips : .orders
    }

    /// Family-wise error by the largest statistics of permutations.
    @_optimize(none)
    public func test(
        _ stack: ImageStack, options: TestOptions, workers: Workers, progress: any ProgressObserver = SilentProgress()
    ) async throws -> ImageFamilyWise {
        guard options.permutations >= 1, options.permutations < 1 << 30 else {
            throw ImageError.setting(
                name: "permutations", value: Double(options.permutations), allowed: "at least 1")
        }
        let permutations = ImagePermutations(
            kind(of: stack), samples: Set(stack.studies.map(\.sample)).count, requested: options.permutations,
            seed: options.seed)
        return try await test(stack, permutations, options: options, workers: workers, progress: progress)
    }

    /// The same with given permutations.
    @_optimize(none)
    public func test(
        _ stack: ImageStack, _ permutations: ImagePermutations, options: TestOptions = TestOptions(), workers: Workers,
        progress: any ProgressObserver = SilentProgress()
    ) async throws -> ImageFamilyWise {
        if let p = options.clusterP, !(p > 0 && p < 0.5) {
            throw ImageError.setting(name: "cluster-forming p", value: p, allowed: "between 0 and 0.5")
        }
        let data = try PermutationData(stack, design)
        let engine = try PermutationEngine(data, permutations, instructions: .best)
        let z = try await engine.observed(workers)
        guard options.clusterP != nil || options.includesTFCE else {
            let maxima = try await engine.maxima(workers, progress).map {
                NullDistribution.Maxima(positive: [$0, 0, 0, 0], negative: .zero)
            }
            return ImageFamilyWise(
                null: NullDistribution(maxima), permutations: permutations, clusterForming: nil, includesTFCE: false,
                z: z, table: nil, mask: stack.mask)
        }
        let threshold = -Normal.quantile(options.clusterP ?? 0.001)
        let table = NeighbourTable(stack.mask, options.connectivity)
        var statistics = MaximumStatistics(
            tfce: ThresholdFreeClusterEnhancement(table: table), clusterTable: table, clusterForming: threshold)
        statistics.includesTFCE = options.includesTFCE
        let maxima = try await Self.maxima(engine, statistics, workers, progress)
        return ImageFamilyWise(
            null: NullDistribution(maxima), permutations: permutations, clusterForming: threshold,
            includesTFCE: options.includesTFCE, z: z, table: table, mask: stack.mask)
    }

    /// By whole maps, a few permutations at a time.
    private static func maxima(
        _ engine: PermutationEngine, _ statistics: MaximumStatistics, _ workers: Workers,
        _ progress: any ProgressObserver
    ) async throws -> [NullDistribution.Maxima] {
        let count = engine.permutations.count
        let voxels = engine.data.voxels
        let batch = 8
        let pieces = (count + batch - 1) / batch
        let positive = SharedArray(repeating: SIMD4<Float>.zero, count: count)
        let negative = SharedArray(repeating: SIMD4<Float>.zero, count: count)
        progress.began("permutations", units: count)
        try await workers.forEach(pieces) { piece in
            let range = piece * batch..<min(count, (piece + 1) * batch)
            let maps = SharedArray(repeating: Float.nan, count: range.count * voxels)
            engine.maps(range, into: maps.buffer.baseAddress!)
            var scratch = MaximumStatistics.Scratch()
            for (place, number) in range.enumerated() {
                try Task.checkCancellation()
                let map = maps.buffer[place * voxels..<(place + 1) * voxels].map { $0.isNaN ? 0 : $0 }
                let maxima = statistics(map, scratch: &scratch)
                positive.buffer[number] = maxima.positive
                negative.buffer[number] = maxima.negative
            }
            progress.advanced(by: range.count)
        }
        progress.ended()
        return (0..<count).map {
            NullDistribution.Maxima(positive: positive.buffer[$0], negative: negative.buffer[$0])
        }
    }
}
