import Evidence

/// What the columns of the native tables mean, as BIDS has it beside a table: `studies.json`, `peaks.json`.
///
/// The program does not read them: they are for people, and for tools that know BIDS.
enum ColumnDictionary {
    /// Categories that are listed at most.
    private static let mostLevels = 20

    static func files(
        _ project: Project, columns: [(old: String, new: String)]
    ) -> [(path: String, text: String)] {
        var studies = JSONObject()
        let unused = NativeReader.unusedColumns(of: project)
        for (name, description, units) in studyColumns where !unused.contains(name) {
            studies.append(name, entry(description, units: units))
        }
        for (old, new) in columns { studies.append(new, covariate(old, of: project)) }
        var peaks = JSONObject()
        for (name, description, units) in peakColumns { peaks.append(name, entry(description, units: units)) }
        return [("studies.json", JSONText(.object(studies)).text), ("peaks.json", JSONText(.object(peaks)).text)]
    }

    private static let studyColumns: [(String, String, String)] = [
        ("experiment", "Unique name of the contrast", ""),
        ("study", "Publication or data set", ""),
        ("sample", "Group of people; experiments of one sample are not independent", ""),
        ("n1", "Participants; in a two-group contrast the first group", "people"),
        ("n2", "Second group; 0 for one-sample and paired contrasts", "people"),
        (
            NativeReader.sharesControlsColumn,
            "Whether experiments of one sample have only their second group (the controls) in common: yes or no", ""
        ),
        ("measure", "What the statistic says: change, or correlation over the participants", ""),
        ("t_thr", "t that a voxel had to exceed to be reported", ""),
        ("t_thr_assumed", "Whether t_thr was assumed rather than stated: yes or no", ""),
        (
            ReportedDirection.column,
            "Which signs the paper's table was to show: both, increases (positive peaks) or decreases (negative peaks)",
            ""
        ),
        ("report", "What the experiment gives: peaks, map, or none (whole brain searched, nothing found)", ""),
        (
            NativeReader.coverageColumn,
            "Image of where the experiment looked (above 0), from this folder; the whole brain where missing", ""
        ),
    ]

    private static let peakColumns: [(String, String, String)] = [
        ("experiment", "Row of studies.tsv", ""),
        ("x", "Left to right, as reported", "mm"),
        ("y", "Back to front, as reported", "mm"),
        ("z", "Bottom to top, as reported", "mm"),
        ("space", "Space of the coordinate: mni, talairach, talairach_spm, talairach_fsl or brett", ""),
        ("stat", "What value is: t, z, p (one-tailed), r, F, or sign", ""),
        ("value", "The statistic, negative for a decrease; with sign, p (positive) or n (negative)", ""),
        ("source", "Where in the paper the row stands", ""),
    ]

    private static func entry(_ description: String, units: String) -> JSONValue {
        var entry = JSONObject([("Description", .text(description))])
        entry.append("Units", words: units)
        return .object(entry)
    }

    private static func covariate(_ name: String, of project: Project) -> JSONValue {
        var levels: [String] = []
        var seen: Set<String> = []
        for experiment in project.experiments {
            guard case .text(let text) = experiment.covariates[name], seen.insert(text).inserted else { continue }
            levels.append(text)
        }
        var entry = JSONObject([("Description", .text("Covariate: \(name)"))])
        // A category, not a text of its own in every row.
        if !levels.isEmpty, levels.count <= mostLevels, levels.count < project.experiments.count {
            entry.append("Levels", .object(JSONObject(levels.sorted().map { ($0, .text($0)) })))
        }
        return .object(entry)
    }
}
