import Evidence
import Foundation
import Imaging

/// Reads the two tables of the Neurosynth database, versions 3 to 7, plain or gzip: `..._coordinates.tsv[.gz]` (`id`,
/// `table_id`, `table_num`, `peak_id`, `x`, `y`, `z`) and `..._metadata.tsv[.gz]` (`id`, `doi`, `space`, `title`,
/// `authors`, `year`, `journal`).
///
/// A study of the database is an experiment: its contrasts are not told apart. There are no sizes, signs or statistics.
enum NeurosynthReader {
    static let coordinatesEnding = "coordinates.tsv"
    static let metadataEnding = "metadata.tsv"
    static let columns = ["doi", "title", "authors", "year", "journal"]
    static let tableNote = "table "

    /// The coordinates file in a folder, the one of the highest version (the last by name).
    static func coordinates(in names: [String]) -> String? {
        names.filter { isCoordinates($0) && metadata(beside: $0, among: names) != nil }.max()
    }

    static func isCoordinates(_ name: String) -> Bool {
        let name = name.lowercased()
        return name.hasSuffix(coordinatesEnding) || name.hasSuffix(coordinatesEnding + ".gz")
    }

    static func isMetadata(_ name: String) -> Bool {
        let name = name.lowercased()
        return name.hasSuffix(metadataEnding) || name.hasSuffix(metadataEnding + ".gz")
    }

    /// - Parameter path: of the coordinates or of the metadata.
    static func read(
        _ path: String, assuming assumptions: ProjectReader.Assumptions
    ) throws(InputError) -> Project {
        let folder = Path.folder(path)
        let names = Path.contents(folder)
        let name = Path.name(path)
        let isMetadata = isMetadata(name)
        guard let coordinates = isMetadata ? partner(of: name, "coordinates", among: names) : name,
            let metadata = isMetadata ? name : self.metadata(beside: name, among: names)
        else {
            throw InputError(
                at: SourceLocation(file: path),
                "stands alone: Neurosynth has two tables, ..._coordinates.tsv.gz and ..._metadata.tsv.gz.",
                remedy: "Put both into one folder, under the names of one version.")
        }
        var builder = Builder(assumptions: assumptions)
        try builder.readMetadata(Path.join(folder, metadata))
        try builder.readCoordinates(Path.join(folder, coordinates))
        return try builder.project(
            name: String(coordinates.prefix { $0 != "." }),
            files: [coordinates, metadata].map { Path.join(folder, $0) })
    }

    private static func metadata(beside coordinates: String, among names: [String]) -> String? {
        partner(of: coordinates, "metadata", among: names)
    }

    /// The file whose name differs only in the word, and maybe in being gzip.
    private static func partner(of name: String, _ word: String, among names: [String]) -> String? {
        let other = word == "metadata" ? "coordinates" : "metadata"
        func stem(_ name: String) -> String { name.hasSuffix(".gz") ? String(name.dropLast(3)) : name }
        guard let range = name.range(of: other, options: [.backwards, .caseInsensitive]) else { return nil }
        let wanted = stem(name.replacingCharacters(in: range, with: word)).lowercased()
        return names.first { stem($0).lowercased() == wanted }
    }

    private struct Builder {
        let assumptions: ProjectReader.Assumptions
        var experiments: [Experiment] = []
        var indices: [String: Int] = [:]
        var spaces: [CoordinateSpace?] = []
        var columns = ColumnCollector()
        var points: StudysetPoints
        var peaks: [[Peak]] = []
        var names = UniqueNames()
        var strangers = StudysetPoints.Tally()
        /// Notes of tables recur; one copy of each is kept.
        private var tableNotes: Set<String> = []

        init(assumptions: ProjectReader.Assumptions) {
            self.assumptions = assumptions
            points = StudysetPoints(assumptions: assumptions)
        }

        mutating func readMetadata(_ path: String) throws(InputError) {
            let table = try Table(try TextFile(path: path))
            let id = try table.requiredColumn("id")
            let space = table.column("space")
            let others = table.columns.indices.filter { $0 != id && $0 != space }
            for row in table.rows {
                let source = table.location(row)
                guard let name = row.fields[id] else {
                    throw InputError(at: source, "the study has no id.", remedy: "Write it in the column id.")
                }
                guard indices.updateValue(experiments.count, forKey: name) == nil else {
                    throw InputError(
                        at: source, "study \"\(name)\" stands twice.", remedy: "Keep one row of each study.")
                }
                var cells: [String: Experiment.Covariate] = [:]
                for column in others {
                    columns.set(
                        table.columns[column], row.fields[column].map { .text($0) } ?? .null, in: &cells, at: source)
                }
                spaces.append(space.flatMap { row.fields[$0] }.flatMap { CoordinateSpace(spelling: $0) })
                experiments.append(
                    Experiment(
                        id: names.next(ExperimentName.safe(name)), study: name, sample: name, n1: 0,
                        report: .peaks([]), covariates: cells, source: source))
            }
            peaks = Array(repeating: [], count: experiments.count)
        }

        /// Half a million rows: read line by line, without making a table of them.
        mutating func readCoordinates(_ path: String) throws(InputError) {
            let file = try TextFile(path: path)
            let tab = UInt8(ascii: "\t")
            guard let header = file.lines.first else {
                throw InputError(at: SourceLocation(file: path), "is empty; a table with a header row was expected.")
            }
            let names = header.bytes.split(separator: tab, omittingEmptySubsequences: false).map { $0.trimmed.text }
            func column(_ name: String) throws(InputError) -> Int {
                if let index = names.firstIndex(of: name) { return index }
                throw InputError(
                    at: file.location(header.number), "the table has no column \"\(name)\".",
                    remedy: "A table of Neurosynth coordinates has the columns id, x, y and z, separated by tabs.")
            }
            let columns = (id: try column("id"), x: try column("x"), y: try column("y"), z: try column("z"))
            let tableColumn = names.firstIndex(of: "table_num")
            for line in file.lines.dropFirst() where !TextFile.isSeparatorLine(line, isFirst: false) {
                let fields = line.bytes.split(separator: tab, omittingEmptySubsequences: false)
                let source = SourceLocation(file: path, line: line.number)
                func field(_ index: Int) -> Bytes { fields.indices.contains(index) ? fields[index] : [] }
                let id = field(columns.id).trimmed.text
                guard let index = indices[id] else {
                    strangers.add(source)
                    continue
                }
                guard let x = NumberText.parse(field(columns.x)), let y = NumberText.parse(field(columns.y)),
                    let z = NumberText.parse(field(columns.z))
                else {
                    points.leaveOut("the row", of: "study \"\(id)\"", at: source)
                    continue
                }
                let space = spaces[index] ?? points.space(.null, at: source)
                let words = tableColumn.map { field($0).trimmed.text } ?? ""
                let note =
                    Table.isMissing(words)
                    ? nil : tableNotes.insert(NeurosynthReader.tableNote + words).memberAfterInsert
                peaks[index].append(
                    Peak(
                        coordinate: [x, y, z], space: space, height: assumptions.sign?.height ?? .unknown, note: note,
                        source: source))
            }
        }

        mutating func project(name: String, files: [String]) throws(InputError) -> Project {
            var kept: [Experiment] = []
            var withoutPeaks = 0
            for (index, experiment) in experiments.enumerated() {
                guard !peaks[index].isEmpty else {
                    withoutPeaks += 1
                    continue
                }
                var experiment = experiment
                experiment.report = .peaks(peaks[index])
                kept.append(experiment)
            }
            guard !kept.isEmpty else {
                throw InputError(
                    at: SourceLocation(file: files[0]), "has no coordinates of studies in \(files[1]).",
                    remedy: "Are the two files of one version?")
            }
            columns.finish(&kept)
            var notices = points.summary + columns.notices
            notices.append(
                Notice(
                    .error, code: "n-missing", at: SourceLocation(file: files[1]),
                    "Neurosynth does not know numbers of participants: all \(kept.count) studies have none.",
                    remedy:
                        "Convert it to a native project and write them in studies.tsv, or use a method that does not "
                        + "need them."))
            if strangers.count > 0 {
                notices.append(
                    Notice(
                        .warning, code: "coordinates-unused", at: strangers.first,
                        "\(strangers.count) rows are of studies that \(files[1]) does not have, and are left out.",
                        remedy: "Are the two files of one version?"))
            }
            if withoutPeaks > 0 {
                notices.append(
                    Notice(
                        .note, code: "study-empty", at: SourceLocation(file: files[1]),
                        "\(withoutPeaks) studies have no coordinates and are left out."))
            }
            return Project(
                name: name.isEmpty ? "neurosynth" : name, format: .neurosynth, experiments: kept,
                covariateNames: columns.names, inputFiles: files, notices: notices)
        }
    }
}
