import Statistics

extension Project {
    /// The settings of a model: the project's, the model's own on top, then `overrides` (`--set`).
    public func settings(
        of model: ModelPlan, overrides: [SettingAssignment] = []
    ) throws(InputError) -> Settings {
        try settings.applying(model.overrides).applying(overrides)
    }

    /// The experiments a model takes, in the order of the study table, each with a t threshold.
    ///
    /// The filter is applied, and the model's measure; the threshold comes from ``Settings/thresholdColumn`` (any column of t values; a column
    /// of that name with `_assumed` appended says yes where the value is assumed); where the source states none, it is
    /// the t of ``Settings/assumedThresholdP`` for the experiment's degrees of freedom, marked as assumed.
    ///
    /// Of experiments that share a sample only the most precise is taken where the settings say so, and those that will be
    /// combined stand together (``SharedSample/resolved(_:rule:covariates:)``).
    public func experiments(of model: ModelPlan, settings: Settings) throws(InputError) -> [Experiment] {
        SharedSample.resolved(
            try candidates(of: model, settings: settings), rule: settings.samples, covariates: model.covariateColumns)
    }

    /// The project with the regions of its models' filters looked up.
    /// - Parameter foci: which of some places (MNI mm) lie in a region.
    public func locatingFoci(
        _ foci: (FocusRegion, Set<SIMD3<Double>>) throws(InputError) -> Set<SIMD3<Double>>
    ) throws(InputError) -> Project {
        var project = self
        let all = Set(experiments.flatMap { $0.foci.map(\.mni) })
        for index in models.indices {
            guard let filter = models[index].filter, !filter.regions.isEmpty else { continue }
            let place = filter.source ?? models[index].source
            project.models[index].filter = try filter.locatingFoci { (region) throws(InputError) in
                do throws(InputError) {
                    return try foci(region, all)
                } catch {
                    throw InputError(
                        at: error.location ?? place, "filter: \(region.text): \(error.message)", remedy: error.remedy)
                }
            }
        }
        return project
    }

    /// The experiments of a model that share a sample.
    public func sharedSamples(of model: ModelPlan, settings: Settings) throws(InputError) -> [SharedSample] {
        SharedSample.all(
            in: try candidates(of: model, settings: settings), rule: settings.samples,
            covariates: model.covariateColumns)
    }

    private func candidates(of model: ModelPlan, settings: Settings) throws(InputError) -> [Experiment] {
        try checkThresholdColumn(settings.thresholdColumn, at: thresholdColumnSource(model))
        try model.filter?.validate(columns: covariateNames, at: model.filter?.source ?? model.source)
        if let region = model.filter?.unlocatedRegions.first {
            throw InputError(
                at: model.filter?.source ?? model.source,
                "\(region.text): nobody has asked the atlas \(region.atlas) where the foci lie.",
                remedy: "Call Project.locatingFoci(_:) before.")
        }
        let chosen = try ofOneMeasure(experiments.filter { model.filter?.matches($0) ?? true }, model)
        var result: [Experiment] = []
        for experiment in chosen {
            var experiment = experiment
            if settings.thresholdColumn != Self.standardThresholdColumn {
                try experiment.takeThreshold(from: settings.thresholdColumn)
            }
            experiment.assumeMissingThreshold(p: settings.assumedThresholdP)
            result.append(experiment)
        }
        return result
    }

    /// The experiments of a model that have a value of every covariate, in the order of the design's rows, and the design.
    /// Those of a sample that agree in all covariates have one row where the settings combine them.
    public func design(
        of model: ModelPlan, settings: Settings
    ) throws(InputError) -> (experiments: [Experiment], design: DesignMatrix) {
        try model.checkColumns(covariateNames)
        let chosen = try experiments(of: model, settings: settings)
        let design = try DesignMatrix(model, experiments: chosen, samples: settings.samples)
        let kept = Set(design.members.joined())
        return (chosen.filter { kept.contains($0.id) }, design)
    }

    /// A correlation and a change are different quantities; a model takes one of them.
    private func ofOneMeasure(_ chosen: [Experiment], _ model: ModelPlan) throws(InputError) -> [Experiment] {
        if let measure = model.measure { return chosen.filter { $0.measure == measure } }
        let correlations = chosen.filter { $0.measure == .correlation }
        guard !correlations.isEmpty else { return chosen }
        let isMixed = correlations.count < chosen.count
        throw InputError(
            at: model.source,
            isMixed
                ? "model \"\(model.name)\" mixes \(correlations.count) correlations "
                    + "(\(CovariateTerm.list(correlations.map(\.id)))) with \(chosen.count - correlations.count) changes."
                : "model \"\(model.name)\" has correlations only, and its plan does not say so.",
            remedy: isMixed
                ? "Write measure: change or measure: correlation in the model; a filter can say the same: "
                    + "measure == \"change\"."
                : "Write measure: correlation in the model.")
    }

    static let standardThresholdColumn = "t_thr"

    /// - Throws: for a column that a model names and the study table does not have.
    package func checkModelColumns() throws(InputError) {
        for model in models {
            try model.filter?.validate(columns: covariateNames, at: model.filter?.source ?? model.source)
            try model.checkColumns(covariateNames)
            try checkThresholdColumn(try settings(of: model).thresholdColumn, at: thresholdColumnSource(model))
        }
    }

    private func thresholdColumnSource(_ model: ModelPlan) -> SourceLocation? {
        model.overrides.last { $0.key == "threshold_column" }?.source ?? model.source
    }

    private func checkThresholdColumn(_ name: String, at source: SourceLocation?) throws(InputError) {
        let known = [Self.standardThresholdColumn] + covariateNames
        guard !known.contains(name) else { return }
        throw InputError(
            at: source, "threshold_column is \"\(name)\", which the study table does not have.",
            remedy: Nearest.suggestion(name, among: known, called: "columns"))
    }
}

extension Experiment {
    fileprivate mutating func takeThreshold(from column: String) throws(InputError) {
        switch covariates[column] ?? .missing {
        case .number(let t): tThreshold = abs(t)
        case .missing: tThreshold = nil
        case .text(let text):
            throw InputError(at: source, "\(column) is \"\(text)\"; a t value was expected.")
        }
        switch covariates["\(column)_assumed"] ?? .missing {
        case .number(let number): thresholdIsAssumed = number != 0
        case .text(let text): thresholdIsAssumed = ["yes", "true", "y"].contains(text.lowercased())
        case .missing: thresholdIsAssumed = false
        }
    }

    /// Where the source states no threshold, assumes one and marks it so: the t of a one-tailed p, or the smallest
    /// reported |t| if that is below it (what was reported must have been above the threshold).
    public mutating func assumeMissingThreshold(p: Double) {
        guard tThreshold == nil, degreesOfFreedom > 0 else { return }
        let usual = StatisticConversion.t(fromOneTailedP: p, degreesOfFreedom: degreesOfFreedom)
        let reported = peaks.compactMap { peak in
            if case .t(let t) = peak.height { abs(t) } else { nil }
        }
        tThreshold = min(usual, reported.filter { $0 > Self.implausiblePeak }.min() ?? usual)
        thresholdIsAssumed = true
    }

    /// Where a threshold was assumed and lies below the usual one: the peak it is taken from.
    package func peakOfAssumedThreshold() -> Peak? {
        guard thresholdIsAssumed, let threshold = tThreshold else { return nil }
        return peaks.first { peak in
            if case .t(let t) = peak.height { abs(t) == threshold } else { false }
        }
    }

    /// No paper prints a peak of so small a |t|: it is a p value, or fills an empty cell. No threshold is taken from it.
    package static let implausiblePeak = 0.1
}
