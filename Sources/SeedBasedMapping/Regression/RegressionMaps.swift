/// What a meta-regression says beyond the tested map: one pair of maps per combination of coefficients.
public struct RegressionMaps: Sendable {
    /// Estimate and standard error of a combination of coefficients, one value per mask voxel.
    public struct Combination: Sendable {
        /// `intercept`, `age`, `disorder[anxiety]`, or the name of a prediction or contrast.
        public var name: String
        public var estimate: [Float]
        public var se: [Float]

        public var z: [Float] { zip(estimate, se).map { $0 / $1 } }
    }

    public var coefficients: [Combination]
    /// Mean of an average experiment, and of each level of categorical covariates, the others at their means.
    public var adjustedMeans: [Combination]
    public var predictions: [Combination]
    /// Rows of the tested hypothesis.
    public var tested: [Combination]
    /// Wald χ² of a hypothesis of several rows (for groups: Q between), and its degrees of freedom; nil for one row.
    public var chiSquare: [Float]?
    public var chiSquareDF: Int
}
