import Imaging
package import Inference

extension HistogramNull {
    /// Values of all voxels under random foci, counted on the bins of the analytic null.
    package static func monteCarlo(
        _ model: ActivationModel, like other: HistogramNull, iterations: Int, seed: UInt64, workers: Workers,
        progress: any ProgressObserver
    ) async throws -> HistogramNull {
        let random = FociRandomisation(model.space.mask, seed: seed)
        let pieces = min(iterations, 64)
        let bins = other.tail.count
        let counts = SharedArray(repeating: 0, count: pieces * bins)
        progress.began("random foci", units: iterations)
        try await workers.forEach(pieces) { piece in
            let map = StatisticPainter(model)
            let own = counts.buffer.baseAddress! + piece * bins
            for iteration in iterations * piece / pieces..<iterations * (piece + 1) / pieces {
                try Task.checkCancellation()
                map.paint(random, iteration: iteration)
                for value in map.statistic { own[value > 0 ? other.bin(Double(value)) : 0] += 1 }
                progress.advanced(by: 1)
            }
        }
        progress.ended()
        var weights = [Double](repeating: 0, count: bins)
        for piece in 0..<pieces { for bin in 0..<bins { weights[bin] += Double(counts.buffer[piece * bins + bin]) } }
        return HistogramNull(step: other.step, weights: weights)
    }
}
