import Evidence
import Inference

/// What the method `effects` asks of a permutation of studies (Docs/covariate-test.md): a covariate is tested only where enough samples
/// tell of the voxel, and studies change places only with others of like size.
///
/// The first keeps power: where hardly any study tells, a correlation says nothing, and its chance maxima are in the way of the others.
/// The second is for covariates that follow the number of people, which decides what a study prints.
struct CovariateTestRules {
    /// Least share of the samples that tell of a voxel.
    static let leastShare = 0.3

    /// Mask voxels that are tested; elsewhere the statistic is 0.
    let tested: [Bool]
    /// Of every row; nil where all have one size.
    let strata: [Int]?

    init(_ model: PreparedModel, voxels: Int) {
        let rows = model.rows.rows
        var telling = [Int32](repeating: 0, count: voxels)
        for row in rows {
            var tells = [Bool](repeating: false, count: voxels)
            for member in row {
                let bounds = model.studies[member].bounds
                // A kernel at least half as high as at its peak leaves half of the interval between the thresholds.
                let narrow = model.experiments[member].thresholdG.map { Float($0 * (1 + 1e-6)) } ?? .infinity
                for voxel in 0..<voxels where bounds.upper[voxel] - bounds.lower[voxel] <= narrow {
                    tells[voxel] = true
                }
            }
            for voxel in 0..<voxels where tells[voxel] { telling[voxel] += 1 }
        }
        let least = Int32((Self.leastShare * Double(rows.count)).rounded(.up))
        tested = telling.map { $0 >= least }
        strata = StudyPermutations.strata(
            bySize: rows.map { row in row.map { model.experiments[$0].experiment.n }.max() ?? 0 })
    }
}
