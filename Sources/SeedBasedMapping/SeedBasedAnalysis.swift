public import Evidence
import Formats
import Imaging
public import Inference
public import Statistics

/// Seed-based mapping of one model: peaks and maps in, pooled maps of a mean or a meta-regression out.
///
/// Albajes-Eizagirre et al. 2019, doi:10.1016/j.neuroimage.2018.10.077. Its steps are types of their own, in the order of
/// Docs/README.md: ``BoundsStep``, ``LikelyEffectStep``, ``StudyImageSampler``, ``PoolingStep`` or ``RegressionStep``,
/// ``FamilyWiseStep``. Work runs over blocks of voxels on all threads; memory does not grow with the number of imputations,
/// and results do not depend on the number of threads.
///
///     let analysis = SeedBasedAnalysis(
///         space: try AnalysisSpace(settings: settings), settings: settings, workers: Workers(threads: 4))
///     let result = try await analysis.run(plan, experiments: try project.experiments(of: plan, settings: settings))
///     print(result.maps.g.max() ?? 0)
public struct SeedBasedAnalysis: Sendable {
    let context: AnalysisContext

    public init(
        space: AnalysisSpace, settings: Settings, workers: Workers, progress: any ProgressObserver = SilentProgress()
    ) {
        context = AnalysisContext(space: space, settings: settings, workers: workers, progress: progress)
    }

    public var space: AnalysisSpace { context.space }
    public var settings: Settings { context.settings }
    public var workers: Workers { context.workers }

    /// All stages of one model.
    ///
    /// - Parameters:
    ///   - plan: the model, for the record.
    ///   - experiments: those that enter, thresholds filled in (``Project/experiments(of:settings:)``).
    ///   - design: of a model with covariates, a row per experiment (``Project/design(of:settings:)``); nil for the mean of
    ///     all.
    ///   - keepBounds: whether the result carries the bound maps.
    ///   - permutation: how the permutation test is to run, if the settings ask for one.
    /// - Throws: `InputError` or `NIfTIError` for input that cannot be used, `PermutationLedger.Problem` for an interrupted
    ///   test that cannot be resumed, `CancellationError` when interrupted.
    @_optimize(none)
    public func run(
        _ plan: ModelPlan, experiments: [Experiment], design: DesignMatrix? = nil, keepBounds: Bool = false,
        permutation: PermutationOptions = PermutationOptions()
    ) async throws -> ModelResult {
        try await run(
            prepare(plan, experiments: experiments, design: design), keepBounds: keepBounds, permutation: permutation)
    }

    /// The stages after preparation.
    /// - Parameter model: of ``prepare(_:experiments:design:)`` with the same settings.
    @_optimize(none)
    public func run(
        _ model: PreparedModel, keepBounds: Bool = false, permutation: PermutationOptions = PermutationOptions()
    ) async throws -> ModelResult {
        var clock = StageClock()
        let maps: PooledMaps
        var regression: RegressionMaps?
        if let design = model.design {
            (maps, regression) = try await RegressionStep(context: context).maps(of: model, design: design)
        } else {
            maps = try await PoolingStep(context: context).pooled(model.studies, rows: model.rows)
        }
        clock.lap("imputation and pooling")
        var familyWise: FamilyWiseResult?
        if settings.permutations > 0 {
            familyWise = try await FamilyWiseStep(context: context).result(of: model, options: permutation)
            clock.lap("permutation test")
        }
        var result = ModelResult(
            plan: model.plan, settings: settings, experiments: model.experiments.map(\.experiment),
            bounds: keepBounds ? model.studies.map(\.bounds) : [], leaveOut: model.leaveOut, maps: maps,
            design: model.design, regression: regression, familyWise: familyWise,
            timings: model.timings + clock.laps, notices: model.notices)
        result.sharedSamples = model.sharedSamples
        return result
    }

    /// The stages before imputation: statistic maps, bounds, the most likely effect.
    ///
    /// - Parameters: as of ``run(_:experiments:design:keepBounds:permutation:)``.
    @_optimize(none)
    public func prepare(
        _ plan: ModelPlan, experiments given: [Experiment], design: DesignMatrix? = nil
    ) async throws -> PreparedModel {
        guard !given.isEmpty else {
            throw InputError(
                at: plan.source, "model '\(plan.name)' has no experiments.", remedy: "Check the model's filter.")
        }
        var clock = StageClock()
        try ModelScope.check(plan, experiments: given, settings: settings)
        let experiments = SharedSample.resolved(given, rule: settings.samples, covariates: plan.covariateColumns)
        let design =
            try design
            ?? (plan.isMeanOnly ? nil : DesignMatrix(plan, experiments: experiments, samples: settings.samples))
        let rows = SampleRows(experiments, of: plan, settings: settings)
        let ids = experiments.map(\.id)
        if let design, design.members != rows.rows.map({ Array(ids[$0]) }) {
            throw InputError(
                at: plan.source, "the design of model '\(plan.name)' has other rows than its experiments.",
                remedy: "Take both from Project.design(of:settings:).")
        }
        let prepared = try experiments.map { try PreparedExperiment($0, settings: settings) }
        let scales = prepared.map(\.scale)
        let reports = BoundsStep(context: context)
        let maps = try await reports.statisticMaps(of: experiments)
        var notices = zip(experiments, maps).compactMap(BoundsStep.coverageNotice)
        clock.lap("maps")
        let (bounds, unusedPeaks) = try await reports.bounds(of: prepared, maps: maps)
        notices += unusedPeaks
        clock.lap("bounds")

        let effect = LikelyEffectStep(context: context)
        let leaveOut = effect.leaveOut(experiments: experiments.count)
        let studies = try await effect.imputedStudies(
            ids: ids, samples: experiments.map(\.sample), bounds: bounds, scales: scales,
            leaveOut: leaveOut)
        clock.lap("most likely effect")
        return PreparedModel(
            plan: plan, experiments: prepared, studies: studies,
            rows: rows, design: design, leaveOut: leaveOut,
            sharedSamples: SharedSample.all(
                in: given, rule: settings.samples, covariates: plan.covariateColumns), notices: notices,
            timings: clock.laps)
    }
}

extension SeedBasedAnalysis {
    /// Runs one of `count` equal parts of a model's permutations and leaves them in a ledger.
    ///
    /// - Parameter shard: from 1.
    @_optimize(none)
    public func permute(
        _ plan: ModelPlan, experiments: [Experiment], design: DesignMatrix? = nil, shard: Int, of count: Int,
        options: PermutationOptions
    ) async throws -> PermutationLedger {
        let model = try await prepare(plan, experiments: experiments, design: design)
        return try await FamilyWiseStep(context: context).shard(shard, of: count, model: model, options: options)
    }
}

/// Single steps, for those who bring what comes before from elsewhere.
extension SeedBasedAnalysis {
    /// Bounds of every experiment, in order, and notices of peaks that could not be used.
    /// - Parameter maps: effects per mask voxel of the experiments given as maps (nil for the others).
    public func bounds(
        of experiments: [PreparedExperiment], maps: [[Float]?]
    ) async throws -> (bounds: [EffectBounds], notices: [Notice]) {
        try await BoundsStep(context: context).bounds(of: experiments, maps: maps)
    }

    /// From bounds to pooled maps.
    public func pooled(ids: [String], bounds: [EffectBounds], scales: [EffectScale]) async throws -> PooledMaps {
        let effect = LikelyEffectStep(context: context)
        let studies = try await effect.imputedStudies(
            ids: ids, bounds: bounds, scales: scales, leaveOut: effect.leaveOut(experiments: ids.count))
        return try await pooled(studies)
    }

    /// From studies ready for imputation to pooled maps.
    public func pooled(_ studies: [ImputedStudy]) async throws -> PooledMaps {
        try await PoolingStep(context: context).pooled(studies, rows: SampleRows(studies, settings: context.settings))
    }
}
