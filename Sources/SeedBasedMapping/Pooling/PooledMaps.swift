public import Imaging

/// The pooled maps of a model: one value per mask voxel each, NaN where no experiment can speak.
public struct PooledMaps: Sendable {
    public var mask: Mask
    /// Pooled effect: Hedges' g, or Fisher's z of correlations.
    public var g: [Float]
    /// Standard error of g, imputation variance included.
    public var se: [Float]
    /// g / se.
    public var z: [Float]
    /// Between-study variance.
    public var tau2: [Float]
    /// Share of the variation due to heterogeneity, percent.
    public var i2: [Float]
    public var h2: [Float]
    /// Cochran's Q, pooled over imputations.
    public var q: [Float]
    /// Degrees of freedom of Q: experiments that speak at the voxel, less one.
    public var df: [Float]
    /// Fraction of missing information about what is tested: how much of it rests on what was imputed, 0 to 1; NaN for a
    /// single imputation.
    public var fmi: [Float]

    public init(
        mask: Mask, g: [Float], se: [Float], z: [Float], tau2: [Float], i2: [Float], h2: [Float], q: [Float],
        df: [Float], fmi: [Float]? = nil
    ) {
        self.mask = mask
        self.g = g
        self.se = se
        self.z = z
        self.tau2 = tau2
        self.i2 = i2
        self.h2 = h2
        self.q = q
        self.df = df
        self.fmi = fmi ?? Array(repeating: .nan, count: g.count)
    }
}
