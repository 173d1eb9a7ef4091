import Evidence
import Foundation
import Imaging

/// A folder of derivatives as fMRIPrep, FitLins and nilearn write them, in which each person's image is found by its name.
///
/// `participants.tsv` of the folder, or of the data set it lies in, gives groups and covariates; `sub-01_sessions.tsv` those of
/// sessions.
struct DerivativesFolder {
    let path: String
    /// Which images are meant. Where `suffix` is not among them it is `statmap`, if there are any.
    let entities: [String: String]

    private struct Found {
        var name: BIDSName
        var path: String
    }

    /// Deeper folders hold no images of subjects, and a link could lead in a circle.
    private static let deepest = 6
    private static let mostFiles = 200_000

    func table() throws(InputError) -> ParticipantTable {
        let place = SourceLocation(file: path)
        var all: [Found] = []
        try walk(path, depth: 0, into: &all)
        guard !all.isEmpty else {
            throw InputError(
                at: place, "holds no image whose name begins with sub- (\(ImageFileName.spoken)).",
                remedy: "Give a folder of derivatives with BIDS names, or a table with the images' paths.")
        }
        var chosen = all.filter { file in entities.allSatisfy { file.name[$0.key] == $0.value } }
        if entities["suffix"] == nil, chosen.contains(where: { $0.name.suffix == "statmap" }) {
            chosen = chosen.filter { $0.name.suffix == "statmap" }
        }
        guard !chosen.isEmpty else { throw noneFits(all) }
        try checkUnique(chosen)
        let people = try participants()
        var notices: [Notice] = people.notices
        var columns = people.columns
        var rows: [ParticipantTable.Row] = []
        var inputFiles = people.files
        for file in chosen {
            let subject = file.name["sub"] ?? ""
            let session = file.name["ses"]
            var values = people.rows[subject] ?? [:]
            if people.isRead, people.rows[subject] == nil {
                notices.append(
                    Notice(
                        .warning, code: "participant-missing", at: SourceLocation(file: file.path),
                        "sub-\(subject) has an image but no row in participants.tsv; its group and covariates are missing.",
                        remedy: "Add the row."))
            }
            if let session {
                let more = try sessionValues(subject, session, of: file.path)
                for (name, value) in more.values { values[name] = value }
                columns += more.columns.filter { !columns.contains($0) }
                if let read = more.file, !inputFiles.contains(read) { inputFiles.append(read) }
            }
            rows.append(
                ParticipantTable.Row(
                    subject: "sub-\(subject)", session: session, image: file.path, values: values,
                    source: SourceLocation(file: file.path)))
        }
        let withImage = Set(rows.map(\.subject))
        for subject in people.rows.keys.sorted() where !withImage.contains("sub-\(subject)") {
            notices.append(
                Notice(
                    .warning, code: "image-missing", at: place,
                    "sub-\(subject) stands in participants.tsv but has no image here.",
                    remedy: "If it should have one, look at its name; else nothing is to be done."))
        }
        return ParticipantTable(
            path: path, rows: rows, columns: columns,
            sessionColumn: rows.contains { $0.session != nil } ? "session" : nil, inputFiles: inputFiles,
            notices: notices)
    }

    private func walk(_ folder: String, depth: Int, into found: inout [Found]) throws(InputError) {
        let names = Path.contents(folder)
        for (name, _) in ImageFileName.images(among: names) {
            guard let parsed = BIDSName(name) else { continue }
            found.append(Found(name: parsed, path: Path.join(folder, name)))
        }
        guard found.count <= Self.mostFiles else {
            throw InputError(
                at: SourceLocation(file: path), "holds more than \(Self.mostFiles) images.",
                remedy: "Give the folder of one analysis.")
        }
        guard depth < Self.deepest else { return }
        for name in names {
            let inside = Path.join(folder, name)
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: inside, isDirectory: &isFolder), isFolder.boolValue {
                try walk(inside, depth: depth + 1, into: &found)
            }
        }
    }

    private func noneFits(_ all: [Found]) -> InputError {
        let asked = entities.sorted { $0.key < $1.key }.map { "\($0.key)-\($0.value)" }.joined(separator: ", ")
        let known = entities.keys.sorted().map { key in
            let labels = Set(all.compactMap { $0.name[key] }).sorted()
            return "\(key): \(labels.isEmpty ? "none" : labels.prefix(12).joined(separator: ", "))"
        }
        return InputError(
            at: SourceLocation(file: path), "none of its \(all.count) images has \(asked).",
            remedy: "There are \(known.joined(separator: "; ")).")
    }

    /// - Throws: where a person has several images, with the entities that tell them apart.
    private func checkUnique(_ chosen: [Found]) throws(InputError) {
        var first: [String: Found] = [:]
        for file in chosen {
            let key = "\(file.name["sub"] ?? "")/\(file.name["ses"] ?? "")"
            guard let other = first[key] else {
                first[key] = file
                continue
            }
            let keys = (file.name.entities + other.name.entities).map(\.key) + ["suffix"]
            var seen: Set<String> = []
            let apart = keys.filter { seen.insert($0).inserted && file.name[$0] != other.name[$0] }
            let choices = apart.map { key in
                let labels = Set(chosen.compactMap { $0.name[key] }).sorted()
                return "\(key) (\(labels.prefix(12).joined(separator: ", ")))"
            }
            throw InputError(
                at: SourceLocation(file: path),
                "sub-\(file.name["sub"] ?? "") has several images\(file.name["ses"].map { " of session \($0)" } ?? ""): \(PathParts.name(other.path)) and \(PathParts.name(file.path)).",
                remedy: "Choose by --entity: \(choices.joined(separator: "; ")).")
        }
    }

    private struct People {
        /// By label without `sub-`.
        var rows: [String: [String: Experiment.Covariate]] = [:]
        var columns: [String] = []
        var files: [String] = []
        var notices: [Notice] = []
        var isRead = false
    }

    /// Of the folder, of the one above (`derivatives`), or of the data set.
    private func participants() throws(InputError) -> People {
        var people = People()
        let places = [path, Path.join(path, ".."), Path.join(path, "../..")]
        guard let file = places.map({ Path.join($0, "participants.tsv") }).first(where: Path.exists) else {
            people.notices.append(
                Notice(
                    .note, code: "participants-missing", at: SourceLocation(file: path),
                    "there is no participants.tsv here or above; people have neither groups nor covariates."))
            return people
        }
        let table = try ParticipantTable(contentsOf: file)
        people.isRead = true
        people.columns = table.columns
        people.files = [file]
        people.notices = table.notices
        for row in table.rows {
            let label = BIDSName.withoutPrefix(row.subject, "sub")
            guard people.rows.updateValue(row.values, forKey: label) == nil else {
                throw InputError(
                    at: row.source, "\(row.subject) stands in participants.tsv twice.", remedy: "Keep one row a person."
                )
            }
        }
        return people
    }

    /// Of `sub-01_sessions.tsv` in the person's folder, here or in the data set.
    private func sessionValues(
        _ subject: String, _ session: String, of image: String
    ) throws(InputError) -> (values: [String: Experiment.Covariate], columns: [String], file: String?) {
        let name = "sub-\(subject)/sub-\(subject)_sessions.tsv"
        let places = [path, Path.join(path, ".."), Path.join(path, "../..")]
        guard let file = places.map({ Path.join($0, name) }).first(where: Path.exists) else { return ([:], [], nil) }
        let table = try Table(try TextFile(path: file))
        let column = try table.requiredColumn("session_id")
        guard
            let index = table.rows.firstIndex(where: {
                $0.fields[column].map { BIDSName.withoutPrefix($0, "ses") } == session
            })
        else { return ([:], [], file) }
        var values: [String: Experiment.Covariate] = [:]
        let columns = table.columns.indices.filter { $0 != column }
        for other in columns { values[table.columns[other]] = try table.covariates(other)[index] }
        return (values, columns.map { table.columns[$0] }, file)
    }
}
