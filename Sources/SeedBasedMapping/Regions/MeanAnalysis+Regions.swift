public import Appraisal
public import Evidence
import Statistics

extension MeanAnalysis {
    /// What a model says about hypotheses on regions, in the imputations of its maps.
    ///
    /// - Returns: in the order of `regions`; without those where no experiment speaks, or where the experiments that do leave
    ///   the coefficients undetermined.
    /// - Throws: as `run`.
    public func findings(
        of plan: ModelPlan, experiments: [Experiment], design: DesignMatrix? = nil, on regions: [LocatedRegion]
    ) async throws -> [RegionFinding] {
        guard !regions.isEmpty else { return [] }
        return try await findings(
            of: prepare(plan, experiments: experiments, design: plan.isMeanOnly ? nil : design), on: regions)
    }

    /// - Parameter model: of ``prepare(_:experiments:design:)`` with the same settings.
    public func findings(of model: PreparedModel, on regions: [LocatedRegion]) async throws -> [RegionFinding] {
        guard !regions.isEmpty else { return [] }
        let effects = try await effects(of: model, at: regions.map(\.place))
        return zip(regions, effects).compactMap { located, place in
            try? RegionFinding(
                located.region, place: place, design: model.design,
                estimator: settings.tau2Estimator == .reml ? .reml : .dersimonianLaird)
        }
    }
}
