import Evidence
import Imaging

/// A project as an SDM folder.
///
/// Carried: names, n, thresholds, directions (a further column, which SDM passes over), covariates, peaks with t or sign, t maps. Not carried, and listed: the plan, study and
/// sample names that differ from the experiment's, which thresholds are assumed, statistics other than t, notes.
enum SDMWriter {
    static func output(_ project: Project) throws(InputError) -> ProjectWriter.Output {
        var output = ProjectWriter.Output()
        let covariates = try covariateNames(project)
        let hasSecondGroups = project.experiments.contains { $0.n2 > 0 }
        let hasThresholds = project.experiments.contains { $0.tThreshold != nil }
        let hasDirections = project.experiments.contains { $0.direction != nil }
        var table = TSV()
        var header = ["study", "n1"]
        if hasSecondGroups { header.append("n2") }
        if hasThresholds { header.append("t_thr") }
        if hasDirections { header.append(ReportedDirection.column) }
        table.append(header + covariates)
        for experiment in project.experiments {
            var row = [experiment.id, experiment.n1 > 0 ? String(experiment.n1) : "NA"]
            if hasSecondGroups { row.append(String(experiment.n2)) }
            if hasThresholds { row.append(experiment.tThreshold.map(NumberText.text) ?? "NA") }
            if hasDirections { row.append(experiment.direction?.rawValue ?? "NA") }
            table.append(row + covariates.map { (experiment.covariates[$0] ?? .missing).cell })
            try append(experiment, to: &output)
        }
        output.texts.insert((SDMReader.tableName, table.text), at: 0)
        output.notices = losses(project, covariates)
        return output
    }

    private static func covariateNames(_ project: Project) throws(InputError) -> [String] {
        let hasDirections = project.experiments.contains { $0.direction != nil }
        let own = ["study", "n1", "n2", "t_thr"] + (hasDirections ? [ReportedDirection.column] : [])
        for name in project.covariateNames where own.contains(name.lowercased()) {
            throw InputError("column \"\(name)\" has a meaning of its own in an SDM table.", remedy: "Rename it.")
        }
        return project.covariateNames
    }

    private static func append(
        _ experiment: Experiment, to output: inout ProjectWriter.Output
    ) throws(InputError) {
        switch experiment.report {
        case .map(let map):
            guard map.kind == .t else {
                throw InputError(
                    at: map.source, "SDM reads t maps only; the map of \"\(experiment.id)\" is of another kind.",
                    remedy: "Convert it to t first.")
            }
            output.copies += NativeWriter.copies(of: map.path, to: experiment.id)
        case .peaks(let peaks):
            guard let space = peaks.first?.space else {
                output.texts.append((experiment.id + SDMReader.noPeaksSuffix, ""))
                return
            }
            if let other = peaks.first(where: { $0.space != space }) {
                throw InputError(
                    at: other.source,
                    "experiment \"\(experiment.id)\" has peaks in \(space.rawValue) and \(other.space.rawValue); "
                        + "an SDM peak file has one space.", remedy: "Bring them into one space.")
            }
            var text = ""
            for peak in peaks { text += try line(peak, of: experiment) + "\n" }
            output.texts.append((experiment.id + suffix(space), text))
        }
    }

    private static func line(_ peak: Peak, of experiment: Experiment) throws(InputError) -> String {
        let height: String
        switch peak.height {
        case .t(let t): height = NumberText.text(t)
        case .positive: height = "p"
        case .negative: height = "n"
        case .unknown:
            throw InputError(
                at: peak.source,
                "a peak of \"\(experiment.id)\" has neither sign nor statistic; SDM needs one.",
                remedy: "Say --sign positive or --sign negative when all peaks go one way.")
        }
        let c = peak.coordinate
        return [NumberText.text(c.x), NumberText.text(c.y), NumberText.text(c.z), height].joined(separator: ",")
    }

    private static func suffix(_ space: CoordinateSpace) -> String {
        switch space {
        case .mni: ".other_mni.txt"
        case .brett: ".spm_brett.txt"
        case .talairach: ".other_tal.txt"
        case .talairachSPM: ".spm_tal.txt"
        case .talairachFSL: ".fsl_tal.txt"
        }
    }

    private static func losses(_ project: Project, _ covariates: [String]) -> [Notice] {
        let experiments = project.experiments
        let peaks = experiments.flatMap(\.peaks)
        var losses: [String] = []
        if !project.question.isEmpty || project.hasPlan { losses.append("the question, models and settings") }
        if !project.atlases.isEmpty { losses.append("atlases") }
        if !project.regions.isEmpty { losses.append("hypotheses on regions") }
        if experiments.contains(where: { $0.study != $0.id || $0.sample != $0.id }) {
            losses.append("which experiments share a study or sample")
        }
        if experiments.contains(where: { $0.measure == .correlation }) {
            losses.append("which experiments are correlations (SDM takes their t for that of a mean)")
        }
        if experiments.contains(where: \.thresholdIsAssumed) { losses.append("which thresholds are assumed") }
        if peaks.contains(where: { $0.reported != nil }) {
            losses.append("statistics other than t (their t is written)")
        }
        if peaks.contains(where: { $0.note != nil }) { losses.append("the sources of peaks") }
        let texts = covariates.filter { name in
            name != "threshold"
                && experiments.contains { if case .text = $0.covariates[name] { true } else { false } }
        }
        var notices = losses.map { Notice.notCarried($0, by: "an SDM folder") }
        if !texts.isEmpty {
            notices.append(
                Notice(
                    .warning, code: "text-covariate",
                    "SDM models use numbers only; these columns are text: \(texts.joined(separator: ", "))."))
        }
        return notices
    }
}

extension Project {
    /// Whether anything was planned beyond the mean of all experiments with default settings.
    var hasPlan: Bool {
        let mean = ModelPlan.mean
        let isMean =
            models.count == 1
            && models.allSatisfy {
                $0.name == mean.name && $0.question.isEmpty && $0.filter == nil && $0.measure == nil && $0.isMeanOnly
                    && $0.overrides.isEmpty
            }
        return !isMean || !settings.changes.isEmpty
    }
}
