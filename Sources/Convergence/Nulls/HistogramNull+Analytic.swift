import Foundation
import Imaging
package import Inference

extension HistogramNull {
    /// The analytic null of a model from its experiments' histograms of levels.
    package static func analytic(
        _ model: ActivationModel, counts: [[Int]], workers: Workers
    ) async throws -> HistogramNull {
        switch model.rule {
        case .maximum: return try await likelihood(model, counts: counts, workers: workers)
        case .indicator:
            let voxels = Double(model.space.mask.count)
            let shares = counts.map { Double($0.dropFirst().reduce(0, +)) / voxels }
            let weights = model.studies.map(\.weight)
            return Set(weights) == [1] ? poissonBinomial(shares) : weightedBinomial(shares, weights)
        case .count:
            var total = [1.0]
            for row in counts {
                let used = (row.lastIndex { $0 > 0 } ?? 0) + 1
                let shares = row.prefix(used).map { Double($0) / Double(model.space.mask.count) }
                total = convolved(total, shares)
            }
            return HistogramNull(
                step: 1,
                weights: total
                    + [Double](
                        repeating: 0, count: max(0, model.fociCount + 1 - total.count)))
        }
    }

    /// How many experiments are active at a voxel when each is with its own probability.
    static func poissonBinomial(_ shares: [Double]) -> HistogramNull {
        HistogramNull(step: 1, weights: shares.reduce([1]) { convolved($0, [1 - $1, $1]) })
    }

    /// The same with weights, on 100,000 bins from 0 to the sum of the weights.
    static func weightedBinomial(_ shares: [Double], _ weights: [Double]) -> HistogramNull {
        let bins = 100_000
        let step = weights.reduce(0, +) / Double(bins - 1)
        var total = [Double](repeating: 0, count: bins)
        total[0] = 1
        var used = 1
        for (share, weight) in zip(shares, weights) {
            let shift = min(nearest(weight / step), bins - 1)
            var next = [Double](repeating: 0, count: bins)
            for bin in 0..<used where total[bin] > 0 {
                next[bin] += total[bin] * (1 - share)
                next[min(bin + shift, bins - 1)] += total[bin] * share
            }
            total = next
            used = min(bins, used + shift)
        }
        return HistogramNull(step: step, weights: total)
    }

    static func convolved(_ a: [Double], _ b: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: a.count + b.count - 1)
        for (i, x) in a.enumerated() where x > 0 {
            for (j, y) in b.enumerated() { result[i + j] += x * y }
        }
        return result
    }

    /// The bin of 1e-5 nearest to an activation.
    @inline(__always)
    static func activationBin(_ activation: Double) -> Int { nearest(activation * 1e5) }

    /// Centres of the bins of 1e-5 from 0 to that of the highest activation.
    static func binCentres(upTo highest: Double) -> [Float] {
        (0...activationBin(highest)).map { Float(Double($0) / 1e5) }
    }

    /// ALE's: bins of 1e-5; experiments are joined one after another, every pair of occupied bins to the bin nearest
    /// to 1 − (1 − a)(1 − b) (Eickhoff 2012, as NiMARE 0.22 bins).
    ///
    private static func likelihood(
        _ model: ActivationModel, counts: [[Int]], workers: Workers
    ) async throws -> HistogramNull {
        let inverse = 1e5
        // In single precision, as the reference: the number of bins follows from it.
        var product: Float = 1
        for (study, row) in zip(model.studies, counts) {
            let highest = model.levels(of: study)[row.lastIndex { $0 > 0 } ?? 0]
            product *= 1 - (highest * Float(inverse)).rounded(.up) / Float(inverse)
        }
        let top = Double((1 - product) + Float(1.5 / inverse))
        let bins = max(2, Int((top / (1 / inverse)).rounded(.up)))
        let scale = 1 / 1e-5
        let voxels = Double(model.space.mask.count)

        var total: [Double] = []
        var runs = BinRuns(bins: bins)
        for (study, row) in zip(model.studies, counts) {
            try Task.checkCancellation()
            let values = model.levels(of: study)
            var own: [Int: Double] = [0: Double(row[0])]
            for level in 1..<row.count where row[level] > 0 {
                own[min(nearest(Double(values[level]) * scale), bins - 1), default: 0] += Double(row[level])
            }
            let entries = own.sorted { $0.key < $1.key }.filter { $0.value > 0 }
                .map { (bin: $0.key, share: $0.value / voxels) }
            if total.isEmpty {
                total = [Double](repeating: 0, count: bins)
                for entry in entries { total[entry.bin] = entry.share }
            } else {
                total = runs.joined(total, entries)
            }
        }
        return HistogramNull(step: 1e-5, weights: total)
    }
}
