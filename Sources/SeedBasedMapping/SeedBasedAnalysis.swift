public import Evidence
import Formats
import Imaging
public import Inference
public import Statistics

/// Seed-based mapping of one model: peaks and maps in, pooled maps of a mean or a meta-regression out.
///
/// Albajes-Eizagirre et al. 2019, doi:10.1016/j.neuroimage.2018.10.077. Its steps are types of their own, in the order of
/// Docs/README.md: ``BoundsStep``, ``LikelyEffectStep``, ``StudyImageSampler``, ``PoolingStep`` or ``RegressionStep``,
/// ``AgreementStep``, ``CovariateStep`` or ``FamilyWiseStep``. Work runs over blocks of voxels on all threads; memory does not grow with the number of imputations,
/// and results do not depend on the number of threads.
///
///     let analysis = SeedBasedAnalysis(
///         space: try AnalysisSpace(settings: settings), settings: settings, workers: Workers(threads: 4))
///     let result = try await analysis.run(plan, experiments: try project.experiments(of: plan, settings: settings))
///     print(result.maps.g.max() ?? 0)
public struct SeedBasedAnalysis: Sendable {
    package let context: AnalysisContext

    public init(
        space: AnalysisSpace, settings: Settings, workers: Workers, progress: any ProgressObserver = SilentProgress()
    ) {
        context = AnalysisContext(space: space, settings: settings, workers: workers, progress: progress)
    }

    public var space: AnalysisSpace { context.space }
    public var settings: Settings { context.settings }
    public var workers: Workers { context.workers }
    public var progress: any ProgressObserver { context.progress }

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
        var posterior: PosteriorResult?
        if let design = model.design {
            (maps, regression) = try await RegressionStep(context: context).maps(of: model, design: design)
        } else if var found = model.posterior {
            maps = PosteriorStep(context: context).pooled(found.posterior, found.maps)
            let shrinkage = try await Shrinkage(found.posterior, workers: workers, progress: progress)
            found.shrunken = try await shrinkage.maps(workers: workers, progress: progress)
            posterior = found
        } else {
            maps = try await PoolingStep(context: context).pooled(model.studies, rows: model.rows)
        }
        clock.lap("imputation and pooling")
        var familyWise: FamilyWiseResult?
        var baseRate: FamilyWiseResult?
        var notices = model.notices
        if settings.testsAgreement(of: model.plan) {
            let found = try await AgreementStep(context: context).results(of: model, options: permutation)
            (familyWise, baseRate) = (found.first, found.baseRate)
            notices += found.notices
            clock.lap("agreement test")
        } else if CovariateStep(context: context).applies(to: model) {
            familyWise = try await CovariateStep(context: context).result(of: model, options: permutation)
            clock.lap("covariate test")
        } else if settings.permutations > 0, settings.mainMethod != .effects || !model.plan.isMeanOnly {
            familyWise = try await FamilyWiseStep(context: context).result(of: model, options: permutation)
            clock.lap("permutation test")
        }
        var result = ModelResult(
            plan: model.plan, settings: settings, experiments: model.experiments.map(\.experiment),
            bounds: keepBounds ? model.studies.map(\.bounds) : [], leaveOut: model.leaveOut, maps: maps,
            design: model.design, regression: regression, familyWise: familyWise,
            timings: model.timings + clock.laps, notices: notices)
        result.baseRate = baseRate
        result.sharedSamples = model.sharedSamples
        result.posterior = posterior
        return result
    }

    /// The stages before imputation: statistic maps, bounds, the most likely effect.
    ///
    /// - Parameters: as of ``run(_:experiments:design:keepBounds:permutation:)``.
    @_optimize(none)
    public func prepare(
        _ plan: ModelPlan, experiments given: [Experiment], design: DesignMatrix? = nil
    ) async throws -> PreparedModel {
        try await prepare(plan, experiments: given, design: design, onlyTests: false)
    }

    /// A model's experiments and their rows, before anything is computed of them.
    struct ModelInput {
        var experiments: [PreparedExperiment]
        var design: DesignMatrix?
        var rows: SampleRows
    }

    func input(_ plan: ModelPlan, experiments given: [Experiment], design: DesignMatrix?) throws -> ModelInput {
        guard !given.isEmpty else {
            throw InputError(
                at: plan.source, "model '\(plan.name)' has no experiments.", remedy: "Check the model's filter.")
        }
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
        return ModelInput(
            experiments: try experiments.map { try PreparedExperiment($0, settings: settings) }, design: design,
            rows: rows)
    }

    /// - Parameter onlyTests: whether the permutation test is all that is made of the model. That of relocated peaks takes the reported
    ///   peaks and maps, that of covariates the bounds; neither takes the most likely effect, which is left out then.
    @_optimize(none)
    func prepare(
        _ plan: ModelPlan, experiments given: [Experiment], design: DesignMatrix?, onlyTests: Bool
    ) async throws -> PreparedModel {
        var clock = StageClock()
        let input = try input(plan, experiments: given, design: design)
        let (prepared, design, rows) = (input.experiments, input.design, input.rows)
        let experiments = prepared.map(\.experiment)
        let ids = experiments.map(\.id)
        let onlyRelocates = onlyTests && settings.testsAgreement(of: plan)
        let takesBoundsAlone = onlyTests && CovariateStep(context: context).applies(to: plan, design)
        let scales = prepared.map(\.scale)
        let reports = BoundsStep(context: context)
        let loaded = try await reports.statisticMaps(of: experiments)
        let maps = loaded.maps
        var notices = loaded.warnings
        clock.lap("maps")
        let searched = try experiments.map { try SearchedVoxels.of($0, in: space.mask) }
        for case (let experiment, let searched?) in zip(experiments, searched) {
            notices += [SearchedVoxels.notice(experiment, searched, in: space.mask)].compactMap { $0 }
        }
        let bounds: [EffectBounds]
        var reported: PosteriorStep.Reported?
        if onlyRelocates {
            bounds = maps.map { EffectBounds(lower: $0 ?? [], upper: $0 ?? []) }
        } else if design == nil, settings.usesPosterior {
            let found = try await PosteriorStep(context: context).reported(
                prepared, maps: maps, searched: searched, rows: rows)
            bounds = found.bounds
            notices += found.notices
            reported = found
        } else {
            let found = try await reports.bounds(of: prepared, maps: maps, searched: searched)
            bounds = found.bounds
            notices += found.notices
        }
        clock.lap("bounds")

        let leaveOut: Int
        let studies: [ImputedStudy]
        var posterior: PosteriorResult?
        if onlyRelocates || takesBoundsAlone {
            leaveOut = 0
            studies = experiments.indices.map { index in
                ImputedStudy(
                    id: ids[index], sample: experiments[index].sample, seed: settings.seed, scale: scales[index],
                    bounds: bounds[index], mean: [], tau2: [])
            }
        } else if let design {
            let step = LikelyCoefficientsStep(context: context)
            leaveOut = step.leaveOut(experiments: experiments.count, columns: design.columnCount)
            let likely = try await step.coefficients(
                bounds, scales: scales, design: step.design(design, rows: rows, experiments: experiments.count),
                leaveOut: leaveOut)
            studies = experiments.indices.map { index in
                ImputedStudy(
                    id: ids[index], sample: experiments[index].sample, seed: settings.seed, scale: scales[index],
                    bounds: bounds[index], mean: likely.mean(of: index), tau2: likely.tau2)
            }
        } else if let reported {
            leaveOut = 0
            let found = try await reported.posterior.maps(workers: workers, progress: progress)
            posterior = PosteriorResult(posterior: reported.posterior, maps: found)
            studies = PosteriorStep(context: context).studies(experiments, scales: scales, bounds: bounds, found)
        } else {
            let step = LikelyEffectStep(context: context)
            leaveOut = step.leaveOut(experiments: experiments.count)
            studies = try await step.imputedStudies(
                ids: ids, samples: experiments.map(\.sample), bounds: bounds, scales: scales, leaveOut: leaveOut)
        }
        clock.lap("most likely effect")
        return PreparedModel(
            plan: plan, experiments: prepared, studies: studies,
            rows: rows, design: design, leaveOut: leaveOut, posterior: posterior, searched: searched,
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
        // What every part does is done as often as there are parts.
        let model: PreparedModel
        if let prepared = options.prepared {
            let input = try input(plan, experiments: experiments, design: design)
            model = try PreparedModel(plan, input, seed: settings.seed, from: prepared.numbers)
        } else {
            model = try await prepare(plan, experiments: experiments, design: design, onlyTests: true)
        }
        if settings.testsAgreement(of: plan) {
            return try await AgreementStep(context: context).shard(shard, of: count, model: model, options: options)
        }
        if CovariateStep(context: context).applies(to: model) {
            return try await CovariateStep(context: context).shard(shard, of: count, model: model, options: options)
        }
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
        try await BoundsStep(context: context).bounds(
            of: experiments, maps: maps, searched: experiments.map { _ in nil })
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

    /// Most likely mean and τ² per mask voxel, not smoothed; NaN where no experiment speaks.
    package func mostLikely(
        _ bounds: [EffectBounds], scales: [EffectScale], leaveOut: Int
    ) async throws -> (mean: [Float], tau2: [Float]) {
        try await LikelyEffectStep(context: context).mostLikely(bounds, scales: scales, leaveOut: leaveOut)
    }

    /// Most likely coefficients and τ² per mask voxel, smoothed as the settings say.
    ///
    /// - Parameters:
    ///   - bounds, scales: of all experiments, in the order of the design.
    ///   - leaveOut: see ``LikelyRegression``.
    package func likelyCoefficients(
        _ bounds: [EffectBounds], scales: [EffectScale], design: LikelyDesign, leaveOut: Int
    ) async throws -> LikelyCoefficients {
        try await LikelyCoefficientsStep(context: context).coefficients(
            bounds, scales: scales, design: design, leaveOut: leaveOut)
    }

    /// The same at some voxels without each of several sets of experiments.
    package func likelyCoefficients(
        _ bounds: [EffectBounds], scales: [EffectScale], omissions: [OmittedCoefficients.Omission], at voxels: [Int32]
    ) async throws -> OmittedCoefficients {
        try await OmittedLikelyStep(context: context).coefficients(
            bounds, scales: scales, omissions: omissions, at: voxels)
    }

    /// A prepared model with its studies imputed around other values than the model's own.
    ///
    /// - Parameters:
    ///   - model: of ``prepare(_:experiments:design:)``; a model without covariates is returned as it is.
    ///   - judged: combinations of the coefficients (in the columns of the model's design) that leave-out is judged on; nil
    ///     takes those that are tested. SDM-PSI judges its test of the mean on the raw intercept.
    ///   - isShared: around the most likely mean of all experiments, covariates left aside (as Cuneus did before this step
    ///     took the model).
    ///   - leaveOut: nil takes the model's.
    package func fitted(
        _ model: PreparedModel, judged: [[Double]]? = nil, sharedMean isShared: Bool = false, leaveOut: Int? = nil
    ) async throws -> PreparedModel {
        guard let matrix = model.design else { return model }
        let leaveOut = leaveOut ?? model.leaveOut
        let (bounds, scales) = (model.studies.map(\.bounds), model.studies.map(\.scale))
        var studies = model.studies
        if isShared {
            let shared = try await LikelyEffectStep(context: context).imputedStudies(
                ids: studies.indices.map(String.init), bounds: bounds, scales: scales, leaveOut: leaveOut)
            for index in studies.indices {
                (studies[index].mean, studies[index].tau2) = (shared[index].mean, shared[index].tau2)
            }
        } else {
            let step = LikelyCoefficientsStep(context: context)
            let design = step.design(matrix, rows: model.rows, experiments: model.experiments.count, judged: judged)
            let likely = try await step.coefficients(bounds, scales: scales, design: design, leaveOut: leaveOut)
            for index in studies.indices {
                (studies[index].mean, studies[index].tau2) = (likely.mean(of: index), likely.tau2)
            }
        }
        return PreparedModel(
            plan: model.plan, experiments: model.experiments, studies: studies, rows: model.rows, design: matrix,
            leaveOut: leaveOut, posterior: nil, searched: model.searched, sharedSamples: model.sharedSamples,
            notices: model.notices,
            timings: model.timings)
    }
}
