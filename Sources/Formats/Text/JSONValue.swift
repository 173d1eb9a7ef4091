import Evidence

/// A JSON value with the line it starts on.
package enum JSONValue: Sendable {
    /// Also Python's `NaN` and `Infinity`.
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object(JSONObject)

    /// Text that says something: not empty, not "None", "NA" or the like. Numbers are written out.
    var words: String? {
        switch self {
        case .text(let text):
            let text = text.onOneLine
            return text == "None" || text == "null" || Table.isMissing(text) ? nil : text
        case .number(let value): return NumberText.text(value)
        default: return nil
        }
    }

    /// The number, also when it stands in quotes.
    var double: Double? {
        switch self {
        case .number(let value): value
        case .text(let text): NumberText.parse(text)
        default: nil
        }
    }

    var list: [JSONValue]? { if case .list(let list) = self { list } else { nil } }

    var object: JSONObject? { if case .object(let object) = self { object } else { nil } }

    /// Null, an empty text, list or object, or a text that means nothing.
    var isEmpty: Bool {
        switch self {
        case .null: true
        case .bool, .number: false
        case .text: words == nil
        case .list(let list): list.allSatisfy(\.isEmpty)
        case .object(let object): object.entries.isEmpty
        }
    }
}

/// The members of a JSON object, in their order.
package struct JSONObject: Sendable {
    package var entries: [(key: String, value: JSONValue)]
    /// Line of its opening brace; 0 for one that was not read.
    package var line: Int

    package init(_ entries: [(key: String, value: JSONValue)] = [], line: Int = 0) {
        self.entries = entries
        self.line = line
    }

    /// The last member of this name; null when there is none.
    package subscript(key: String) -> JSONValue { entries.last { $0.key == key }?.value ?? .null }

    mutating func append(_ key: String, _ value: JSONValue) { entries.append((key, value)) }

    /// Leaves out what says nothing.
    mutating func append(_ key: String, words: String?) {
        if let words, !words.isEmpty { entries.append((key, .text(words))) }
    }
}

extension String {
    /// Without line ends, tabs and outer blanks, so that it fits into a table.
    var onOneLine: String {
        guard utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 >= 0x80 }) else { return trimmingBlanks }
        return String(map { $0.isNewline || $0 == "\t" || $0 == "\u{A0}" ? " " : $0 }).trimmingBlanks
    }
}
