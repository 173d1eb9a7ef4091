import Foundation
import Imaging
public import Inference
import Statistics

/// The test of a hypothesis on covariates by the method `effects`: do studies whose covariate is larger report more, in the same
/// places, than they would if the covariate had been dealt out at random?
///
/// The statistic at a voxel is the partial correlation between the tested column and the studies' scores (``CovariateScores``), as
/// Fisher's z; of several tested columns together, the share of the scores' variance that they explain, as the z of equal p.
/// The null distribution comes from permutations of the scores among the studies (Freedman & Lane 1983, doi:10.2307/1391660; Winkler
/// et al. 2014, doi:10.1016/j.neuroimage.2014.01.060). Where nothing but a mean is left untested the test is exact: it takes
/// for granted only that the covariate has nothing to do with the tables, and that any row could as well have had another's value (of its
/// stratum). With further columns the permutation is of what these leave, which is right for many studies and close to it for few.
///
/// See Docs/covariate-test.md.
public struct CovariateTest: Sendable {
    package let scores: CovariateScores
    let mask: Mask
    /// [combination][row], orthonormal, and orthogonal to what is not tested.
    let contrasts: [[Double]]
    /// [column][row], orthonormal: what is not tested, besides the mean of all rows. Permuting rows leaves their mean as it is, but not
    /// their share of a covariate.
    let nuisance: [[Double]]
    package let permutations: StudyPermutations
    public let statistics: MaximumStatistics
    let workers: Workers
    let progress: any ProgressObserver

    /// Permutations in the test, the identity included.
    public var count: Int { permutations.count }
    public var isExhaustive: Bool { permutations.isExhaustive }

    /// The statistic of a permutation, one value per mask voxel, 0 where it is not tested; 0 is what was observed.
    public func map(_ permutation: Int) -> [Float] {
        let order = permutations.order(permutation)
        let count = scores.voxels.count
        let sums = contrasts.map { sum($0, order) }
        // What of a study's permuted scores the other covariates explain is no longer 0.
        var rest = [Double](repeating: 1, count: count)
        for column in nuisance {
            let explained = sum(column, order)
            for voxel in 0..<count { rest[voxel] -= explained[voxel] * explained[voxel] }
        }
        let free = Double(scores.rows - nuisance.count - 1)
        let fisher = max(1, free - 2).squareRoot()
        let joint = contrasts.count > 1 ? JointZ(degreesOfFreedom: contrasts.count) : nil
        var map = [Float](repeating: 0, count: mask.count)
        for voxel in 0..<count where rest[voxel] > 1e-9 {
            let z: Float
            if let joint {
                let explained = sums.reduce(0) { $0 + $1[voxel] * $1[voxel] } / rest[voxel]
                z = joint(Float(free * min(explained, 1)))
            } else {
                let r = sums[0][voxel] / rest[voxel].squareRoot()
                z = Float(fisher * atanh(min(max(r, -Self.largest), Self.largest)))
            }
            map[Int(scores.voxels[voxel])] = z
        }
        return map
    }

    /// Beyond it z would be infinite; only a handful of studies come near.
    private static let largest = 1 - 1e-9

    /// Σ over rows of a column's value times the permuted score, by tested voxel.
    ///
    /// In double precision: sums of permutations that differ only in studies with equal scores differ in the last bits at most, which
    /// the statistic in single precision does not have, so that they count as equal.
    private func sum(_ column: [Double], _ order: [Int32]) -> [Double] {
        let count = scores.voxels.count
        // The value that each study's own score is multiplied by.
        var weights = [Double](repeating: 0, count: scores.rows)
        for (row, source) in order.enumerated() { weights[Int(source)] = column[row] }
        var result = [Double](repeating: 0, count: count)
        result.withUnsafeMutableBufferPointer { result in
            scores.values.withUnsafeBufferPointer { values in
                for row in 0..<scores.rows {
                    let weight = weights[row]
                    let start = row * count
                    for voxel in 0..<count { result[voxel] += weight * values[start + voxel] }
                }
            }
        }
        return result
    }

    /// The largest values of permutations, in their order; 0 is what was observed.
    ///
    /// Each row depends on its number alone. Progress is told of every permutation; the stage is the caller's.
    /// - Throws: `CancellationError`.
    public func maxima(_ range: Range<Int>) async throws -> [NullDistribution.Maxima] {
        let slots = Slots<NullDistribution.Maxima>(count: range.count)
        let pieces = min(workers.threads, range.count)
        try await workers.forEach(pieces) { piece in
            var scratch = MaximumStatistics.Scratch()
            for index in stride(from: piece, to: range.count, by: pieces) {
                try Task.checkCancellation()
                slots[index] = statistics(map(range.lowerBound + index), scratch: &scratch)
                progress.advanced(by: 1)
            }
        }
        return slots.all
    }
}
