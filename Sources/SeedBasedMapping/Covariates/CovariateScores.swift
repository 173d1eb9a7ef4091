package import Evidence
import Imaging
import Inference
import Statistics

/// What every study says about a covariate before the covariate is known: the slope of its interval likelihood at the fit of the
/// model without the tested terms.
///
/// A study that reported more than that model expects has a positive score, one that was silent where others reported a negative
/// one, and studies that say the same have the same. Scores take nothing from the tested covariate; where it has nothing to do with
/// the studies' tables, they are therefore as good as shuffled, whatever the tables are like, and that is all that
/// ``CovariateTest`` rests on. (Imputed effects do not serve: what is drawn for silent studies follows the covariate.)
///
/// Rao's score test (1948, doi:10.1017/S0305004100023987) of an interval likelihood
/// (Albajes-Eizagirre, Solanes & Radua 2019, doi:10.1177/0962280218811349), permuted in place of its asymptotic distribution.
package struct CovariateScores: Hashable, Sendable {
    /// Studies: samples, where experiments of one sample are combined.
    package let rows: Int
    /// Positions in the mask of the voxels that are tested, ascending.
    package let voxels: [Int32]
    /// [row][tested voxel], less what the columns that are not tested explain, the sum of squares over rows 1; all 0 where studies do
    /// not differ.
    package let values: [Double]

    /// Scores of one voxel.
    ///
    /// - Parameters:
    ///   - effects: one per experiment; nil where it did not look.
    ///   - reduced: the design without the tested terms, a row per experiment.
    ///   - members: the experiments of every row.
    ///   - correlation: assumed between the errors of experiments of one row.
    ///   - basis: orthonormal columns over rows that span that design.
    package static func scores(
        _ effects: [IntervalEffect?], reduced: LikelyDesign, members: [Range<Int>], correlation: Double,
        basis: [[Double]]
    ) -> [Double] {
        let fit = LikelyRegression(effects, design: reduced, leaveOut: 0)
        var scores = members.map { row -> Double in
            let weight = AgreementReference.scoreWeight(ofExperiments: row.count, correlation: correlation)
            var sum = 0.0
            for member in row {
                guard let effect = effects[member] else { continue }
                var mean = 0.0
                for column in 0..<reduced.columns {
                    mean += reduced.values[member * reduced.columns + column] * fit.coefficients[column]
                }
                sum += weight * effect.score(at: mean, tau2: fit.tau2).slope
            }
            return sum
        }
        let before = scores.reduce(0) { $0 + $1 * $1 }
        RegressionDesign.remove(basis, from: &scores)
        let rest = scores.reduce(0) { $0 + $1 * $1 }
        // Studies that all say the same differ by rounding alone.
        guard rest.isFinite, rest > 1e-18 * before, rest > 0 else { return scores.map { _ in 0 } }
        let length = rest.squareRoot()
        return scores.map { $0 / length }
    }
}

extension CovariateScores {
    /// Its numbers under their names in a prepared file.
    func write(to numbers: inout NumberSections) {
        numbers.add("scores.rows", [Int64(rows)])
        numbers.add("scores.voxels", voxels)
        numbers.add("scores.values", values)
    }

    /// As ``write(to:)`` left it.
    init(from numbers: MappedSections) throws(InputError) {
        let rows: [Int64] = try numbers.array("scores.rows", count: 1)
        self.rows = Int(rows[0])
        voxels = try numbers.array("scores.voxels")
        values = try numbers.array("scores.values", count: self.rows * voxels.count)
    }
}
