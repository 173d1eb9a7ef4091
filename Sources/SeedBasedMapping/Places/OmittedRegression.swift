import Evidence
import Statistics

/// The meta-regression of a model, or of what an omission leaves of it: its design, and what is shown and tested.
struct OmittedRegression: Sendable {
    private let design: RegressionDesign
    /// Positions of the experiments of each row among all experiments of the model.
    private let rows: [[Int]]
    private let correlation: Double
    /// The combination that g and its error are of, in the design's own coefficients.
    private let shown: [Double]
    private let toZ: JointZ?

    /// - Parameters:
    ///   - experiments: positions of the design's experiments among all experiments of the model, in order.
    ///   - rows: which of those are combined.
    init(_ matrix: DesignMatrix, experiments: [Int], rows: SampleRows) {
        design = RegressionDesign(matrix)
        self.rows = rows.rows.map { $0.map { experiments[$0] } }
        correlation = rows.correlation
        shown = matrix.test.count == 1 ? design.tests[0] : design.weights(matrix.adjustedMeans[0].weights)
        toZ = matrix.test.count == 1 ? nil : JointZ(degreesOfFreedom: matrix.test.count)
    }

    func voxelRegression(scales: [EffectScale], estimator: RandomEffects.Estimator) -> VoxelRegression {
        VoxelRegression(design: design, rows: rows, correlation: correlation, scales: scales, estimator: estimator)
    }

    /// What the maps hold at a voxel.
    func row(_ pool: RegressionPool) -> OmittedPooling.Row {
        guard let pooled = pool.pooled else { return .none }
        let wald = WaldStatistic(coefficients: pooled.coefficients, covariance: pooled.covariance)
        let (estimate, variance) = wald.estimate(shown)
        let g = Float(estimate)
        let se = Float(variance.squareRoot())
        return OmittedPooling.Row(
            g: g, se: se, z: toZ.map { $0(Float(wald.chiSquare(design.tests))) } ?? g / se,
            tau2: Float(pool.heterogeneity.tau2))
    }
}
