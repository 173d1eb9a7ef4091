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
        let effects = try await effects(of: plan, experiments: experiments, at: regions.map(\.place))
        return zip(regions, effects).compactMap { located, place in
            try? RegionFinding(
                located.region, place: place, design: plan.isMeanOnly ? nil : design,
                estimator: settings.tau2Estimator == .reml ? .reml : .dersimonianLaird)
        }
    }
}
