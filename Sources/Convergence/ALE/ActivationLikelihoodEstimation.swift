/// Activation likelihood estimation: the probability that at least one experiment's focus lies at a voxel, tested
/// against foci anywhere in the brain.
///
/// Turkeltaub 2002, 2012 (doi:10.1002/hbm.21186: the non-additive maximum within an experiment), Eickhoff 2009, 2012
/// (doi:10.1016/j.neuroimage.2011.09.017: kernel by sample size, analytic null). Numbers equal NiMARE 0.22.1's; see
/// Docs/convergence.md for what differs from GingerALE.
public struct ActivationLikelihoodEstimation: CoordinateMethod {
    public var kernel: ActivationKernel
    public var convention: KernelConvention
    public var null: VoxelNull
    public var name: String { "ALE" }

    public init(
        kernel: ActivationKernel = .sampleSize, convention: KernelConvention = .exact,
        null: VoxelNull = .approximate
    ) {
        self.kernel = kernel
        self.convention = convention
        self.null = null
    }

    public func model(_ foci: [FociSet], in space: ConvergenceSpace) throws(ConvergenceError) -> PreparedFoci {
        PreparedFoci(
            try ActivationModel(foci, in: space, rule: .maximum, kernel: kernel, convention: convention))
    }
}
