import Evidence

/// JSON as text: one member a line, lists of plain values on one line, the order kept.
package struct JSONText {
    package private(set) var text = ""

    package init(_ value: JSONValue) {
        append(value, indent: 0)
        text += "\n"
    }

    private mutating func append(_ value: JSONValue, indent: Int) {
        switch value {
        case .null: text += "null"
        case .bool(let flag): text += flag ? "true" : "false"
        case .number(let number): text += number.isFinite ? NumberText.text(number) : "null"
        case .text(let words): quote(words)
        case .list(let list): append(list, indent)
        case .object(let object): append(object, indent)
        }
    }

    private mutating func append(_ list: [JSONValue], _ indent: Int) {
        let isPlain = list.allSatisfy { value in
            switch value {
            case .list, .object: false
            default: true
            }
        }
        text += "["
        for (index, element) in list.enumerated() {
            if index > 0 { text += isPlain ? ", " : "," }
            if !isPlain { breakLine(indent + 1) }
            append(element, indent: indent + 1)
        }
        if !isPlain { breakLine(indent) }
        text += "]"
    }

    private mutating func append(_ object: JSONObject, _ indent: Int) {
        guard !object.entries.isEmpty else {
            text += "{}"
            return
        }
        text += "{"
        for (index, (key, value)) in object.entries.enumerated() {
            if index > 0 { text += "," }
            breakLine(indent + 1)
            quote(key)
            text += ": "
            append(value, indent: indent + 1)
        }
        breakLine(indent)
        text += "}"
    }

    private mutating func breakLine(_ indent: Int) {
        text += "\n"
        for _ in 0..<indent { text += " " }
    }

    private mutating func quote(_ words: String) {
        text += "\""
        for scalar in words.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..<"\u{20}":
                let code = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - code.count) + code
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
