import Foundation
import Imaging
public import Inference
import Statistics

/// ALE subtraction for groups of different sizes.
///
/// ALE grows with the number of experiments, so a plain difference favours the larger group. Here every difference, the
/// observed one and each permuted one, is the mean over random subsamples in which both groups have the size of the
/// smaller (the idea of JALE's balanced contrast and NiMARE's balanced subtraction; the null is ours: labels permuted, then
/// subsampled in the same way, so observed and permuted values have the same distribution when groups do not differ).
public struct BalancedSubtraction: Sendable {
    public var kernel: ActivationKernel
    public var convention: KernelConvention
    /// Subsamples that each difference is the mean of.
    public var subsamples: Int
    public var seed: UInt64

    public init(
        kernel: ActivationKernel = .sampleSize, convention: KernelConvention = .exact, subsamples: Int = 25,
        seed: UInt64 = 1
    ) {
        self.kernel = kernel
        self.convention = convention
        self.subsamples = subsamples
        self.seed = seed
    }

    /// - Returns: `stat`, `p`, `z`, `logp` of `desc-group1MinusGroup2`, uncorrected, and corrected at voxel level by the
    ///   largest |difference|; and that null.
    /// - Throws: `ConvergenceError`, `CancellationError`.
    public func run(
        _ group1: [FociSet], _ group2: [FociSet], in space: ConvergenceSpace, labels: LabelPermutations,
        workers: Workers = Workers(threads: 1), progress: any ProgressObserver = SilentProgress()
    ) async throws -> (maps: ConvergenceMaps, null: FamilyWiseNull) {
        guard labels.total == group1.count + group2.count, labels.first == group1.count else {
            throw ConvergenceError.mismatch("The labels are not for these groups.")
        }
        guard labels.count > 1, subsamples > 0, !group1.isEmpty, !group2.isEmpty else {
            throw ConvergenceError.tooFewExperiments(needed: 1, found: min(group1.count, group2.count))
        }
        let method = ActivationLikelihoodEstimation(kernel: kernel, convention: convention)
        let model = try method.model(group1 + group2, in: space).model
        let n = labels.count
        // Row 0 is the observed labelling. −1, 0, 1: second group, left out, first group.
        let signs = (0...n).map { row in
            subsamplesOf(row == 0 ? (0..<labels.total).map { $0 < labels.first } : labels.labels(row - 1), row: row)
        }

        let count = space.mask.count
        let difference = SharedArray(repeating: Float(0), count: count)
        let above = SharedArray(repeating: Int32(n), count: count)
        let below = SharedArray(repeating: Int32(n), count: count)
        let planes = space.high.z - space.low.z + 1
        let highest = SharedArray(repeating: Float(0), count: planes * n)
        progress.began("balanced label permutations", units: planes)
        try await workers.forEach(planes) { number in
            let plane = ActivationPlane(model, z: space.low.z + number)
            let width = plane.voxels.count
            if width > 0 {
                let own = highest.buffer.baseAddress! + number * n
                var observed = [Double](repeating: 0, count: width)
                for row in 0...n {
                    if row & 15 == 0 { try Task.checkCancellation() }
                    let map = plane.meanDifference(signs[row])
                    if row == 0 { observed = map }
                    for v in 0..<width {
                        let voxel = Int(plane.voxels[v])
                        if row == 0 {
                            difference.buffer[voxel] = Float(map[v])
                            above.buffer[voxel] = 0
                            below.buffer[voxel] = 0
                        } else {
                            if map[v] >= observed[v] - 1e-9 { above.buffer[voxel] += 1 }
                            if map[v] <= observed[v] + 1e-9 { below.buffer[voxel] += 1 }
                            own[row - 1] = max(own[row - 1], Float(abs(map[v])))
                        }
                    }
                }
            }
            progress.advanced(by: 1)
        }
        progress.ended()

        let total = Double(n)
        var logP = [Double](repeating: 0, count: count)
        var sign = [Float](repeating: 0, count: count)
        for voxel in logP.indices {
            let (up, down) = (Double(above.buffer[voxel]), Double(below.buffer[voxel]))
            logP[voxel] = log(min(1 - 1 / total, max(1 / total, 2 * min(up, down) / total)))
            sign[voxel] = up < down ? 1 : up > down ? -1 : 0
        }
        let label = "group1MinusGroup2"
        var maps = ConvergenceMaps(mask: space.mask)
        let statistic = difference.array
        maps[MapName(.stat, label: label)] = statistic
        maps.setSigned(logP: logP, sign: sign, label: label)
        let maxima = (0..<n).map { row in
            (0..<planes).reduce(0.0) { max($0, Double(highest.buffer[$1 * n + row])) }
        }
        let null = FamilyWiseNull(threshold: .infinity, maxima: [.voxel: maxima])
        if let corrected = null.logP(.voxel, statistic.map { Double(abs($0)) }) {
            maps.setSigned(
                logP: corrected, sign: statistic, label: label, level: .voxel, correction: .fwe, method: "montecarlo")
        }
        return (maps, null)
    }

    /// Equal numbers of both groups, drawn without replacement.
    private func subsamplesOf(_ isFirst: [Bool], row: Int) -> [[Int8]] {
        let first = isFirst.indices.filter { isFirst[$0] }
        let second = isFirst.indices.filter { !isFirst[$0] }
        let size = min(first.count, second.count)
        let philox = Philox(seed: seed, name: "balanced subsamples", purpose: 8)
        // With groups of equal size there is but one subsample.
        return (0..<(first.count == second.count ? 1 : subsamples)).map { draw in
            var signs = [Int8](repeating: 0, count: isFirst.count)
            for (side, members) in [first, second].enumerated() {
                var members = members
                for step in 0..<size {
                    if members.count > size {
                        let word = philox([UInt32(row), UInt32(draw), UInt32(step), UInt32(side)]).x
                        let rest = UInt64(members.count - step)
                        members.swapAt(step, step + Int((UInt64(word) * rest) >> 32))
                    }
                    signs[members[step]] = side == 0 ? 1 : -1
                }
            }
            return signs
        }
    }
}
