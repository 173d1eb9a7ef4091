/// Kernel density analysis: the number of foci within a radius (Wager 2004, doi:10.1016/j.neuroimage.2004.03.052).
///
/// Foci count, not experiments: one experiment with many foci can carry a voxel. Kept for comparison.
public struct KernelDensityAnalysis: CoordinateMethod {
    /// mm.
    public var radius: Double
    public var null: VoxelNull
    public var name: String { "KDA" }

    public init(radius: Double = 10, null: VoxelNull = .approximate) {
        self.radius = radius
        self.null = null
    }

    public func model(_ foci: [FociSet], in space: ConvergenceSpace) throws(ConvergenceError) -> PreparedFoci {
        PreparedFoci(
            try ActivationModel(
                foci, in: space, rule: .count, kernel: .sphere(radius: radius), convention: .exact))
    }
}
