package import Evidence
import Foundation

/// Reads JSON (RFC 8259) step by step, so that a large file never stands in memory as a tree.
///
/// Takes also what Python's `json` writes beyond the standard (`NaN`, `Infinity`: missing), a byte-order mark, and raw
/// line ends inside texts. Of members that stand twice the last counts.
package struct JSONParser {
    /// Levels of lists and objects; more is an attack, not data.
    private static let deepest = 200

    package let path: String
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var lineStart = 0
    private var depth = 0
    /// Long names of members recur in every object: one copy of each is kept.
    private var longKeys: Set<String> = []

    package init(path: String, bytes: [UInt8]) {
        self.path = path
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]),
            let text = String(data: Data(bytes), encoding: .utf16)
        {
            self.bytes = Array(text.utf8)
        } else {
            self.bytes = bytes
        }
        if self.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    package var source: SourceLocation { SourceLocation(file: path, line: line) }

    /// The next value, whatever it is.
    package mutating func value() throws(InputError) -> JSONValue {
        switch try next() {
        case UInt8(ascii: "{"):
            let line = line
            var entries: [(key: String, value: JSONValue)] = []
            try object { (json: inout JSONParser, key: String) throws(InputError) in
                entries.append((key, try json.value()))
            }
            return .object(JSONObject(entries, line: line))
        case UInt8(ascii: "["):
            var list: [JSONValue] = []
            try self.list { (json: inout JSONParser) throws(InputError) in list.append(try json.value()) }
            return .list(list)
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "N"): return try word("NaN", .null)
        case UInt8(ascii: "I"): return try word("Infinity", .null)
        default: return try number()
        }
    }

    /// Steps through an object; `body` has to take each member's value.
    package mutating func object(
        _ body: (inout JSONParser, _ key: String) throws(InputError) -> Void
    ) throws(InputError) {
        try open("{")
        if try next() == UInt8(ascii: "}") {
            close()
            return
        }
        while true {
            guard try next() == UInt8(ascii: "\"") else { throw problem("the name of a member in double quotes") }
            let key = try text()
            try take(":")
            try body(&self, key.utf8.count > 15 ? longKeys.insert(key).memberAfterInsert : key)
            if try take(",", or: "}") == UInt8(ascii: "}") { break }
        }
        depth -= 1
    }

    /// Steps through a list; `body` has to take each element.
    package mutating func list(_ body: (inout JSONParser) throws(InputError) -> Void) throws(InputError) {
        try open("[")
        if try next() == UInt8(ascii: "]") {
            close()
            return
        }
        while true {
            try body(&self)
            if try take(",", or: "]") == UInt8(ascii: "]") { break }
        }
        depth -= 1
    }

    /// Whether the next value is a list.
    package mutating func isAtList() throws(InputError) -> Bool { try next() == UInt8(ascii: "[") }

    package mutating func isAtObject() throws(InputError) -> Bool { try next() == UInt8(ascii: "{") }

    /// - Throws: when anything follows the value that was read.
    package mutating func end() throws(InputError) {
        skipBlanks()
        guard position == bytes.count else { throw problem("the end of the file") }
    }

    // MARK: Bytes

    private mutating func open(_ brace: Unicode.Scalar) throws(InputError) {
        try take(brace)
        depth += 1
        guard depth <= Self.deepest else {
            throw InputError(
                at: source, "is nested more than \(Self.deepest) levels deep.", remedy: "Is it a studyset?")
        }
    }

    private mutating func close() {
        position += 1
        depth -= 1
    }

    private mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x0A:
                line += 1
                lineStart = position + 1
            case 0x20, 0x09, 0x0D: break
            default: return
            }
            position += 1
        }
    }

    /// The next byte that is not blank; it stays.
    private mutating func next() throws(InputError) -> UInt8 {
        skipBlanks()
        guard position < bytes.count else { throw problem("a value") }
        return bytes[position]
    }

    private mutating func take(_ mark: Unicode.Scalar) throws(InputError) {
        skipBlanks()
        guard position < bytes.count, bytes[position] == UInt8(ascii: mark) else { throw problem("\"\(mark)\"") }
        position += 1
    }

    private mutating func take(_ a: Unicode.Scalar, or b: Unicode.Scalar) throws(InputError) -> UInt8 {
        skipBlanks()
        guard position < bytes.count, bytes[position] == UInt8(ascii: a) || bytes[position] == UInt8(ascii: b) else {
            throw problem("\"\(a)\" or \"\(b)\"")
        }
        position += 1
        return bytes[position - 1]
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(InputError) -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else { throw problem("a value") }
        position += word.utf8.count
        return value
    }

    private mutating func text() throws(InputError) -> String {
        let start = position + 1
        position = start
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: bytes[start..<(position - 1)], as: UTF8.self)
            case UInt8(ascii: "\\"): return try escapedText(from: start)
            case 0x0A:
                line += 1
                lineStart = position + 1
            default: break
            }
            position += 1
        }
        throw problem("the closing quote of a text")
    }

    private mutating func escapedText(from start: Int) throws(InputError) -> String {
        var content = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(&content)
            case 0x0A:
                line += 1
                lineStart = position
                content.append(byte)
            default: content.append(byte)
            }
        }
        throw problem("the closing quote of a text")
    }

    private mutating func escape(_ content: inout [UInt8]) throws(InputError) {
        guard position < bytes.count else { throw problem("the closing quote of a text") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if (0xD800..<0xDC00).contains(code), bytes[position...].starts(with: "\\u".utf8) {
                let mark = position
                position += 2
                let low = try hexadecimal()
                if (0xDC00..<0xE000).contains(low) {
                    code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
                } else {
                    position = mark
                }
            }
            content += Array(String(Character(Unicode.Scalar(code) ?? "\u{FFFD}")).utf8)
        default:
            position -= 1
            throw problem("one of \" \\ / b f n r t u after a backslash")
        }
    }

    private mutating func hexadecimal() throws(InputError) -> UInt32 {
        guard position + 4 <= bytes.count,
            let code = UInt32(String(decoding: bytes[position..<(position + 4)], as: UTF8.self), radix: 16)
        else { throw problem("four hexadecimal digits") }
        position += 4
        return code
    }

    /// Short decimal numbers are exact as whole number and power of ten; any others go through Swift's own reading.
    private mutating func number() throws(InputError) -> JSONValue {
        let start = position
        var digits = 0
        var mantissa = 0
        var decimals = 0
        var isPlain = true
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") { position += 1 }
        if position < bytes.count, bytes[position] == UInt8(ascii: "I") {
            return try word("Infinity", .null)
        }
        scan: while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if digits < 15 { mantissa = mantissa * 10 + Int(byte - UInt8(ascii: "0")) }
                digits += 1
                if decimals > 0 { decimals += 1 }
            case UInt8(ascii: "."):
                if decimals > 0 { isPlain = false }
                decimals += 1
            case UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"): isPlain = false
            default: break scan
            }
            position += 1
        }
        if isPlain, digits > 0, digits <= 15 {
            let value = Double(mantissa) / Self.powersOfTen[max(decimals - 1, 0)]
            return .number(bytes[start] == UInt8(ascii: "-") ? -value : value)
        }
        guard digits > 0, let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)) else {
            position = start
            throw problem("a value")
        }
        return value.isFinite ? .number(value) : .null
    }

    /// 10⁰ to 10¹⁵, all exact.
    private static let powersOfTen: [Double] = (0...15).map { power in (0..<power).reduce(1.0) { ten, _ in ten * 10 } }

    private func problem(_ expected: String) -> InputError {
        let found: String
        if position < bytes.count {
            let rest = bytes[position...].prefix(12).prefix { $0 != 0x0A && $0 != 0x0D }
            found = "\"\(String(decoding: rest, as: UTF8.self))\" stands"
        } else {
            found = "the file ends"
        }
        return InputError(
            at: SourceLocation(file: path, line: line, column: position - lineStart + 1),
            "is not JSON: \(found) where \(expected) was expected.",
            remedy: position < bytes.count
                ? "Save it anew from the program that wrote it." : "It may have been cut off; fetch it again.")
    }
}
