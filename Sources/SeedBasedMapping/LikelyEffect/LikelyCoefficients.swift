/// Maps of the most likely coefficients of a model with covariates, and of the between-study variance.
package struct LikelyCoefficients: Sendable {
    package let design: LikelyDesign
    /// [column][mask voxel], g per unit of the design's column; NaN where no experiment speaks.
    package let coefficients: [[Float]]
    /// Per mask voxel, g²; NaN where no experiment speaks.
    package let tau2: [Float]
    /// Voxels where the experiments that speak do not determine every coefficient.
    package let undetermined: Int

    /// Around what a study is imputed: its fitted value xβ per mask voxel, g.
    package func mean(of experiment: Int) -> [Float] {
        tau2.indices.map { voxel in design.fitted(experiment) { coefficients[$0][voxel] } }
    }
}
