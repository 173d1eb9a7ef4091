import Cuneus
import Foundation

/// One model of a run, by all its methods.
///
/// Its asynchronous functions are not optimised, as elsewhere where such a function awaits in branches or loops: see "The optimiser and
/// async functions" in CONTRIBUTING.md.
struct ModelRun {
    let plan: ModelPlan
    let settings: Settings
    let project: Project
    let regions: ProjectRegions
    let places: PlaceNamer
    let workers: Workers
    let progress: TerminalProgress
    let permutation: PermutationOptions
    let allowance: MemoryAllowance
    /// Shared with other models.
    let spaces: SpaceStore
    let keepsBounds: Bool
    let judges: Bool
    /// Whether the viewer's forest plots are made.
    let hasViewer: Bool

    struct Outcome {
        /// nil without a method of effect sizes.
        var findings: ModelFindings?
        /// nil without other methods.
        var comparison: ModelComparison?
        /// What its findings were made from; nil without it.
        var prepared: (analysis: SeedBasedAnalysis, model: PreparedModel)?
        var notices: [Notice]
    }

    @_optimize(none)
    func run() async throws -> Outcome {
        var outcome = Outcome(notices: [])
        if settings.mainMethod != nil { outcome = try await effects() }
        if !settings.otherMethods.isEmpty { outcome.comparison = try await others(outcome.findings?.result) }
        return outcome
    }

    @_optimize(none)
    private func effects() async throws -> Outcome {
        let analysis = SeedBasedAnalysis(
            space: try spaces.space(settings), settings: settings, workers: workers, progress: progress)
        let (experiments, design) = try project.design(of: plan, settings: settings)
        let cost = CostEstimate(
            plan, experiments: experiments, coefficients: design.columnCount, settings: settings, space: analysis.space,
            workers: workers, permutation: permutation)
        // Else the system would end the program in the middle of the work, without a word.
        if let shortage = MemoryShortage(cost, model: plan.name) { throw shortage }
        let (located, skipped) = try regions.locate(in: analysis.space.mask)
        let prepared = try await analysis.prepare(
            plan, experiments: experiments, design: plan.isMeanOnly ? nil : design)
        var result = try await analysis.run(prepared, keepBounds: keepsBounds, permutation: permutation)
        result.sharedSamples = try project.sharedSamples(of: plan, settings: settings)
        var findings = ModelFindings(result: result, clusters: result.exploratoryClusters())
        try await findings.judge(prepared, by: analysis, places: places, judges: judges, hasForest: hasViewer)
        if ProjectRegions.judges(plan) {
            findings.askedRegions = project.regions
            findings.regions = try await analysis.findings(of: prepared, on: located)
        }
        return Outcome(findings: findings, prepared: (analysis, prepared), notices: skipped)
    }

    @_optimize(none)
    private func others(_ main: ModelResult?) async throws -> ModelComparison {
        var methods = try OtherMethods(plan, of: project, settings: settings)
        methods.allowance = allowance
        let outcome = try await methods.runEach(workers: workers, progress: progress)
        if main == nil, outcome.results.isEmpty, let first = outcome.failed.first {
            throw InputError(at: plan.source, first.reason)
        }
        return ModelComparison(
            methods, results: outcome.results, failed: outcome.failed,
            sharedSamples: try project.sharedSamples(of: plan, settings: settings),
            main: main, criterion: main.map(FindingCriterion.init)?.text ?? "")
    }
}
