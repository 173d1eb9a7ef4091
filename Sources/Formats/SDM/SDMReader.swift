import Evidence
import Imaging

/// Reads an SDM project folder: `sdm_table.txt` and one peak file or statistic map per study (`sdm-psi.md` §14).
///
/// Every further column of the table is a covariate, and a 0/1 column a filter, as in SDM; but a column `direction` that holds
/// directions (both, increases, decreases) says what the papers' tables were to show. A `cuneus.yaml` beside the table is
/// the plan, as in a native project.
enum SDMReader {
    static let tableName = "sdm_table.txt"
    static let noPeaksSuffix = ".no_peaks.txt"

    /// Endings of peak files and the space they stand for. `brett` = Talairach made from MNI by Brett's transform.
    static let suffixes: [(suffix: String, space: CoordinateSpace)] = [
        (".spm_mni.txt", .mni), (".fsl_mni.txt", .mni), (".other_mni.txt", .mni),
        (".spm_brett.txt", .brett), (".fsl_brett.txt", .brett), (".other_brett.txt", .brett),
        (".other_tal.txt", .talairach), (".spm_tal.txt", .talairachSPM), (".fsl_tal.txt", .talairachFSL),
    ]

    /// Endings of SDM before version 4.31, as its change log maps them onto today's.
    static let oldSuffixes: [(suffix: String, space: CoordinateSpace, today: String)] = [
        (
            ".mni2tal.txt", .brett,
            ".spm_brett.txt or .fsl_brett.txt: MNI coordinates turned into Talairach by Brett's mni2tal"
        ),
        (".tal.txt", .talairach, ".other_tal.txt: Talairach coordinates of software that is not known"),
        (
            ".mni.txt", .mni,
            ".spm_mni.txt, .fsl_mni.txt or .other_mni.txt: MNI coordinates of SPM, FSL or other software, "
                + "which are all taken as they are"
        ),
    ]

    /// All endings of peak files; spreadsheets write .csv where SDM says .txt.
    static let peakEndings: [(suffix: String, space: CoordinateSpace)] =
        (suffixes
        + oldSuffixes.map { ($0.suffix, $0.space) }).flatMap { suffix, space in
            [".txt", ".csv", ".tsv"].map { (String(suffix.dropLast(4)) + $0, space) }
        }

    /// What a person has to know to name a peak file; no guess by spelling, since the ending is the space.
    static let endingsExplained =
        "Endings of peak files: .spm_mni.txt, .fsl_mni.txt, .other_mni.txt (MNI); .other_tal.txt, .spm_tal.txt, .fsl_tal.txt "
        + "(Talairach, of unknown software, SPM or FSL); .spm_brett.txt, .fsl_brett.txt, .other_brett.txt (Talairach made "
        + "from MNI by mni2tal); .no_peaks.txt (nothing found). Maps of t: \(ImageFileName.spoken)."

    static let mapSuffixes = ImageFileName.endings

    static func read(
        folder: String, assuming assumptions: ProjectReader.Assumptions
    ) throws(InputError) -> Project {
        let names = Path.contents(folder)
        let tableFile = try self.tableFile(in: names, of: folder) ?? tableName
        let table = try Table(try TextFile(path: Path.join(folder, tableFile)))
        var reader = Reader(folder: folder, names: names, table: table, assumptions: assumptions)
        var project = try reader.project()
        let planPath = Path.join(folder, NativeReader.planName)
        if Path.exists(planPath) {
            try PlanReader.read(try TextFile(path: planPath), folder: folder, into: &project)
            project.inputFiles.append(planPath)
        }
        try project.checkModelColumns()
        return project
    }

    /// The table by its name, in any letter case, also with another ending that a spreadsheet gives.
    static func tableFile(in names: [String], of folder: String) throws(InputError) -> String? {
        let found = names.filter { ["sdm_table.txt", "sdm_table.csv", "sdm_table.tsv"].contains($0.lowercased()) }
        guard found.count < 2 else {
            throw InputError(
                at: SourceLocation(file: folder), "has \(found.joined(separator: " and ")); one table was expected.",
                remedy: "Keep the one that is meant.")
        }
        return found.first
    }

    private struct Reader {
        let folder: String
        let names: [String]
        let table: Table
        let assumptions: ProjectReader.Assumptions
        /// By how they are written, however the disk writes their accents: Swift's texts are equal either way.
        private let exactNames: [String: String]
        private let namesByLowercase: [String: [String]]
        private var studies: Set<String> = []
        private var notices: [Notice] = []
        private var inputFiles: [String] = []
        private var usedNames: Set<String> = []
        private var identifiers: Set<String> = []
        private var oldNames: [(name: String, suffix: String, today: String)] = []

        init(folder: String, names: [String], table: Table, assumptions: ProjectReader.Assumptions) {
            self.folder = folder
            self.names = names
            self.table = table
            self.assumptions = assumptions
            exactNames = Dictionary(names.map { ($0, $0) }, uniquingKeysWith: { first, _ in first })
            namesByLowercase = Dictionary(grouping: names) { $0.lowercased() }
        }

        mutating func project() throws(InputError) -> Project {
            inputFiles = [table.path]
            notices = table.notices + [table.decimalCommaNotice].compactMap { $0 }
            let columns = try Columns(table)
            var errors = ErrorCollector()
            var covariates: [(name: String, values: [Experiment.Covariate])] = []
            for column in columns.covariates {
                let values = errors.attempt { () throws(InputError) in try table.covariates(column) }
                covariates.append((table.columns[column], values ?? table.rows.map { _ in .missing }))
            }
            notices += table.nearlyNumeric(columns.covariates)
            studies = Set(table.rows.compactMap { $0.fields[columns.study] })
            var experiments: [Experiment] = []
            var lines: [String: Int] = [:]
            for (index, row) in table.rows.enumerated() where !errors.isFull {
                errors.attempt { () throws(InputError) in
                    let cells = Dictionary(uniqueKeysWithValues: covariates.map { ($0.name, $0.values[index]) })
                    experiments.append(try experiment(row, columns, covariates: cells, &lines))
                }
            }
            try errors.finish()
            guard !experiments.isEmpty else {
                throw InputError(at: SourceLocation(file: table.path), "has a header but no studies.")
            }
            reportUnusedPeakFiles()
            reportNames(experiments)
            return Project(
                name: Path.projectName(folder), format: .sdm, experiments: experiments,
                covariateNames: covariates.map(\.name), inputFiles: inputFiles, notices: notices)
        }

        private mutating func experiment(
            _ row: Table.Row, _ columns: Columns, covariates: [String: Experiment.Covariate],
            _ lines: inout [String: Int]
        ) throws(InputError) -> Experiment {
            let source = table.location(row)
            guard let name = row.fields[columns.study] else {
                throw InputError(at: source, "the study has no name.", remedy: "Write it in the column study.")
            }
            if let line = lines.updateValue(row.line, forKey: name) {
                throw InputError(
                    at: source, "study \"\(name)\" stands in line \(line) already.",
                    remedy:
                        "Give each row its own name and peak file. If the two are the two directions of one contrast, "
                        + "keep one row and one file with all its peaks.")
            }
            // Names of folders would lead to other files than the one that is meant.
            if name.contains(where: { "/\\:".contains($0) }) || name.hasPrefix(".") {
                try ExperimentName.check(name, called: "study", at: source)
            }
            let id = identifier(of: name)
            let n1 = try size(row, columns.n1, of: name)
            let n2 = try columns.n2.map { column throws(InputError) in try table.count(row, column) ?? 0 } ?? 0
            let threshold = try columns.threshold.flatMap { column throws(InputError) in
                try table.number(row, column, isSmall: true)
            }
            let report = try report(of: name, id: id, row: source)
            return Experiment(
                id: id, study: name, sample: name, n1: n1, n2: n2, tThreshold: threshold.map { abs($0) },
                direction: try columns.direction.flatMap { row.fields[$0] }.map { text throws(InputError) in
                    try ReportedDirection.read(text, at: source)
                },
                report: report, covariates: covariates, source: source)
        }

        /// Names become names of files and rows of tables: those with blanks or accents get a plain spelling beside their own.
        private mutating func identifier(of name: String) -> String {
            if ExperimentName.isValid(name) { return name }
            var id = ExperimentName.safe(name)
            var count = 1
            while studies.contains(id) || identifiers.contains(id) {
                count += 1
                id = "\(ExperimentName.safe(name))_\(count)"
            }
            identifiers.insert(id)
            return id
        }

        /// One note for all names that are spelled otherwise here.
        private mutating func reportNames(_ experiments: [Experiment]) {
            let renamed = experiments.filter { $0.id != $0.study }
            guard let first = renamed.first else { return }
            let others = renamed.count > 1 ? ", and \(renamed.count - 1) more likewise" : ""
            notices.append(
                Notice(
                    .note, code: "study-renamed", at: first.source,
                    "study \"\(first.study)\" is called \"\(first.id)\" here\(others): letters without accents, and _ for "
                        + "what a file name should not have."))
        }

        private mutating func size(_ row: Table.Row, _ column: Int, of id: String) throws(InputError) -> Int {
            if let n = try table.count(row, column), n > 0 { return n }
            notices.append(
                Notice(
                    .error, code: "n-missing", at: table.location(row), "study \"\(id)\" has no n1.",
                    remedy: "Write the number of participants; without it there is no effect size."))
            return 0
        }

        /// - Parameter name: of the study, as the table writes it; its files may bear the plain `id` as well.
        private mutating func report(
            of name: String, id: String, row: SourceLocation
        ) throws(InputError) -> Experiment.Report {
            let stems = name == id ? [name] : [name, id]
            func files(_ ending: String) -> [String] { stems.flatMap { find($0 + ending) } }
            let peaks = peakEndings.flatMap { suffix, space in files(suffix).map { (name: $0, space: space) } }
            let none = files(noPeaksSuffix)
            let images = mapSuffixes.flatMap { files($0) }
            let maps = ImageFileName.images(among: images).map(\.name)
            for old in oldSuffixes {
                for file in files(old.suffix) { oldNames.append((file, old.suffix, old.today)) }
            }
            usedNames.formUnion(peaks.map(\.name) + none + images)
            let found = peaks.map(\.name) + none + maps
            guard let only = found.first else { throw missing(name, at: row) }
            guard found.count == 1 else {
                throw InputError(
                    at: row, "study \"\(name)\" has several files: \(found.joined(separator: ", ")).",
                    remedy: "Keep the one that holds the study's result.")
            }
            let path = Path.join(folder, only)
            inputFiles += maps.isEmpty ? [path] : ImageFileName.files(of: path)
            if !maps.isEmpty {
                return .map(Experiment.StatisticMap(path: path, kind: .t, source: SourceLocation(file: path)))
            }
            let file = try TextFile(path: path)
            guard let space = peaks.first?.space else {
                if let line = file.lines.first(where: { !$0.bytes.trimmed.isEmpty }) {
                    throw InputError(
                        at: file.location(line.number), "a no_peaks file must be empty.",
                        remedy: "If these are peaks, rename the file to, for example, \(id).other_mni.txt.")
                }
                return .peaks([])
            }
            let list = try SDMPeakFile.read(file, space: space, assuming: assumptions.sign)
            if list.isEmpty {
                notices.append(
                    Notice(
                        .warning, code: "empty-peak-file", at: SourceLocation(file: path),
                        "has no peaks; the study is taken to have found nothing.",
                        remedy: "Rename it to \(id)\(noPeaksSuffix) to say so, or fill in its peaks."))
            }
            return .peaks(list)
        }

        /// The file of this name; also in other letter case, when only one study and one file can be meant.
        private func find(_ name: String) -> [String] {
            if let found = exactNames[name] { return [found] }
            guard let others = namesByLowercase[name.lowercased()], others.count == 1 else { return [] }
            return others.filter { !isClaimedExactly($0) }
        }

        /// Whether another study of the table has this very file name.
        private func isClaimedExactly(_ name: String) -> Bool {
            let endings = peakEndings.map(\.suffix) + [noPeaksSuffix] + mapSuffixes
            return endings.contains { name.hasSuffix($0) && studies.contains(String(name.dropLast($0.count))) }
        }

        private func missing(_ id: String, at row: SourceLocation) -> InputError {
            if let stray = names.first(where: { $0.hasPrefix(id + ".") }) {
                return InputError(
                    at: row, "study \"\(id)\": \(stray) has no known ending.", remedy: endingsExplained)
            }
            let endings = peakEndings.map(\.suffix) + [noPeaksSuffix] + mapSuffixes
            let near = names.first { name in
                guard !usedNames.contains(name), let ending = endings.first(where: { name.hasSuffix($0) }) else {
                    return false
                }
                return Nearest.match(String(name.dropLast(ending.count)), among: [id]) != nil
            }
            return InputError(
                at: row, "study \"\(id)\" has neither a peak file nor a map in \(folder).",
                remedy: near.map { "Is it \($0)? File and study must have the same name." }
                    ?? "Add \(id).other_mni.txt (x,y,z,t per line), or an empty \(id)\(noPeaksSuffix) "
                    + "if the study found nothing.")
        }

        private mutating func reportUnusedPeakFiles() {
            for old in oldSuffixes {
                let files = oldNames.filter { $0.suffix == old.suffix }.map(\.name)
                guard let first = files.first else { continue }
                let who = files.count > 1 ? "\(first) and \(files.count - 1) more have" : "\(first) has"
                notices.append(
                    Notice(
                        .note, code: "old-ending", at: SourceLocation(file: Path.join(folder, first)),
                        "\(who) the ending \(old.suffix) of SDM before 4.31; it is read as today's \(old.today)."))
            }
            let endings = peakEndings.map(\.suffix) + [noPeaksSuffix]
            for name in names where !usedNames.contains(name) {
                guard let ending = endings.first(where: { name.lowercased().hasSuffix($0) }) else { continue }
                let stem = String(name.dropLast(ending.count))
                notices.append(
                    Notice(
                        .warning, code: "peak-file-unused", at: SourceLocation(file: Path.join(folder, name)),
                        "belongs to no study of \(tableName).",
                        remedy: "Add a row for \"\(stem)\", or remove the file."))
            }
        }
    }

    private struct Columns {
        let study: Int
        let n1: Int
        let n2: Int?
        let threshold: Int?
        let direction: Int?
        let covariates: [Int]

        init(_ table: Table) throws(InputError) {
            study = try table.requiredColumn("study")
            n1 = try table.requiredColumn("n1")
            n2 = table.column("n2")
            threshold = table.column("t_thr")
            direction = Self.direction(table)
            let taken = [study, n1, n2, threshold, direction]
            covariates = table.columns.indices.filter { !taken.contains($0) }
        }

        /// SDM has no such column; one of this name without a single direction in it is a covariate of the user's.
        private static func direction(_ table: Table) -> Int? {
            guard let column = table.column(ReportedDirection.column) else { return nil }
            let words = table.rows.compactMap { $0.fields[column] }
            return words.contains { ReportedDirection(spelling: $0) != nil } ? column : nil
        }
    }
}

extension Table {
    var headerLocation: SourceLocation { SourceLocation(file: path, line: headerLine) }
}
