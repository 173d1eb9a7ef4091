import Foundation
public import Inference
public import Statistics

/// A robust regression at every voxel (``RobustFit``): coefficients and t, one map per column of the design.
public struct RobustMaps: Sendable {
    /// [columns][voxels]; NaN where fewer maps than asked for have a value.
    public let coefficients: [[Float]]
    public let t: [[Float]]
    /// F of the tested columns together; nil of one.
    public let joint: [Float]?
    /// The mean weight of every row over the voxels where it has a value: how much each map counts.
    public let meanWeights: [Double]
    /// 0 where nothing is fitted.
    public let degreesOfFreedom: [Int32]

    /// - Parameters:
    ///   - minimum: fewest maps with a value at a voxel.
    ///   - tested: columns that are tested together where they are several.
    @_optimize(none)
    public init(
        _ rows: [[Float]], design: Matrix, minimum: Int, testing tested: [Int] = [], workers: Workers
    ) async throws {
        guard rows.count == design.rows, let voxels = rows.first?.count else {
            throw StudyError.data("\(rows.count) maps for \(design.rows) rows of the design.")
        }
        let columns = design.columns
        let size = rows.count
        let estimates = SharedArray(repeating: Float.nan, count: max(1, columns * voxels))
        let statistics = SharedArray(repeating: Float.nan, count: max(1, columns * voxels))
        let weights = SharedArray(repeating: Float.nan, count: max(1, size * voxels))
        let freedom = SharedArray(repeating: Int32(0), count: max(1, voxels))
        let isJoint = tested.count > 1
        let together = SharedArray(repeating: Float.nan, count: isJoint ? voxels : 1)
        let stretch = 512
        try await workers.forEach((voxels + stretch - 1) / stretch) { piece in
            for voxel in piece * stretch..<min(voxels, (piece + 1) * stretch) {
                let present = (0..<size).filter { !rows[$0][voxel].isNaN }
                guard present.count >= minimum else { continue }
                let x = present.count == size ? design : design.selectingRows(present)
                guard let fit = RobustFit(present.map { Double(rows[$0][voxel]) }, x) else { continue }
                for column in 0..<columns {
                    estimates.buffer[column * voxels + voxel] = Float(fit.coefficients[column])
                    statistics.buffer[column * voxels + voxel] = Float(fit.t[column])
                }
                for (row, weight) in zip(present, fit.weights) { weights.buffer[row * voxels + voxel] = Float(weight) }
                freedom.buffer[voxel] = Int32(fit.degreesOfFreedom)
                if isJoint { together.buffer[voxel] = Float(fit.joint(tested)) }
            }
        }
        coefficients = (0..<columns).map { Array(estimates.buffer[$0 * voxels..<($0 + 1) * voxels]) }
        t = (0..<columns).map { Array(statistics.buffer[$0 * voxels..<($0 + 1) * voxels]) }
        meanWeights = (0..<size).map { row in
            var sum = 0.0
            var count = 0.0
            for weight in weights.buffer[row * voxels..<(row + 1) * voxels] where !weight.isNaN {
                sum += Double(weight)
                count += 1
            }
            return count > 0 ? sum / count : .nan
        }
        degreesOfFreedom = Array(freedom.buffer[..<voxels])
        joint = isJoint ? Array(together.buffer[..<voxels]) : nil
    }
}
