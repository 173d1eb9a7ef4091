import Statistics

/// What a model would be made from: enough experiments, independent samples, thresholds that make sense.
enum ModelChecks {
    static func notices(
        _ model: ModelPlan, of project: Project, overrides: [SettingAssignment] = []
    ) -> [Notice] {
        let settings: Settings
        var experiments: [Experiment]
        var design: [Notice] = []
        do {
            settings = try project.settings(of: model, overrides: overrides)
            experiments = try project.experiments(of: model, settings: settings)
            // Without experiments there is no design, and the count says so.
            if !experiments.isEmpty {
                let found = try project.design(of: model, settings: settings)
                experiments = found.experiments
                design = found.design.notices
            }
        } catch {
            return [Notice(.error, code: "model", at: error.location, error.message, remedy: error.remedy)]
        }
        return design + filterValues(model, project) + count(experiments, model, project, settings)
            + sharedSamples((try? project.sharedSamples(of: model, settings: settings)) ?? [], settings)
            // Only effect sizes need thresholds.
            + (settings.mainMethod != nil
                ? experiments.flatMap { threshold($0, column: settings.thresholdColumn) }
                    + assumedThresholds(experiments, model, settings, project)
                    + CorrectionChecks.notices(experiments, model, settings) : [])
    }

    /// A filter for a text that its column never holds is most likely a slip.
    private static func filterValues(_ model: ModelPlan, _ project: Project) -> [Notice] {
        guard let filter = model.filter else { return [] }
        return filter.unknownValues(in: project.experiments).map { column, text, known in
            Notice(
                .warning, code: "filter-value", at: filter.source ?? model.source,
                "filter: no experiment has \(column) \"\(text)\" (letter case counts).",
                remedy: Nearest.suggestion(text, among: Array(known.prefix(12)), called: "values"))
        }
    }

    /// Müller et al. 2018 (doi 10.1016/j.neubiorev.2017.11.012), rule 2; Eickhoff et al. 2016
    /// (doi 10.1016/j.neuroimage.2016.04.072) for the 17.
    private static func count(
        _ experiments: [Experiment], _ model: ModelPlan, _ project: Project, _ settings: Settings
    ) -> [Notice] {
        let source =
            (experiments.isEmpty ? model.filter?.source : nil) ?? model.source
            ?? project.inputFiles.first.map { SourceLocation(file: $0) }
        let number = experiments.count
        let words = "model \"\(model.name)\" has \(number) experiment\(number == 1 ? "" : "s")"
        if number == 0 {
            return [
                Notice(
                    .error, code: "no-experiments", at: source, "\(words).",
                    remedy: model.emptiness)
            ]
        }
        // Only of methods that are asked for.
        let asksOfFoci = settings.methods.contains { $0.family == .foci || $0.family == .groups }
        if number < 10 {
            let advice =
                [
                    settings.mainMethod != nil ? "the authors of SDM advise 10 or more" : nil,
                    asksOfFoci ? "ALE needs 17 (Eickhoff 2016, doi 10.1016/j.neuroimage.2016.04.072)" : nil,
                ].compactMap { $0 }
            let advised = advice.isEmpty ? "10 or more are advised" : advice.joined(separator: ", ")
            return [
                Notice(
                    .warning, code: "too-few-experiments", at: source,
                    "\(words); \(advised) (Müller 2018, doi 10.1016/j.neubiorev.2017.11.012).",
                    remedy: "Read the result as exploratory.")
            ]
        }
        if number < 17, asksOfFoci {
            return [
                Notice(
                    .note, code: "few-experiments", at: source,
                    "\(words); for ALE 17 or more are advised (Eickhoff 2016, doi 10.1016/j.neuroimage.2016.04.072; "
                        + "Müller 2018, doi 10.1016/j.neubiorev.2017.11.012).")
            ]
        }
        return []
    }

    private static func sharedSamples(_ shared: [SharedSample], _ settings: Settings) -> [Notice] {
        shared.map { shared in
            func list(_ experiments: [Experiment]) -> String {
                experiments.map { "\"\($0.id)\"" }.joined(separator: ", ")
            }
            let who = "experiments \(list(shared.experiments)) share sample \"\(shared.sample)\""
            let source = shared.experiments[1].source
            switch shared.rule {
            case .combine where settings.mainMethod == nil:
                let takesFoci = settings.methods.contains { $0.family == .foci || $0.family == .groups }
                return Notice(
                    .note, code: "shared-sample", at: source,
                    "\(who); \(takesFoci ? "their foci are pooled" : "their images are not taken for independent").",
                    remedy: "samples: separate leaves them apart.")
            case .combine where shared.groups.isEmpty:
                return Notice(
                    .note, code: "shared-sample", at: source, "\(who); all of them lack a covariate and are left out.")
            case .combine where shared.groups.count > 1:
                let groups = shared.groups.map { group in
                    list(group) + (group.count > 1 ? " (combined)" : "")
                }
                let columns = shared.differences.joined(separator: " and ")
                return Notice(
                    .warning, code: "shared-sample", at: source,
                    "\(who) but differ in \(columns): \(groups.joined(separator: " and ")) "
                        + "stay apart, as if they were independent.",
                    remedy: "Use samples: precise in this model, or a filter that takes one of them; both sides of a "
                        + "comparison within the same people tell more than this model can.")
            case .combine:
                let r = NumberText.text(settings.sampleCorrelation)
                return Notice(
                    .note, code: "shared-sample", at: source,
                    "\(who); they are combined into one (their mean, with a correlation of \(r) between them).",
                    remedy: "sample_correlation sets the correlation; samples: precise takes one of them.")
            case .precise:
                let left = shared.experiments.filter { $0.id != shared.mostPrecise.id }
                return Notice(
                    .note, code: "shared-sample", at: source,
                    "\(who); \"\(shared.mostPrecise.id)\" is taken, \(list(left)) left out (no more precise).")
            case .separate:
                return Notice(
                    .warning, code: "shared-sample", at: source,
                    "\(who) and are not independent, but are pooled as if they were.",
                    remedy: "Use samples: combine or samples: precise, or name different samples.")
            }
        }
    }

    private static func threshold(_ experiment: Experiment, column: String) -> [Notice] {
        guard let t = experiment.tThreshold, experiment.degreesOfFreedom > 0, !experiment.hasMap else { return [] }
        // A threshold that nobody stated is named by the peak it was taken from.
        let origin = experiment.peakOfAssumedThreshold()
        let source = origin?.source ?? experiment.source
        let what =
            origin.map {
                "\(column) of \"\(experiment.id)\", taken from its smallest peak at \($0.coordinate.inWords),"
            }
            ?? column
        let distribution = StudentT(degreesOfFreedom: experiment.degreesOfFreedom)
        if t <= 0.1 {
            let meant = t > 0 ? distribution.quantile(upperTail: t).rounded(digits: 3) : 0
            return [
                Notice(
                    .error, code: "threshold-is-p", at: source,
                    "\(what) is \(NumberText.text(t)), which looks like a p value.",
                    remedy: t > 0
                        ? "A t was expected: one-tailed p < \(NumberText.text(t)) is t = \(NumberText.text(meant)) "
                            + "for \(experiment.degreesOfFreedom) degrees of freedom."
                        : "Leave it empty to have a threshold assumed.")
            ]
        }
        guard t < HeightChecks.impossibleT else {
            return [
                Notice(
                    .error, code: "threshold-impossible", at: source,
                    "\(what) is \(NumberText.text(t)), which is no t.",
                    remedy: "Correct it, or leave it empty to have a threshold assumed.")
            ]
        }
        let p = distribution.upperTail(t)
        if p > 0.1 || p < 1e-8 {
            return [
                Notice(
                    .warning, code: "threshold-implausible", at: source,
                    "\(what) is \(NumberText.text(t.rounded(digits: 3))), one-tailed p = \(p.inBrief) for "
                        + "\(experiment.degreesOfFreedom) degrees of freedom.",
                    remedy: "A t between p = 0.1 and p = 1e-8 was expected; check t and n.")
            ]
        }
        return belowThreshold(experiment, t, column)
    }

    private static func belowThreshold(_ experiment: Experiment, _ threshold: Double, _ column: String) -> [Notice] {
        let below = experiment.peaks.filter { peak in
            guard case .t(let t) = peak.height else { return false }
            // Printed t values are rounded.
            return abs(t) < threshold - 0.01
        }
        guard let first = below.first, case .t(let t) = first.height else { return [] }
        let rest = below.count > 1 ? ", as \(below.count - 1) more of experiment \"\(experiment.id)\"" : ""
        return [
            Notice(
                .warning, code: "peak-below-threshold", at: first.source,
                "|t| = \(abs(t) < 0.01 ? NumberText.significant(abs(t), 2) : NumberText.text(abs(t).rounded(digits: 3))) is below the "
                    + "\(experiment.thresholdIsAssumed ? "assumed " : "")threshold "
                    + "\(NumberText.text(threshold.rounded(digits: 3)))\(rest).",
                remedy: experiment.thresholdIsAssumed
                    ? "State the study's own threshold in \(column)."
                    : "Correct \(column), or drop peaks of small-volume or region-of-interest tests.")
        ]
    }

    private static func assumedThresholds(
        _ experiments: [Experiment], _ model: ModelPlan, _ settings: Settings, _ project: Project
    ) -> [Notice] {
        // Stated by neither the paper nor, as assumed, the curator. A map needs none.
        let ids = Set(experiments.map(\.id))
        let missing = project.experiments.filter { experiment in
            ids.contains(experiment.id) && !experiment.hasMap && experiment.hasNoThreshold(in: settings.thresholdColumn)
        }
        guard let first = missing.first else { return [] }
        return [
            Notice(
                .warning, code: "threshold-missing", at: first.source,
                "\(missing.count) experiment\(missing.count == 1 ? " has" : "s have") no \(settings.thresholdColumn); "
                    + "the t of one-tailed p < \(NumberText.text(settings.assumedThresholdP)) is assumed.",
                remedy: "Write the t value a voxel had to exceed in each study.")
        ]
    }
}

extension ModelPlan {
    /// Why a model may take nothing.
    fileprivate var emptiness: String? {
        let kind = measure.map { " of measure \($0.rawValue)" } ?? ""
        if let filter { return "No experiment\(kind) meets the filter: \(filter.text)" }
        return measure == nil ? nil : "There is no experiment\(kind)."
    }
}

extension Experiment {
    fileprivate func hasNoThreshold(in column: String) -> Bool {
        guard column != Project.standardThresholdColumn else { return tThreshold == nil }
        return covariates[column] ?? .missing == .missing
    }
}

extension Double {
    /// Two significant digits.
    fileprivate var inBrief: String {
        guard self > 0, isFinite else { return description }
        var mantissa = self
        var exponent = 0
        while mantissa < 1, exponent > -400 {
            mantissa *= 10
            exponent -= 1
        }
        let digits = NumberText.text(mantissa.rounded(digits: 1))
        return exponent < -3 ? "\(digits)e\(exponent)" : NumberText.text(rounded(digits: 1 - exponent))
    }
}
