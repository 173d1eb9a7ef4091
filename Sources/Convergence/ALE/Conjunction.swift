/// What several analyses have in common: at every voxel the smallest z, 0 where any has none.
///
/// The minimum statistic against the conjunction null (Nichols 2005, doi:10.1016/j.neuroimage.2004.12.005): where the
/// minimum exceeds a corrected threshold, each analysis does.
public struct Conjunction: Sendable {
    public init() {}

    /// - Parameter maps: z maps on one mask, thresholded at a corrected level (0 below) or not.
    /// - Throws: ``ConvergenceError/mismatch(_:)``.
    public func callAsFunction(_ maps: [[Float]]) throws(ConvergenceError) -> [Float] {
        guard let first = maps.first, maps.count > 1, maps.allSatisfy({ $0.count == first.count }) else {
            throw .mismatch("A conjunction needs at least two maps on the same mask.")
        }
        return first.indices.map { voxel in
            let values = maps.map { $0[voxel] }
            if values.contains(where: \.isNaN) { return .nan }
            if values.allSatisfy({ $0 > 0 }) { return values.min() ?? 0 }
            if values.allSatisfy({ $0 < 0 }) { return values.max() ?? 0 }
            return 0
        }
    }
}
