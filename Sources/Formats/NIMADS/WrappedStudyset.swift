import Evidence

/// A studyset that is a member of another object: `{"data": {"studyset": {"studies": [...]}, "annotation": {...}}}`.
struct WrappedStudyset {
    /// Where it is, such as data.studyset.
    let place: String
    let name: String?
    let studies: [JSONValue]
    /// Annotations beside it in the same object.
    let annotations: [JSONObject]

    /// Stands for the name of the outermost member of a file that is a list.
    static let listKey = "the list"

    /// Objects around a studyset; more is another kind of file.
    private static let deepest = 5

    /// All studysets within a value, however deep.
    static func all(in value: JSONValue) -> [WrappedStudyset] { all(in: value, place: [], annotations: [], depth: 0) }

    private static func all(
        in value: JSONValue, place: [String], annotations: [JSONObject], depth: Int
    ) -> [WrappedStudyset] {
        guard depth <= deepest else { return [] }
        if let object = value.object {
            if let studies = object["studies"].list, studies.contains(where: isStudy) {
                return [
                    WrappedStudyset(
                        place: place.joined(separator: "."), name: object["name"].words, studies: studies,
                        annotations: annotations.isEmpty ? Self.notes(in: object) : annotations)
                ]
            }
            let beside = Self.notes(in: object)
            return object.entries.flatMap { key, value in
                all(
                    in: value, place: place + [key], annotations: beside.isEmpty ? annotations : beside,
                    depth: depth + 1)
            }
        }
        guard let list = value.list else { return [] }
        if list.contains(where: isStudy) {
            return [
                WrappedStudyset(
                    place: place.joined(separator: "."), name: nil, studies: list, annotations: annotations)
            ]
        }
        return list.enumerated().flatMap { index, value in
            all(in: value, place: place + ["\(index + 1)"], annotations: annotations, depth: depth + 1)
        }
    }

    private static func isStudy(_ value: JSONValue) -> Bool {
        value.object?["analyses"].list?.contains { $0.object != nil } ?? false
    }

    private static func notes(in object: JSONObject) -> [JSONObject] {
        object.entries.flatMap { _, value in
            (value.list ?? [value]).compactMap(\.object).filter { $0["notes"].list != nil }
        }
    }
}
