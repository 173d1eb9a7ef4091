package import Inference
package import VoxelKernels

/// The vector kernel of meta-regression, with a model's design in its form.
package struct RegressionKernel {
    private var model: cuneus_regression
    private let design: [Float]
    private let tests: [Float]
    private let toZ: JointZ?

    /// - Parameters:
    ///   - experiments: of the data; nil where each is a row of the design.
    ///   - correlation: assumed between the errors of those that are combined.
    package init(
        _ design: RegressionDesign, experiments: Int? = nil, correlation: Double = 0, imputations: Int,
        unitVariance: Bool
    ) {
        model = cuneus_regression(
            experiments: Int32(experiments ?? design.rows), imputations: Int32(imputations),
            columns: Int32(design.columns),
            tests: Int32(design.tests.count), unit_variance: unitVariance,
            sample_correlation: Float(correlation))
        self.design = design.values.map(Float.init)
        tests = design.tests.flatMap { $0.map(Float.init) }
        toZ = design.tests.count > 1 ? JointZ(degreesOfFreedom: design.tests.count) : nil
    }

    /// Most coefficients of a model that can be permuted.
    package static let mostColumns = Int(CUNEUS_MOST_COLUMNS)

    /// z at the voxels of a tile, of experiments (none where studies were permuted); see `cuneus_regression_statistic` for the memory.
    package func callAsFunction(
        _ instructions: VectorInstructions, _ experiments: [cuneus_experiment], _ data: cuneus_regression_data,
        scratch: UnsafeMutablePointer<Float>, into z: UnsafeMutablePointer<Float>
    ) {
        withUnsafePointer(to: model) { model in
            withUnsafePointer(to: data) { data in
                cuneus_regression_statistic(
                    instructions.code, model, experiments, design, tests, data, scratch, z)
            }
        }
        guard let toZ else { return }
        for voxel in 0..<Int(CUNEUS_TILE) { z[voxel] = toZ(z[voxel]) }
    }
}
