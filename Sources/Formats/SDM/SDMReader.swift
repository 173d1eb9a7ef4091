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

    static let mapSuffixes = [".nii.gz", ".nii"]

    static func read(
        folder: String, assuming assumptions: ProjectReader.Assumptions
    ) throws(InputError) -> Project {
        let names = Path.contents(folder)
        let tableFile = names.first { $0.lowercased() == tableName } ?? tableName
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

    private struct Reader {
        let folder: String
        let names: [String]
        let table: Table
        let assumptions: ProjectReader.Assumptions
        private let exactNames: Set<String>
        private let namesByLowercase: [String: [String]]
        private var studies: Set<String> = []
        private var notices: [Notice] = []
        private var inputFiles: [String] = []
        private var usedNames: Set<String> = []

        init(folder: String, names: [String], table: Table, assumptions: ProjectReader.Assumptions) {
            self.folder = folder
            self.names = names
            self.table = table
            self.assumptions = assumptions
            exactNames = Set(names)
            namesByLowercase = Dictionary(grouping: names) { $0.lowercased() }
        }

        mutating func project() throws(InputError) -> Project {
            inputFiles = [table.path]
            notices = table.notices + [table.decimalCommaNotice].compactMap { $0 }
            let columns = try Columns(table)
            let covariates = columns.covariates.map { (name: table.columns[$0], values: table.covariates($0)) }
            studies = Set(table.rows.compactMap { $0.fields[columns.study] })
            var experiments: [Experiment] = []
            var lines: [String: Int] = [:]
            for (index, row) in table.rows.enumerated() {
                let source = table.location(row)
                guard let id = row.fields[columns.study] else {
                    throw InputError(at: source, "the study has no name.", remedy: "Write it in the column study.")
                }
                try ExperimentName.check(id, called: "study", at: source)
                if let line = lines.updateValue(row.line, forKey: id) {
                    throw InputError(
                        at: source, "study \"\(id)\" stands in line \(line) already.",
                        remedy: "Give each row its own name and peak file.")
                }
                let n1 = try size(row, columns.n1, of: id)
                let n2 = try columns.n2.map { column throws(InputError) in try table.count(row, column) ?? 0 } ?? 0
                let threshold = try columns.threshold.flatMap { column throws(InputError) in
                    try table.number(row, column)
                }
                let report = try report(of: id, n1: n1, n2: n2, row: source)
                experiments.append(
                    Experiment(
                        id: id, study: id, sample: id, n1: n1, n2: n2, tThreshold: threshold.map { abs($0) },
                        direction: try columns.direction.flatMap { row.fields[$0] }.map { text throws(InputError) in
                            try ReportedDirection.read(text, at: source)
                        },
                        report: report,
                        covariates: Dictionary(uniqueKeysWithValues: covariates.map { ($0.name, $0.values[index]) }),
                        source: source))
            }
            guard !experiments.isEmpty else {
                throw InputError(at: SourceLocation(file: table.path), "has a header but no studies.")
            }
            reportUnusedPeakFiles()
            return Project(
                name: Path.projectName(folder), format: .sdm, experiments: experiments,
                covariateNames: covariates.map(\.name), inputFiles: inputFiles, notices: notices)
        }

        private mutating func size(_ row: Table.Row, _ column: Int, of id: String) throws(InputError) -> Int {
            if let n = try table.count(row, column), n > 0 { return n }
            notices.append(
                Notice(
                    .error, code: "n-missing", at: table.location(row), "study \"\(id)\" has no n1.",
                    remedy: "Write the number of participants; without it there is no effect size."))
            return 0
        }

        private mutating func report(
            of id: String, n1: Int, n2: Int, row: SourceLocation
        ) throws(InputError) -> Experiment.Report {
            let peaks = suffixes.flatMap { suffix, space in
                find(id + suffix).map { (name: $0, space: space) }
            }
            let none = find(id + noPeaksSuffix)
            let maps = mapSuffixes.flatMap { find(id + $0) }
            usedNames.formUnion(peaks.map(\.name) + none + maps)
            let found = peaks.map(\.name) + none + maps
            guard let only = found.first else { throw missing(id, at: row) }
            guard found.count == 1 else {
                throw InputError(
                    at: row, "study \"\(id)\" has several files: \(found.joined(separator: ", ")).",
                    remedy: "Keep the one that holds the study's result.")
            }
            let path = Path.join(folder, only)
            inputFiles.append(path)
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
            if exactNames.contains(name) { return [name] }
            guard let others = namesByLowercase[name.lowercased()], others.count == 1 else { return [] }
            return others.filter { !isClaimedExactly($0) }
        }

        /// Whether another study of the table has this very file name.
        private func isClaimedExactly(_ name: String) -> Bool {
            let endings = suffixes.map(\.suffix) + [noPeaksSuffix] + mapSuffixes
            return endings.contains { name.hasSuffix($0) && studies.contains(String(name.dropLast($0.count))) }
        }

        private func missing(_ id: String, at row: SourceLocation) -> InputError {
            let endings = suffixes.map(\.suffix) + [noPeaksSuffix] + mapSuffixes
            let expected = endings.map { id + $0 }
            if let stray = names.first(where: { $0.hasPrefix(id + ".") }) {
                let remedy =
                    Nearest.match(stray, among: expected).map { "Did you mean \($0)?" }
                    ?? "Known endings: \(endings.joined(separator: ", "))."
                return InputError(at: row, "study \"\(id)\": \(stray) has no known ending.", remedy: remedy)
            }
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
            let endings = suffixes.map(\.suffix) + [noPeaksSuffix]
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
