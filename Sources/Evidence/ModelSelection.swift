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
    /// The filter is applied; the threshold comes from ``Settings/thresholdColumn`` (any column of t values; a column
    /// of that name with `_assumed` appended says yes where the value is assumed); where the source states none, it is
    /// the t of ``Settings/assumedThresholdP`` for the experiment's degrees of freedom, marked as assumed.
    public func experiments(of model: ModelPlan, settings: Settings) throws(InputError) -> [Experiment] {
        try checkThresholdColumn(settings.thresholdColumn, at: model.source)
        try model.filter?.validate(columns: covariateNames, at: model.source)
        let chosen = experiments.filter { model.filter?.matches($0) ?? true }
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

    static let standardThresholdColumn = "t_thr"

    func checkThresholdColumn(of model: ModelPlan) throws(InputError) {
        try checkThresholdColumn(try settings(of: model).thresholdColumn, at: model.source)
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
        tThreshold = min(usual, reported.min() ?? usual)
        thresholdIsAssumed = true
    }
}
