package import Evidence
import Foundation

/// A text input as UTF-8 bytes, cut into numbered lines.
///
/// Takes what spreadsheets and editors write: UTF-8 with or without byte-order mark, UTF-16 with one, Windows-1252;
/// line ends LF, CRLF or CR; gzip. Spaces of other widths become plain ones, and characters that cannot be seen go.
package struct TextFile: Sendable {
    package struct Line: Sendable {
        /// One-based.
        package let number: Int
        /// Without the line end.
        package let bytes: Bytes

        package var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// Largest text that is read, bytes: a hundred times the largest table known to us.
    package static let sizeLimit = 256 << 20

    /// Most lines that are read: ten times the lines of the largest table known to us. Each takes memory, even an empty one.
    package static let lineLimit = 5_000_000

    package let path: String
    package let lines: [Line]

    /// - Throws: when the file is missing, too large, or not text.
    package init(path: String) throws(InputError) {
        try self.init(
            path: path, bytes: try InputBytes.read(path, limit: Self.sizeLimit, called: "text file"))
    }

    /// - Parameter path: name for messages.
    package init(path: String, bytes: [UInt8]) throws(InputError) {
        self.path = path
        let plain = try Self.plain(bytes, path: path)
        let ends = plain.count { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        guard ends <= 2 * Self.lineLimit else { throw Self.tooManyLines(path) }
        let lines = Self.lines(of: plain)
        guard lines.count <= Self.lineLimit else { throw Self.tooManyLines(path) }
        self.lines = lines
    }

    package func location(_ line: Int) -> SourceLocation { SourceLocation(file: path, line: line) }

    private static func tooManyLines(_ path: String) -> InputError {
        InputError(
            at: SourceLocation(file: path), "has more than \(lineLimit) lines.",
            remedy: "Remove empty lines, or split the table.")
    }

    /// UTF-8 without byte-order mark and without invisible characters.
    private static func plain(_ bytes: [UInt8], path: String) throws(InputError) -> [UInt8] {
        var bytes = bytes
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            guard let text = String(data: Data(bytes), encoding: .utf16) else {
                throw InputError(
                    at: SourceLocation(file: path), "starts like UTF-16 text but is not.",
                    remedy: "Save it as UTF-8 text.")
            }
            bytes = Array(text.utf8)
        }
        if let position = bytes.firstIndex(of: 0) {
            throw InputError(
                at: SourceLocation(file: path), "is not text: byte \(position + 1) is zero.",
                remedy: "Export it as tab-separated or plain UTF-8 text.")
        }
        guard bytes.contains(where: { $0 >= 0x80 }) else { return bytes }
        if String(validating: bytes, as: UTF8.self) == nil {
            let data = Data(bytes)
            let text = String(data: data, encoding: .windowsCP1252) ?? String(data: data, encoding: .isoLatin1)
            bytes = Array((text ?? String(decoding: bytes, as: UTF8.self)).utf8)
        }
        return withoutInvisibles(bytes)
    }

    /// Plain spaces for those of other widths, line ends for the rarer ones, and nothing for what cannot be seen.
    private static func withoutInvisibles(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            guard byte >= 0xC2, let (scalar, length) = scalar(bytes, index) else {
                result.append(byte)
                index += 1
                continue
            }
            if InvisibleCharacters.isSpace(scalar) {
                result.append(UInt8(ascii: " "))
            } else if InvisibleCharacters.isLineEnd(scalar) {
                result.append(UInt8(ascii: "\n"))
            } else if !InvisibleCharacters.isFormat(scalar) {
                result += bytes[index..<(index + length)]
            }
            index += length
        }
        return result
    }

    /// The character of two or three bytes that starts here; the text is known to be UTF-8.
    private static func scalar(_ bytes: [UInt8], _ index: Int) -> (Unicode.Scalar, Int)? {
        let lead = UInt32(bytes[index])
        let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 0
        guard length > 0, index + length <= bytes.count else { return nil }
        var code = length == 2 ? lead & 0x1F : lead & 0x0F
        for byte in bytes[(index + 1)..<(index + length)] { code = code << 6 | UInt32(byte & 0x3F) }
        return Unicode.Scalar(code).map { ($0, length) }
    }

    private static func lines(of bytes: [UInt8]) -> [Line] {
        var lines: [Line] = []
        var start = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                lines.append(Line(number: lines.count + 1, bytes: bytes[start..<index]))
                let isPair =
                    byte == UInt8(ascii: "\r") && index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "\n")
                index += isPair ? 2 : 1
                start = index
            } else {
                index += 1
            }
        }
        if start < bytes.count { lines.append(Line(number: lines.count + 1, bytes: bytes[start...])) }
        return lines
    }
}
