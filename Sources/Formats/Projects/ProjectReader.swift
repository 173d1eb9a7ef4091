public import Evidence
import Foundation
public import Imaging

/// Opens a meta-analysis in any format we know: a native folder (`cuneus.yaml`, `studies.tsv`, `peaks.tsv`, `maps/`),
/// an SDM folder (`sdm_table.txt` and peak files, and a `cuneus.yaml` if there is one), a Sleuth/GingerALE text, a NIMADS
/// studyset (a file, or a folder with `studyset.json`, its annotation and a `cuneus.yaml` if there is one), a NiMARE
/// dataset or the tables of Neurosynth. Text and JSON may be gzip.
public enum ProjectReader {
    /// What the user says about data that do not say it themselves.
    public struct Assumptions: Hashable, Sendable {
        /// Space of coordinates whose source names none.
        public var space: CoordinateSpace?
        /// Direction of peaks with neither sign nor statistic (`--sign`).
        public var sign: AssumedSign?
        /// Annotations of a studyset (`--annotation`), in place of the one beside it.
        public var annotations: [String]
        /// Sizes of two groups, of experiments that have one number (`--groups`).
        public var groups: GroupSizes?

        public init(
            space: CoordinateSpace? = nil, sign: AssumedSign? = nil, annotations: [String] = [],
            groups: GroupSizes? = nil
        ) {
            self.space = space
            self.sign = sign
            self.annotations = annotations
            self.groups = groups
        }
    }

    /// Reads the project at `path`: a folder, or the file that stands for it.
    ///
    /// - Throws: ``InputError`` for what cannot be read. What can be read but may be wrong is in
    ///   ``Project/notices`` and found by ``ProjectCheck``.
    public static func read(_ path: String, assuming assumptions: Assumptions = Assumptions()) throws(InputError)
        -> Project
    {
        try read([ProjectInput(path: path)], assuming: assumptions)
    }

    private static func readPath(_ path: String, _ assumptions: Assumptions) throws(InputError) -> Project {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw InputError(at: SourceLocation(file: path), "no such file or folder.")
        }
        let project =
            isFolder.boolValue ? try readFolder(path, assumptions) : try readFileOrItsFolder(path, assumptions)
        if let annotation = assumptions.annotations.first, project.format != .nimads, project.format != .nimare {
            throw InputError(
                at: SourceLocation(file: annotation), "is named as an annotation, but \(path) is not a studyset.",
                remedy: "Leave --annotation out; only NIMADS studysets have annotations.")
        }
        return project
    }

    /// Reads one project from several inputs. The two directions of one contrast become one experiment.
    ///
    /// - Throws: also when an input holds peaks of the other direction than is said of it.
    public static func read(
        _ inputs: [ProjectInput], assuming assumptions: Assumptions = Assumptions()
    ) throws(InputError) -> Project {
        try InputLog.recorded { () throws(InputError) in try readAll(inputs, assumptions) }
    }

    private static func readAll(_ inputs: [ProjectInput], _ assumptions: Assumptions) throws(InputError) -> Project {
        guard let first = inputs.first else { throw InputError("no input is named.") }
        if inputs.count == 1, first.sign == nil, first.group == nil {
            var project = try readOne(first, assumptions)
            if let groups = assumptions.groups { try groups.apply(to: &project) }
            return project
        }
        var merger = ProjectMerger()
        var errors = ErrorCollector()
        for input in inputs {
            errors.attempt { () throws(InputError) in try merger.add(try readOne(input, assumptions), input) }
        }
        try errors.finish()
        // A plan of one of them would be of some of the experiments: only a single input brings its own.
        var project = merger.project()
        if inputs.count == 1 {
            var whole = try readOne(first, assumptions)
            whole.experiments = project.experiments
            whole.covariateNames = project.covariateNames
            project = whole
        }
        // Sizes for all inputs together: a table names the studies of each of them.
        if let groups = assumptions.groups { try groups.apply(to: &project) }
        return project
    }

    private static func readOne(_ input: ProjectInput, _ assumptions: Assumptions) throws(InputError) -> Project {
        var own = assumptions
        own.sign = input.sign ?? assumptions.sign
        own.space = input.space ?? assumptions.space
        var project = try readPath(input.path, own)
        if let sizes = input.sizes { try sizes.apply(to: &project) }
        return project
    }

    private static func readFileOrItsFolder(_ path: String, _ assumptions: Assumptions) throws(InputError) -> Project {
        switch Path.name(path).lowercased() {
        case NativeReader.planName, "studies.tsv", "studies.csv", "studies.txt":
            try readFolder(Path.folder(path), assumptions)
        case "sdm_table.txt", "sdm_table.csv", "sdm_table.tsv":
            try SDMReader.read(folder: Path.folder(path), assuming: assumptions)
        default: try readFile(path, assumptions)
        }
    }

    private static func readFolder(_ path: String, _ assumptions: Assumptions) throws(InputError) -> Project {
        var project = try readStudies(of: path, assumptions)
        // A native folder has looked for them already.
        if project.outcomesFile == nil { try NativeReader.readOutcomes(path, into: &project) }
        return project
    }

    private static func readStudies(of path: String, _ assumptions: Assumptions) throws(InputError) -> Project {
        let names = Path.contents(path)
        let hasSDMTable = try SDMReader.tableFile(in: names, of: path) != nil
        let studyset = try studyset(in: names, of: path)
        if names.contains(NativeReader.planName), studyset == nil, !hasSDMTable,
            !names.contains(try NativeReader.table(NativeReader.studiesName, in: path))
        {
            let plan = try TextFile(path: Path.join(path, NativeReader.planName))
            let inputs = try PlanReader.inputs(plan, folder: path)
            if !inputs.isEmpty { return try readPlanned(inputs, plan, folder: path, assumptions) }
        }
        if names.contains(try NativeReader.table(NativeReader.studiesName, in: path))
            || names.contains(NativeReader.planName) && !hasSDMTable && studyset == nil
        {
            return try NativeReader.read(folder: path, assuming: assumptions)
        }
        if hasSDMTable { return try SDMReader.read(folder: path, assuming: assumptions) }
        if let studyset {
            var project = try readStudyset(Path.join(path, studyset), assumptions)
            let plan = Path.join(path, NativeReader.planName)
            if names.contains(NativeReader.planName) {
                try PlanReader.read(try TextFile(path: plan), folder: path, into: &project)
                project.inputFiles.append(plan)
                try project.checkModelColumns()
            }
            return project
        }
        if let coordinates = NeurosynthReader.coordinates(in: names) {
            return try NeurosynthReader.read(Path.join(path, coordinates), assuming: assumptions)
        }
        let near = names.lazy.compactMap {
            Nearest.match($0, among: [NativeReader.planName, SDMReader.tableName, StudysetWriter.studysetName])
        }
        throw InputError(
            at: SourceLocation(file: path),
            "is not a project: it has neither \(NativeReader.planName) (native) nor \(SDMReader.tableName) (SDM) nor "
                + "\(StudysetWriter.studysetName) (NIMADS).",
            remedy: near.first.map { "A file there looks like \($0); check its name." }
                ?? "Point to a native or SDM folder, a Sleuth text, a NIMADS studyset or a Neurosynth table.")
    }

    /// A plan that names its inputs.
    private static func readPlanned(
        _ inputs: [ProjectInput], _ plan: TextFile, folder: String, _ assumptions: Assumptions
    ) throws(InputError) -> Project {
        for input in inputs where !Path.exists(input.path) {
            throw InputError(at: input.place, "there is no \(input.path).", remedy: "Name files as seen from the plan.")
        }
        var project = try read(inputs, assuming: assumptions)
        project.name = Path.projectName(folder)
        try PlanReader.read(plan, folder: folder, into: &project, takesInputs: true)
        project.inputFiles.insert(plan.path, at: 0)
        try project.checkModelColumns()
        return project
    }

    /// `studyset.json`, else the only file whose name ends so; each also with `.gz`.
    private static func studyset(in names: [String], of folder: String) throws(InputError) -> String? {
        let endings = [StudysetWriter.studysetName, StudysetWriter.studysetName + ".gz"]
        if let usual = endings.first(where: names.contains) { return usual }
        let candidates = names.filter { name in endings.contains { name.hasSuffix("_\($0)") } }
        let isProject = names.contains { [NativeReader.studiesName, SDMReader.tableName].contains($0.lowercased()) }
        guard candidates.count > 1, !isProject else { return candidates.first }
        throw InputError(
            at: SourceLocation(file: folder),
            "has \(candidates.count) studysets: \(candidates.joined(separator: ", ")).",
            remedy: "Point to one of them.")
    }

    private static func readStudyset(_ path: String, _ assumptions: Assumptions) throws(InputError) -> Project {
        try JSONProjectReader.read(path, annotations: assumptions.annotations, assuming: assumptions)
    }

    private static func readFile(_ path: String, _ assumptions: Assumptions) throws(InputError) -> Project {
        let name = Path.name(path).lowercased()
        if name.hasSuffix(".json") || name.hasSuffix(".json.gz") { return try readStudyset(path, assumptions) }
        if ImageFileName(name) != nil {
            throw InputError(
                at: SourceLocation(file: path), "is an image, not a project.",
                remedy: "Put it in the maps/ folder of a project whose studies.tsv names the experiment.")
        }
        if NeurosynthReader.isCoordinates(name) || NeurosynthReader.isMetadata(name) {
            return try NeurosynthReader.read(path, assuming: assumptions)
        }
        let file = try TextFile(path: path)
        guard SleuthReader.recognises(file) else {
            throw InputError(
                at: SourceLocation(file: path),
                "is not a Sleuth text: no line starts with //.",
                remedy: "A Sleuth text starts with //Reference=MNI or //Reference=Talairach. "
                    + "For SDM or native projects, point to the folder; the name of a NIMADS studyset ends with .json.")
        }
        return try SleuthReader.read(file, assuming: assumptions)
    }
}
