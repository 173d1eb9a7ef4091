import Evidence

/// Opens JSON: a NIMADS studyset (NeuroStore, Neurosynth-Compose, NiMARE) or NiMARE's older dataset, plain or gzip.
///
/// Studies are read one after another, so that memory holds the file's text and the project, never a tree of the file.
enum JSONProjectReader {
    /// Largest content, bytes.
    static let sizeLimit = 1 << 30

    static func open(_ path: String) throws(InputError) -> JSONParser {
        JSONParser(path: path, bytes: try InputBytes.read(path, limit: sizeLimit, called: "JSON file"))
    }

    /// - Parameter annotations: files named by the user; when empty, the one beside the studyset is taken.
    static func read(
        _ path: String, annotations: [String], assuming assumptions: ProjectReader.Assumptions
    ) throws(InputError) -> Project {
        var json = try open(path)
        let place = SourceLocation(file: path)
        let isObject = try json.isAtObject()
        let isList = try json.isAtList()
        guard isObject || isList else {
            throw InputError(at: place, "is JSON, but not a studyset.", remedy: "A studyset is {\"studies\": [...]}.")
        }
        var others = JSONObject()
        var builder = StudysetBuilder(path: path, assumptions: assumptions)
        var format: Project.Format?
        var isAnnotation = false
        var isDictionary = false
        var texts: [String: String] = [:]
        guard isObject else {
            // A list: of studysets, or of studies.
            let value = try json.value()
            try json.end()
            let whole = JSONValue.object(JSONObject([(WrappedStudyset.listKey, value)], line: 1))
            let found = WrappedStudyset.all(in: whole)
            guard !found.isEmpty else {
                throw InputError(
                    at: place, "is JSON, but not a studyset.", remedy: "A studyset is {\"studies\": [...]}.")
            }
            return try read(wrapped: found, builder, annotations, path)
        }
        try json.object { (json: inout JSONParser, key: String) throws(InputError) in
            switch key {
            case "studies":
                guard try json.isAtList() else {
                    throw InputError(
                        at: json.source, "\"studies\" is not a list.", remedy: "Write \"studies\": [{...}, ...].")
                }
                format = .nimads
                var index = 0
                try json.list { (json: inout JSONParser) throws(InputError) in
                    let line = json.source.line ?? 0
                    builder.add(study: try json.value(), index: index, line: line)
                    index += 1
                }
            case "notes", "note_keys":
                isAnnotation = true
                _ = try json.value()
            default:
                let value = try json.value()
                if let words = value.words { texts[key] = words }
                if format == nil, value.object != nil || value.list != nil { others.append(key, value) }
                if value.object?["Description"].words != nil { isDictionary = true }
                guard format != .nimads, let study = value.object, study["contrasts"].object != nil else { return }
                format = .nimare
                builder.add(dataset: study, id: key)
            }
        }
        try json.end()
        let wrapped = format == nil ? WrappedStudyset.all(in: .object(others)) : []
        if !wrapped.isEmpty {
            var project = try read(wrapped: wrapped, builder, annotations, path)
            if project.question.isEmpty { project.question = texts["description"] ?? "" }
            return project
        }
        guard let format else { throw Self.unknown(path, isAnnotation: isAnnotation, isDictionary: isDictionary) }
        var notes: [StudysetAnnotation] = []
        let beside = annotations.isEmpty && format == .nimads ? StudysetAnnotation.beside(path) : nil
        for file in annotations + [beside].compactMap({ $0 }) { notes.append(try StudysetAnnotation(path: file)) }
        if let beside {
            builder.notices.append(
                Notice(
                    .note, code: "annotation-found", at: SourceLocation(file: beside),
                    "the annotation beside the studyset is used.", remedy: "Name another with --annotation."))
        }
        var project = try builder.project(annotations: notes, format: format)
        if let name = texts["name"] { project.name = name }
        project.question = texts["description"] ?? ""
        return project
    }

    /// A studyset within another object, as exports of projects have it, with the annotation that stands beside it there.
    private static func read(
        wrapped: [WrappedStudyset], _ builder: StudysetBuilder, _ annotations: [String], _ path: String
    ) throws(InputError) -> Project {
        let place = SourceLocation(file: path)
        guard let only = wrapped.first else { throw unknown(path, isAnnotation: false, isDictionary: false) }
        guard wrapped.count == 1 else {
            throw InputError(
                at: place, "holds \(wrapped.count) studysets (\(wrapped.map(\.place).joined(separator: ", "))).",
                remedy: "Save the one that is meant as a file of its own.")
        }
        var builder = builder
        for (index, study) in only.studies.enumerated() {
            builder.add(study: study, index: index, line: study.object?.line ?? 1)
        }
        var notes: [StudysetAnnotation] = []
        if annotations.isEmpty { notes += only.annotations.map { StudysetAnnotation($0, path: path) } }
        for file in annotations { notes.append(try StudysetAnnotation(path: file)) }
        builder.notices.append(
            Notice(
                .note, code: "studyset-wrapped", at: place,
                "the studyset is the member \(only.place)"
                    + "\(only.annotations.isEmpty || !annotations.isEmpty ? "" : ", with the annotation beside it")."))
        var project = try builder.project(annotations: notes, format: .nimads)
        if let name = only.name { project.name = name }
        project.inputFiles = project.inputFiles.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        return project
    }

    private static func unknown(_ path: String, isAnnotation: Bool, isDictionary: Bool) -> InputError {
        let place = SourceLocation(file: path)
        if isAnnotation {
            return InputError(
                at: place, "is an annotation; it says something about the studies of a studyset.",
                remedy: "Open the studyset, and name this file with --annotation.")
        }
        if isDictionary {
            return InputError(
                at: place, "describes the columns of a table; it holds no studies.",
                remedy: "Open the folder it stands in.")
        }
        return InputError(
            at: place, "is JSON, but neither a NIMADS studyset nor a NiMARE dataset.",
            remedy: "A studyset is {\"studies\": [{\"analyses\": [{\"points\": [...]}]}]}.")
    }
}
