import Foundation
import Imaging
public import Inference
import Statistics

/// A test whose rearrangements can be made range by range.
public final class PreparedStudyTest: Sendable {
    public let test: StudyTest
    /// The statistic of the data, as the rearrangements' is computed; NaN where nothing is tested.
    public let observed: [Float]
    /// What a voxel must exceed to be part of a cluster; nil: no clusters are looked at.
    public let clusterForming: Double?
    let engine: StudyEngine
    let room: RoundingRoom
    private let statistics: MaximumStatistics?

    init(_ test: StudyTest, _ engine: StudyEngine) {
        self.test = test
        self.engine = engine
        let map = SharedArray(repeating: Float.nan, count: engine.voxels)
        if let start = map.buffer.baseAddress { engine.maps(0..<1, into: start) }
        observed = map.array
        let options = test.options
        clusterForming = options.clusterP.map { Self.threshold($0, engine) }
        room = RoundingRoom(
            rows: test.design.rows, combinations: engine.combinations,
            degreesOfFreedom: engine.bags.map(\.degreesOfFreedom).min() ?? 1, isScore: engine.isScore,
            observed: observed,
            clusterForming: clusterForming)
        if options.clusterP != nil || options.includesTFCE {
            let table = NeighbourTable(test.images.mask, options.connectivity)
            var statistics = MaximumStatistics(
                tfce: ThresholdFreeClusterEnhancement(table: table, form: options.tfceForm), clusterTable: table,
                // Without clusters nothing exceeds the threshold.
                clusterForming: clusterForming ?? 1e30)
            statistics.includesTFCE = options.includesTFCE
            self.statistics = statistics
        } else {
            statistics = nil
        }
    }

    /// The statistic whose p is `p`: z where values are z; the t or F of the design's degrees of freedom, which for unequal and
    /// for smoothed variances is a convention, not a probability.
    private static func threshold(_ p: Double, _ engine: StudyEngine) -> Double {
        let df = engine.degreesOfFreedom ?? engine.bags.map(\.degreesOfFreedom).max() ?? 1
        if engine.isScore { return -Normal.quantile(p) }
        return CriticalValue.of(p, combinations: engine.combinations, degreesOfFreedom: df)
    }

    public var rearrangements: Rearrangements { engine.rearrangements }

    /// Rearrangements in all, the data as they are included.
    public var count: Int { engine.rearrangements.count }

    /// The smallest corrected p that can come out: the share of rearrangements that say the same as the data whatever the values are.
    ///
    /// Of all sign flips two-sided 2/2ⁿ, of two groups of five 2/252 (1/252 to one side: exchanged groups give the other sign), of n people
    /// in three sessions 6/6ⁿ.
    public func smallestP(_ side: StudyInference.Side) -> Double {
        AlikeRearrangements(engine, varianceGroups: test.design.varianceGroups).smallestP(side, of: count)
    }

    /// Whether values are z, because degrees of freedom vary over voxels.
    public var isScore: Bool { engine.isScore }

    /// Of every tested voxel; nil where they vary.
    public var degreesOfFreedom: Int? { engine.degreesOfFreedom }

    /// Voxels that are tested.
    public var testedVoxels: Int { engine.bags.reduce(0) { $0 + $1.voxels.count } }

    /// Bytes held while it runs, about, the images themselves not counted.
    public func memory(threads: Int) -> Int {
        let perMap = engine.voxels * 4
        let rows = engine.bags.reduce(0) { $0 + $1.voxels.count * $1.rows.count * 4 }
        return rows + 2 * perMap + max(1, threads) * perMap * (Self.batch + 16)
    }

    /// Maps made at once by a worker.
    private static let batch = 8

    /// Some rearrangements.
    @_optimize(none)
    public func tally(
        _ range: Range<Int>, workers: Workers, progress: any ProgressObserver = SilentProgress()
    ) async throws -> StudyTally {
        let range = range.clamped(to: 0..<count)
        let positive = SharedArray(repeating: SIMD4<Float>.zero, count: max(1, range.count))
        let negative = SharedArray(repeating: SIMD4<Float>.zero, count: max(1, range.count))
        progress.began("permutations", units: range.count)
        let isVoxelOnly: Bool
        if case .smoothedVariance = engine.statistic { isVoxelOnly = false } else { isVoxelOnly = statistics == nil }
        var counts: ExceedanceCounts.Arrays = ([], [], [])
        if isVoxelOnly, !test.options.countsUncorrected {
            try await voxelMaxima(range, positive, negative, workers, progress)
        } else {
            counts = try await wholeMaps(range, positive, negative, workers, progress)
        }
        progress.ended()
        return StudyTally(
            range: range,
            maxima: range.indices.map {
                NullDistribution.Maxima(
                    positive: positive.buffer[$0 - range.lowerBound], negative: negative.buffer[$0 - range.lowerBound])
            },
            notBelow: counts.notBelow, notAbove: counts.notAbove, notInside: counts.notInside)
    }

    @_optimize(none)
    private func voxelMaxima(
        _ range: Range<Int>, _ positive: SharedArray<SIMD4<Float>>, _ negative: SharedArray<SIMD4<Float>>,
        _ workers: Workers, _ progress: any ProgressObserver
    ) async throws {
        let batch = 64
        let engine = engine
        try await workers.forEach((range.count + batch - 1) / batch) { piece in
            let first = range.lowerBound + piece * batch
            let own = first..<min(range.upperBound, first + batch)
            for (place, found) in engine.extremes(own).enumerated() {
                let slot = piece * batch + place
                positive.buffer[slot] = [found.highest, 0, 0, 0]
                negative.buffer[slot] = [engine.combinations > 1 ? 0 : -found.lowest, 0, 0, 0]
            }
            progress.advanced(by: own.count)
        }
    }

    @_optimize(none)
    private func wholeMaps(
        _ range: Range<Int>, _ positive: SharedArray<SIMD4<Float>>, _ negative: SharedArray<SIMD4<Float>>,
        _ workers: Workers, _ progress: any ProgressObserver
    ) async throws -> ExceedanceCounts.Arrays {
        // Of all sign flips, each number and its mirror image need one map: the tails change places.
        let halves = rearrangements.isExhaustive && rearrangements.mirror(of: 0) != nil && range == 0..<count
        let last = halves ? range.lowerBound + (range.count + 1) / 2 : range.upperBound
        let todo = range.lowerBound..<last
        let pieces = (todo.count + Self.batch - 1) / Self.batch
        let engine = engine
        let statistics = statistics
        let counts = ExceedanceCounts(test.options.countsUncorrected ? observed : [], room: room)
        let rearrangements = rearrangements
        try await workers.forEach(pieces) { piece in
            let first = todo.lowerBound + piece * Self.batch
            let own = first..<min(todo.upperBound, first + Self.batch)
            let maps = SharedArray(repeating: Float.nan, count: own.count * engine.voxels)
            guard let start = maps.buffer.baseAddress else { return }
            engine.maps(own, into: start)
            var scratch = MaximumStatistics.Scratch()
            for (place, number) in own.enumerated() {
                try Task.checkCancellation()
                let map = Array(
                    UnsafeBufferPointer(start: start + place * engine.voxels, count: engine.voxels))
                var found: NullDistribution.Maxima
                if let statistics {
                    found = statistics(map, scratch: &scratch)
                } else {
                    found = Self.height(map)
                }
                if engine.combinations > 1 { found.negative = .zero }
                let slot = number - range.lowerBound
                positive.buffer[slot] = found.positive
                negative.buffer[slot] = found.negative
                let mirror = halves ? rearrangements.mirror(of: number) : nil
                if let mirror {
                    positive.buffer[mirror - range.lowerBound] = found.negative
                    negative.buffer[mirror - range.lowerBound] = found.positive
                }
                counts.add(map, isMirrored: mirror != nil)
            }
            progress.advanced(by: own.count * (halves ? 2 : 1))
        }
        return counts.arrays
    }

    private static func height(_ map: [Float]) -> NullDistribution.Maxima {
        var (high, low): (Float, Float) = (0, 0)
        for value in map {
            if value > high { high = value }
            if value < low { low = value }
        }
        return NullDistribution.Maxima(positive: [high, 0, 0, 0], negative: [-low, 0, 0, 0])
    }

    /// Corrected p and all else, from all parts.
    public func inference(_ tally: StudyTally) -> StudyInference { StudyInference(self, tally) }
}
