public import Evidence
import Foundation

/// What seed-based mapping can run.
public enum ModelScope {
    /// - Throws: for any other model, which must not pass for what it is not.
    public static func check(
        _ plan: ModelPlan, experiments: [Experiment], settings: Settings
    ) throws(InputError) {
        if Set(experiments.map(\.measure)).count > 1 {
            throw InputError(
                at: plan.source, "model \"\(plan.name)\" mixes changes and correlations.",
                remedy: "Say measure: change or measure: correlation in the model.")
        }
        // Found now, not after the peaks have been placed.
        if settings.testsAgreement(of: plan), settings.relocate != .uniform, case .file(let path) = settings.baseRates,
            !FileManager.default.fileExists(atPath: path)
        {
            throw InputError(
                at: SourceLocation(file: path), "no such file or folder, which relocate_from names.",
                remedy: "Leave relocate_from out to use the map that comes with the program.")
        }
        guard !plan.isMeanOnly, settings.permutations > 0 else { return }
        let matrix = try? DesignMatrix(plan, experiments: experiments, samples: settings.samples)
        // The test of scores needs neither.
        if settings.testsCovariates(of: plan), let matrix, RegressionDesign(matrix).permutesStudies { return }
        if settings.tau2Estimator == .reml {
            throw InputError(
                at: plan.source,
                "model \"\(plan.name)\" has covariates, permutations and the REML estimator of tau2, which do not go together yet.",
                remedy: "Use tau2_estimator: dl, or permutations: 0.")
        }
        let columns = matrix?.columnCount ?? 0
        guard columns <= RegressionKernel.mostColumns else {
            throw InputError(
                at: plan.source,
                "model \"\(plan.name)\" has \(columns) coefficients; a permutation test takes at most \(RegressionKernel.mostColumns).",
                remedy: "Use fewer covariates, or permutations: 0.")
        }
    }
}
