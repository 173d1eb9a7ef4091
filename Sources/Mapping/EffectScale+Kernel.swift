package import Statistics
package import VoxelKernels

extension cuneus_experiment {
    /// An experiment as the permutation kernels take it.
    package init(_ scale: EffectScale) {
        self.init(
            correction: Float(scale.correction), constant_variance: Float(scale.constantVariance),
            quadratic_variance: Float(scale.quadraticVariance), spread: Float(scale.permutedSpread),
            correlation: scale.isCorrelation)
    }
}
