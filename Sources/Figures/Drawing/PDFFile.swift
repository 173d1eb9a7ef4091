import Foundation
import Imaging

/// Numbered objects of a PDF file, and the table that says where each begins.
struct PDFFile {
    private var bytes = Array("%PDF-1.4\n%\u{E2}\u{E3}\n".utf8)
    private var offsets: [Int] = []

    /// The next object.
    mutating func add(_ content: String) {
        offsets.append(bytes.count)
        bytes += Array("\(offsets.count) 0 obj\n\(content)\nendobj\n".utf8)
    }

    /// The next object, compressed.
    mutating func add(stream content: [UInt8], _ entries: String) {
        let packed = Zlib.compress(content, level: 7)
        offsets.append(bytes.count)
        let head = "\(offsets.count) 0 obj\n<< \(entries)/Filter /FlateDecode /Length \(packed.count) >>\nstream\n"
        bytes += Array(head.utf8) + packed + Array("\nendstream\nendobj\n".utf8)
    }

    /// The whole file, with cross-reference table and trailer.
    func finished(root: Int, information: Int) -> [UInt8] {
        let start = bytes.count
        let rows = offsets.map { offset in
            let digits = String(offset)
            return String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n"
        }
        let table = "xref\n0 \(offsets.count + 1)\n0000000000 65535 f \n" + rows.joined()
        let trailer =
            "trailer\n<< /Size \(offsets.count + 1) /Root \(root) 0 R /Info \(information) 0 R >>\nstartxref\n\(start)\n%%EOF\n"
        return bytes + Array((table + trailer).utf8)
    }

    /// A text string in UTF-16, which takes every character.
    static func string(_ text: String) -> String {
        let digits = text.utf16.map { unit in
            let hex = String(unit, radix: 16)
            return String(repeating: "0", count: 4 - hex.count) + hex
        }
        return "<FEFF\(digits.joined())>"
    }
}
