public import Evidence

extension SeedBasedAnalysis {
    /// The stages of a model as its progress names them, in their order; which of several stages an observer is told of is then known
    /// beforehand. Some may not come: kernels that another model has made, judgements where nothing was found.
    ///
    /// - Parameters:
    ///   - judges: whether findings are judged (``evidence(for:of:from:effects:)``).
    ///   - hasRegions: whether there are hypotheses on regions (``findings(of:on:)``).
    public static func stages(
        of plan: ModelPlan, experiments: [Experiment], settings: Settings, judges: Bool, hasRegions: Bool = false
    ) -> [String] {
        var stages = experiments.contains(where: \.hasMap) ? ["Statistic maps"] : []
        let isPosterior = settings.usesPosterior && plan.isMeanOnly
        // Of a posterior, bounds are made with what was reported.
        if !isPosterior { stages.append("Bounds from peaks") }
        stages +=
            isPosterior
            ? ["What was reported", "Posterior of the effect", "What the map teaches of effects", "Shrunken maps"]
            : ["Most likely effect", "Imputing and pooling"]
        if settings.testsAgreement(of: plan) {
            stages.append("Kernels of relocated peaks")
            if settings.relocate != .uniform { stages.append("What is usual at each voxel") }
            stages.append("Relocations")
        } else if settings.testsCovariates(of: plan) {
            stages += ["Scores of the studies", "Permutations of studies"]
        } else if settings.permutations > 0, settings.mainMethod != .effects || !plan.isMeanOnly {
            stages += ["Subject images", "Permutations"]
        }
        if judges {
            stages.append(PlacesStep.stage)
            stages +=
                isPosterior
                ? ["Jackknife: posteriors"] : ["Jackknife: most likely effects", "Jackknife: imputing and pooling"]
        }
        return hasRegions ? stages + [PlacesStep.regionStage] : stages
    }
}
