package import Statistics
package import VoxelKernels

extension cuneus_experiment {
    /// An experiment as the permutation kernels take it.
    ///
    /// - Parameter joinsNext: whether it is combined with the next one, of the same sample.
    package init(_ scale: EffectScale, joinsNext: Bool = false) {
        self.init(
            correction: Float(scale.correction), constant_variance: Float(scale.constantVariance),
            quadratic_variance: Float(scale.quadraticVariance), spread: Float(scale.permutedSpread),
            correlation: scale.isCorrelation, joins_next: joinsNext)
    }
}
