public import Evidence
import Formats
import Imaging
import Inference
public import Statistics

extension MeanAnalysis {
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
        let sampler = sampler()
        let maps: PooledMaps
        var regression: RegressionMaps?
        if let design = model.design {
            (maps, regression) = try await self.regression(model, design: design, sampler: sampler)
        } else {
            maps = try await pooled(model.studies, rows: model.rows, sampler: sampler)
        }
        clock.lap("imputation and pooling")
        var familyWise: FamilyWiseResult?
        if settings.permutations > 0 {
            familyWise = try await self.familyWise(model, sampler: sampler, options: permutation)
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
        try Self.checkScope(plan, experiments: given, settings: settings)
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
        let maps = try await statisticMaps(of: experiments)
        var notices = zip(experiments, maps).compactMap(Self.coverageNotice)
        clock.lap("maps")
        let (bounds, unusedPeaks) = try await bounds(of: prepared, maps: maps)
        notices += unusedPeaks
        clock.lap("bounds")

        let leaveOut = leaveOut(experiments: experiments.count)
        let studies = try await imputedStudies(
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

    /// From bounds to pooled maps, for bounds that come from elsewhere.
    public func pooled(ids: [String], bounds: [EffectBounds], scales: [EffectScale]) async throws -> PooledMaps {
        let studies = try await imputedStudies(
            ids: ids, bounds: bounds, scales: scales, leaveOut: leaveOut(experiments: ids.count))
        return try await pooled(studies, sampler: sampler())
    }

    /// Experiments to leave out of the most-likely-effect step.
    func leaveOut(experiments count: Int) -> Int {
        settings.leaveOut.map { min($0, count - 1) } ?? MostLikelyEffect.defaultLeaveOut(experiments: count)
    }

    /// The experiments with the most likely mean and τ², smoothed as the settings say: ready for imputation.
    private func imputedStudies(
        ids: [String], samples: [String]? = nil, bounds: [EffectBounds], scales: [EffectScale], leaveOut: Int
    ) async throws -> [ImputedStudy] {
        let likely = try await mostLikely(bounds, scales: scales, leaveOut: leaveOut)
        let mean = smoothed(likely.mean, fwhm: settings.effectSmoothing)
        let tau2 = smoothed(likely.tau2, fwhm: settings.tau2Smoothing)
        return ids.indices.map { index in
            ImputedStudy(
                id: ids[index], sample: samples?[index], seed: settings.seed, scale: scales[index],
                bounds: bounds[index], mean: mean, tau2: tau2)
        }
    }

    func sampler() -> any StudyImageSampler {
        switch settings.sampler {
        case .copula: CopulaSampler(mask: space.mask, template: space.template, noiseFWHM: settings.noiseFWHM)
        case .paper: PaperSampler(mask: space.mask, template: space.template)
        }
    }

    /// Effects of the experiments given as images; nil for those given as peaks.
    private func statisticMaps(of experiments: [Experiment]) async throws -> [[Float]?] {
        let count = experiments.count { $0.hasMap }
        guard count > 0 else { return experiments.map { _ in nil } }
        progress.began("Statistic maps", units: count)
        defer { progress.ended() }
        let slots = Slots<[Float]>(count: experiments.count)
        try await workers.forEach(experiments.count) { index in
            guard case .map(let map) = experiments[index].report else { return }
            slots[index] = try StatisticMapLoader.load(map, of: experiments[index], mask: space.mask)
            progress.advanced(by: 1)
        }
        return experiments.indices.map { slots[$0] }
    }

    /// Least share of the mask's voxels that a whole-brain map is expected to cover.
    private static let expectedCoverage = 0.8

    /// A warning for a map that has no value in much of the mask.
    private static func coverageNotice(_ experiment: Experiment, map: [Float]?) -> Notice? {
        guard let map, case .map(let image) = experiment.report else { return nil }
        let share = Double(map.count { !$0.isNaN }) / Double(max(map.count, 1))
        guard share < expectedCoverage else { return nil }
        return Notice(
            .warning, code: "map-coverage", at: image.source,
            "the map of '\(experiment.id)' has values in only \(Int(100 * share)) % of the mask's voxels; elsewhere the experiment does not count.",
            remedy: "Check that it is a whole-brain map in MNI space.")
    }

    /// Smoothing inside the mask; voxels without a value stay so. (There are such voxels only where every experiment is a
    /// map, and then nothing is drawn from what is smoothed.)
    private func smoothed(_ map: [Float], fwhm: Double) -> [Float] {
        guard fwhm > 0 else { return map }
        let smooth = space.mask.smooth(map.map { $0.isNaN ? 0 : $0 }, fwhm: fwhm)
        return zip(map, smooth).map { $0.isNaN ? .nan : $1 }
    }
}

/// Times the stages of a run.
struct StageClock {
    private var last = ContinuousClock.now
    private(set) var laps: [ModelResult.Timing] = []

    mutating func lap(_ stage: String) {
        let now = ContinuousClock.now
        let (seconds, attoseconds) = (now - last).components
        laps.append(ModelResult.Timing(stage: stage, seconds: Double(seconds) + Double(attoseconds) * 1e-18))
        last = now
    }
}
