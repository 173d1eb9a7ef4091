import Evidence
import Imaging
import Inference
package import Statistics

/// Most likely coefficients and τ² at some voxels without each of several sets of experiments: what the jackknife of a model with
/// covariates imputes around.
///
/// Each search starts where that of a whole analysis without those experiments would, at 0, and sees the same experiments in the
/// same order under the same design, so that the values are those of such an analysis to the bit.
package struct OmittedCoefficients: Sendable {
    /// What is left of a model without some experiments.
    package struct Omission: Sendable {
        /// Positions of the experiments that remain among all experiments of the model, ascending.
        package var kept: [Int]
        /// Of those, a row each, made anew for them (means and standard deviations are theirs); nil where they do not determine
        /// the model.
        package var design: LikelyDesign?

        package init(kept: [Int], design: LikelyDesign?) {
            self.kept = kept
            self.design = design
        }
    }

    package let omissions: [Omission]
    /// [omission][column][voxel]
    package let coefficients: [[[Float]]]
    /// [omission][voxel]
    package let tau2: [[Float]]
    /// Per omission, where each experiment of the model stands in its design.
    private let rows: [[Int: Int]]

    init(_ omissions: [Omission], coefficients: [[[Float]]], tau2: [[Float]]) {
        self.omissions = omissions
        self.coefficients = coefficients
        self.tau2 = tau2
        rows = omissions.map { Dictionary(uniqueKeysWithValues: zip($0.kept, $0.kept.indices)) }
    }

    /// Around what an experiment is imputed under an omission; NaN where it is left out or the rest does not determine the
    /// model.
    /// - Parameter index: of the voxel.
    package func mean(_ omission: Int, experiment: Int, at index: Int) -> Float {
        guard let design = omissions[omission].design, let row = rows[omission][experiment] else { return .nan }
        return design.fitted(row) { coefficients[omission][$0][index] }
    }
}
