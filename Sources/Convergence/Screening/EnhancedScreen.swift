import Foundation
import Imaging
import Inference
import Statistics

/// z of every statistic, by the bins of a null: 0 where p exceeds one half.
struct ScoreTable: Sendable {
    private let null: HistogramNull
    private let z: [Float]

    init(_ null: HistogramNull) {
        self.null = null
        let smallest = null.smallestP
        z = null.tail.map { Float(LogProbability.oneSided(log(min(1, max(smallest, $0))))) }
    }

    /// Below this statistic z is 0.
    var lowest: Double {
        let first = z.firstIndex { $0 > 0 } ?? z.count
        return (Double(first) - 0.5) * null.step
    }

    @inline(__always)
    func callAsFunction(_ statistic: Float) -> Float { statistic > 0 ? z[null.bin(Double(statistic))] : 0 }
}

/// Threshold-free cluster enhancement of z maps (extent power 0.5, height power 2, as for t and z maps).
final class EnhancedScreen {
    private let model: ActivationModel
    private let painter: StatisticPainter
    /// Takes the place of the painter where there are many foci to count; and z of every count.
    private let ball: BallCounts?
    private let zOfCount: [Float]
    private var triples: [Int32]
    /// Below this sum z is 0.
    private let lowestSum: Double
    private let tfce: ThresholdFreeClusterEnhancement
    private let scale: ScoreTable
    private var scratch = ThresholdFreeClusterEnhancement.Scratch()
    private var map: [Float]
    private var foci: [SIMD3<Int32>]

    init(
        _ model: ActivationModel, table: NeighbourTable, scale: ScoreTable, ball: BallCounts.Shape? = nil,
        instructions: VectorInstructions = .best
    ) {
        self.model = model
        self.ball = ball.map { BallCounts($0, model: model, instructions: instructions) }
        zOfCount = ball == nil ? [] : (0...min(model.fociCount, 65_535)).map { scale(Float($0)) }
        triples = Array(repeating: 0, count: 3 * model.fociCount)
        painter = StatisticPainter(model)
        let lowest = scale.lowest * (1 - 1e-6)
        lowestSum = model.rule == .maximum ? -log1p(-min(lowest, 0.999)) : lowest
        tfce = ThresholdFreeClusterEnhancement(table: table)
        self.scale = scale
        map = Array(repeating: 0, count: model.space.mask.count)
        foci = Array(repeating: .zero, count: model.fociCount)
    }

    func maximum(_ random: UnsafePointer<SIMD3<Int32>>) -> Float {
        if let ball {
            let low = SIMD3<Int32>(truncatingIfNeeded: model.space.low)
            for n in foci.indices {
                let at = random[n] &- low
                triples[3 * n] = at.x
                triples[3 * n + 1] = at.y
                triples[3 * n + 2] = at.z
            }
            ball.count(triples)
            map.withUnsafeMutableBufferPointer { ball.look(up: zOfCount, into: $0) }
            return tfce.maximum(of: map, sign: 1, scratch: &scratch)
        }
        for n in foci.indices { foci[n] = random[n] }
        painter.add(foci)
        // Most voxels have z = 0: their sum is enough to know.
        let floor = lowestSum
        let model = model
        map.withUnsafeMutableBufferPointer { map in
            painter.sums.withUnsafeBufferPointer { sums in
                for voxel in map.indices {
                    map[voxel] = sums[voxel] < floor ? 0 : scale(model.statistic(sums[voxel]))
                }
            }
        }
        return tfce.maximum(of: map, sign: 1, scratch: &scratch)
    }

    static func scores(of statistic: [Float], table: NeighbourTable, scale: ScoreTable) -> [Float] {
        var scratch = ThresholdFreeClusterEnhancement.Scratch()
        return ThresholdFreeClusterEnhancement(table: table)
            .scores(of: statistic.map { scale($0) }, sign: 1, scratch: &scratch)
    }
}
