/// The posterior of the mean effect, per voxel asked for: Hedges' g, or Fisher's z of correlations; NaN where no
/// experiment speaks.
public struct PosteriorMaps: Sendable {
    /// Posterior mean.
    public var g: [Float]
    /// Posterior standard deviation.
    public var se: [Float]
    /// The interval that the settings ask for.
    public var lower: [Float]
    public var upper: [Float]
    /// (E τ)².
    public var tau2: [Float]
    /// Posterior probability that the mean effect is above zero.
    public var probabilityAbove: [Float]
    /// Experiments whose effect is known here, and others that a peak reaches; the rest only stayed silent.
    public var measured: [Int32]
    public var reached: [Int32]

    /// g / se.
    public var z: [Float] { zip(g, se).map { $0 / $1 } }
}
