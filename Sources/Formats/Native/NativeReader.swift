import Evidence
import Imaging

/// Reads a native project folder: `cuneus.yaml` (the plan), `studies.tsv`, `peaks.tsv` and `maps/`.
enum NativeReader {
    static let planName = "cuneus.yaml"
    static let studiesName = "studies.tsv"
    static let peaksName = "peaks.tsv"
    static let mapsName = "maps"
    /// Columns of `studies.tsv` with a meaning of their own; all others are covariates.
    static let studyColumns = [
        "experiment", "study", "sample", "n1", "n2", "measure", "t_thr", "t_thr_assumed", "direction", "report",
    ]
    /// Those that are written only where an experiment has something to say there.
    static func unusedColumns(of project: Project) -> Set<String> {
        var unused: Set<String> = []
        if !project.experiments.contains(where: { $0.measure == .correlation }) { unused.insert("measure") }
        if !project.experiments.contains(where: { $0.direction != nil }) { unused.insert(ReportedDirection.column) }
        return unused
    }

    static let peakColumns = ["experiment", "x", "y", "z", "space", "stat", "value", "source"]

    static func read(
        folder: String, assuming assumptions: ProjectReader.Assumptions
    ) throws(InputError) -> Project {
        var project = Project(name: Path.projectName(folder), format: .native, experiments: [])
        let planPath = Path.join(folder, planName)
        if Path.exists(planPath) {
            let file = try TextFile(path: planPath)
            try PlanReader.read(file, folder: folder, into: &project)
            project.inputFiles.append(planPath)
        } else {
            project.notices.append(
                Notice(
                    .note, code: "plan-missing", at: SourceLocation(file: planPath),
                    "there is no \(planName); the plan is one model, the mean of all experiments.",
                    remedy: "Write one to name the question and the models."))
        }
        try readStudies(folder, assumptions, into: &project)
        try project.checkModelColumns()
        return project
    }

    private static func readStudies(
        _ folder: String, _ assumptions: ProjectReader.Assumptions, into project: inout Project
    ) throws(InputError) {
        let table = try Table(try TextFile(path: Path.join(folder, studiesName)))
        project.inputFiles.append(table.path)
        project.notices += table.notices + [table.decimalCommaNotice].compactMap { $0 }
        var studies = try NativeStudies(table)
        let peaksPath = Path.join(folder, peaksName)
        var peaks = NativePeaks()
        if Path.exists(peaksPath) {
            let peakTable = try Table(try TextFile(path: peaksPath))
            project.inputFiles.append(peaksPath)
            project.notices += peakTable.notices + [peakTable.decimalCommaNotice].compactMap { $0 }
            try peaks.read(peakTable, sizes: studies.sizes, assuming: assumptions)
            project.notices += peaks.notices
        }
        let mapsFolder = Path.join(folder, mapsName)
        let maps = NativeMaps(folder: mapsFolder, names: Path.contents(mapsFolder))
        project.experiments = try studies.experiments(peaks: peaks.byExperiment, maps: maps)
        project.covariateNames = studies.covariateNames
        project.notices += studies.notices
        project.notices += maps.unused(by: project.experiments)
        for experiment in project.experiments {
            guard case .map(let map) = experiment.report else { continue }
            project.inputFiles.append(map.path)
            if case .estimate(let variance) = map.kind { project.inputFiles.append(variance) }
        }
    }
}
