import Evidence
import Imaging

/// Reads a native project folder: `cuneus.yaml` (the plan), `studies.tsv`, `peaks.tsv` and `maps/`.
enum NativeReader {
    static let planName = "cuneus.yaml"
    static let studiesName = "studies.tsv"
    static let peaksName = "peaks.tsv"
    static let mapsName = "maps"
    static let outcomesName = "outcomes.tsv"
    /// Columns of `studies.tsv` with a meaning of their own; all others are covariates.
    static let studyColumns = [
        "experiment", "study", "sample", "n1", "n2", sharesControlsColumn, "measure", "t_thr", "t_thr_assumed",
        "direction", "report", coverageColumn,
    ]
    /// Says yes where experiments of one sample have only their second group (the controls) in common.
    static let sharesControlsColumn = "shares_controls"
    /// An image of where the experiment looked, from the project's folder; the whole brain where empty.
    static let coverageColumn = "coverage"
    /// Those that are written only where an experiment has something to say there.
    static func unusedColumns(of project: Project) -> Set<String> {
        var unused: Set<String> = []
        if !project.experiments.contains(where: { $0.measure == .correlation }) { unused.insert("measure") }
        if !project.experiments.contains(where: { $0.direction != nil }) { unused.insert(ReportedDirection.column) }
        if !project.experiments.contains(where: \.sharesControls) { unused.insert(sharesControlsColumn) }
        if !project.experiments.contains(where: { $0.coverage != nil }) { unused.insert(coverageColumn) }
        return unused
    }

    static let peakColumns = ["experiment", "x", "y", "z", "space", "stat", "value", "source"]

    /// The file of a table by its name, also with another ending that a spreadsheet gives: `studies.csv`, `studies.txt`.
    ///
    /// - Throws: when there are several, since nobody knows which one was meant.
    static func table(_ name: String, in folder: String) throws(InputError) -> String {
        let stem = String(name.dropLast(4))
        let wanted = [".tsv", ".csv", ".txt"].map { stem + $0 }
        let found = Path.contents(folder).filter { wanted.contains($0.lowercased()) }
        guard found.count < 2 else {
            throw InputError(
                at: SourceLocation(file: folder), "has \(found.joined(separator: " and ")); one table was expected.",
                remedy: "Keep the one that is meant.")
        }
        return found.first ?? name
    }

    /// Everything that is wrong is looked for, in all files, before the reading is given up.
    static func read(
        folder: String, assuming assumptions: ProjectReader.Assumptions
    ) throws(InputError) -> Project {
        var project = Project(name: Path.projectName(folder), format: .native, experiments: [])
        var errors = ErrorCollector()
        let planPath = Path.join(folder, planName)
        if Path.exists(planPath) {
            errors.attempt { () throws(InputError) in
                try PlanReader.read(try TextFile(path: planPath), folder: folder, into: &project)
            }
            project.inputFiles.append(planPath)
        } else {
            project.notices.append(
                Notice(
                    .note, code: "plan-missing", at: SourceLocation(file: planPath),
                    "there is no \(planName); the plan is one model, the mean of all experiments.",
                    remedy: "Write one to name the question and the models."))
        }
        let planIsRead = errors.isEmpty
        errors.attempt { () throws(InputError) in try readStudies(folder, assumptions, into: &project) }
        // Columns that the plan names can only be looked for in tables that were read.
        if errors.isEmpty || !planIsRead && !project.covariateNames.isEmpty {
            errors.attempt { () throws(InputError) in try project.checkModelColumns() }
        }
        errors.attempt { () throws(InputError) in try readOutcomes(folder, into: &project) }
        try errors.finish()
        return project
    }

    /// Results of regions beside the studies, in a folder of any format.
    /// - Throws: where the plan asks for outcomes and there are none.
    static func readOutcomes(_ folder: String, into project: inout Project) throws(InputError) {
        let path = Path.join(folder, try table(outcomesName, in: folder))
        if Path.exists(path) {
            project.outcomesFile = path
            project.inputFiles.append(path)
            for atlas in project.outcomeEntries.compactMap(\.atlas)
            where !project.inputFiles.contains(atlas.image) {
                project.inputFiles.append(atlas.image)
            }
        } else if let plan = project.outcomeEntries.first {
            throw InputError(
                at: plan.source, "the plan asks for outcomes, but there is no \(outcomesName).",
                remedy: "Write one beside it, or remove outcomes.")
        }
    }

    private static func readStudies(
        _ folder: String, _ assumptions: ProjectReader.Assumptions, into project: inout Project
    ) throws(InputError) {
        var errors = ErrorCollector()
        let studies = errors.attempt { () throws(InputError) in
            let table = try Table(try TextFile(path: Path.join(folder, try Self.table(studiesName, in: folder))))
            project.inputFiles.append(table.path)
            project.notices += table.notices + [table.decimalCommaNotice].compactMap { $0 }
            return try NativeStudies(table)
        }
        let peaksPath = Path.join(folder, try table(peaksName, in: folder))
        var peaks = NativePeaks()
        if Path.exists(peaksPath) {
            errors.attempt { () throws(InputError) in
                let table = try Table(try TextFile(path: peaksPath))
                project.inputFiles.append(peaksPath)
                project.notices += table.notices + [table.decimalCommaNotice].compactMap { $0 }
                // Without the studies there is nothing to hold the rows against.
                if let studies { try peaks.read(table, sizes: studies.sizes, assuming: assumptions) }
            }
            project.notices += peaks.notices
        }
        if let studies {
            let isComplete = errors.isEmpty
            errors.attempt { () throws(InputError) in
                try finish(studies, peaks, folder: folder, isComplete: isComplete, into: &project)
            }
        }
        try errors.finish()
    }

    /// - Parameter isComplete: whether all peaks were read; else an experiment without any may have some.
    private static func finish(
        _ studies: NativeStudies, _ peaks: NativePeaks, folder: String, isComplete: Bool, into project: inout Project
    ) throws(InputError) {
        var studies = studies
        if !isComplete {
            try studies.checkRows()
            return
        }
        let mapsFolder = Path.join(folder, mapsName)
        let maps = NativeMaps(folder: mapsFolder, names: Path.contents(mapsFolder))
        project.experiments = try studies.experiments(peaks: peaks.byExperiment, maps: maps, folder: folder)
        project.covariateNames = studies.covariateNames
        project.notices += studies.notices
        project.notices += maps.unused(by: project.experiments)
        for path in Set(project.experiments.compactMap(\.coverage?.path)).sorted() {
            project.inputFiles += ImageFileName.files(of: path)
        }
        for experiment in project.experiments {
            guard case .map(let map) = experiment.report else { continue }
            project.inputFiles += ImageFileName.files(of: map.path)
            if case .estimate(let variance) = map.kind { project.inputFiles += ImageFileName.files(of: variance) }
        }
    }
}
