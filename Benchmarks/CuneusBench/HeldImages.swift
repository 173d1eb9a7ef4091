import Cuneus
import Foundation
import Simulation

/// Pooled images of studies that an estimate has not seen, as its truth.
struct HeldImages {
    private let voxels: [Int]
    private let truth: [Double]
    /// Half-width of the truth's own 95 % interval.
    private let error: [Double]
    private let ranks: [Double]
    /// Whether |truth| is in its highest tenth.
    private let isTop: [Bool]

    init(_ images: EffectEstimate, voxels: [Int]) {
        self.voxels = voxels
        let truth = voxels.map { Double(images.g[$0]) }
        self.truth = truth
        error = voxels.map { Double(images.upper[$0] - images.g[$0]) }
        ranks = Self.ranks(truth)
        let order = truth.indices.sorted { abs(truth[$0]) > abs(truth[$1]) }
        var isTop = [Bool](repeating: false, count: truth.count)
        for place in order.prefix(truth.count / 10) { isTop[place] = true }
        self.isTop = isTop
    }

    /// Coverage, with the truth's own error; slope, errors.
    func sums(_ estimate: EffectEstimate) -> TruthSums {
        var sums = TruthSums()
        for (place, voxel) in voxels.enumerated() {
            sums.add(estimate, at: voxel, truth: truth[place], truthError: error[place], core: .infinity)
        }
        return sums
    }

    /// - Parameters:
    ///   - map: a value per mask voxel.
    ///   - magnitudes: whether the tenth is sought by |value| rather than by value.
    func agreement(_ map: [Float], magnitudes: Bool) -> TruthAgreement {
        let values = voxels.map { Double(map[$0]) }
        let score = Self.ranks(magnitudes ? values.map(abs) : values)
        let top = Double(isTop.count { $0 })
        let sum = score.indices.reduce(0.0) { $0 + (isTop[$1] ? score[$1] + 1 : 0) }
        let rest = Double(isTop.count) - top
        return TruthAgreement(
            rank: PearsonCorrelation.r(Self.ranks(values), ranks) ?? .nan,
            auc: (sum - top * (top + 1) / 2) / (top * rest))
    }

    /// Ranks from 0, those of equal values averaged.
    private static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start
            while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
            for place in start...end { ranks[order[place]] = Double(start + end) / 2 }
            start = end + 1
        }
        return ranks
    }
}

/// How a map is ordered beside a truth.
struct TruthAgreement {
    /// Spearman's, signed.
    var rank: Double
    /// Area under the curve for the highest tenth of |truth|.
    var auc: Double
}
