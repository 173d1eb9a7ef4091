import Evidence
import Foundation

/// An annotation of a studyset: a row of columns for each analysis.
struct StudysetAnnotation {
    struct Note {
        var study: String?
        var analysis: String
        var cells: JSONObject
    }

    let path: String
    /// As declared in `note_keys`, then as met.
    private(set) var keys: [String] = []
    private(set) var notes: [Note] = []

    init(path: String) throws(InputError) {
        self.path = path
        var json = try JSONProjectReader.open(path)
        guard try json.isAtObject() else { throw Self.notOne(path) }
        var isOne = false
        var notes: [Note] = []
        var keys: [String] = []
        try json.object { (json: inout JSONParser, key: String) throws(InputError) in
            switch key {
            case "note_keys":
                isOne = true
                keys = try json.value().object?.entries.map(\.key) ?? []
            case "notes":
                isOne = true
                guard try json.isAtList() else { throw Self.notOne(path) }
                try json.list { (json: inout JSONParser) throws(InputError) in
                    guard let note = try json.value().object, let analysis = note["analysis"].words else { return }
                    notes.append(
                        Note(study: note["study"].words, analysis: analysis, cells: note["note"].object ?? JSONObject())
                    )
                }
            default: _ = try json.value()
            }
        }
        try json.end()
        guard isOne else { throw Self.notOne(path) }
        var known = Set(keys)
        for note in notes {
            for (key, _) in note.cells.entries where known.insert(key).inserted { keys.append(key) }
        }
        self.keys = keys
        self.notes = notes
    }

    /// An annotation that stands in the file of its studyset.
    init(_ object: JSONObject, path: String) {
        self.path = path
        keys = object["note_keys"].object?.entries.map(\.key) ?? []
        notes = (object["notes"].list ?? []).compactMap(\.object).compactMap { note in
            note["analysis"].words.map { analysis in
                Note(study: note["study"].words, analysis: analysis, cells: note["note"].object ?? JSONObject())
            }
        }
        var known = Set(keys)
        for note in notes {
            for (key, _) in note.cells.entries where known.insert(key).inserted { keys.append(key) }
        }
    }

    private static func notOne(_ path: String) -> InputError {
        InputError(
            at: SourceLocation(file: path), "is not a NIMADS annotation: it has no \"notes\".",
            remedy: "An annotation holds {\"note_keys\": {...}, \"notes\": [...]}.")
    }

    /// The annotation that stands beside a studyset by its name: `x_annotation.json` of `x_studyset.json` or `x.json`,
    /// `annotation.json` of `studyset.json`; each also with `.gz`.
    static func beside(_ path: String) -> String? {
        let name = Path.name(path)
        let own = name.lowercased().hasSuffix(".gz") ? String(name.dropLast(3)) : name
        for candidate in [own, own + ".gz"] {
            let file = Path.join(Path.folder(path), self.name(for: candidate))
            if file != path, Path.exists(file) { return file }
        }
        return nil
    }

    static func name(for studyset: String) -> String {
        if let range = studyset.range(of: "studyset", options: [.caseInsensitive, .backwards]) {
            return studyset.replacingCharacters(in: range, with: "annotation")
        }
        guard let range = studyset.range(of: ".json", options: [.caseInsensitive, .backwards]) else {
            return studyset + "_annotation"
        }
        return studyset.replacingCharacters(in: range, with: "_annotation" + studyset[range])
    }
}
