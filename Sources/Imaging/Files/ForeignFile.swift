/// A file of a kind that no reader here takes, recognised by its first bytes, whatever its name says.
///
/// People save tables from word processors, download the page about a file in place of the file, and check out
/// repositories without the content of their large files. A complaint about byte 12 or about a missing column does not
/// tell them which of these happened.
package struct ForeignFile: Hashable, Sendable {
    /// What was to be read.
    package enum Purpose: Sendable {
        case text, image
    }

    /// With its article: "an Excel workbook (.xlsx)".
    package let name: String
    /// How to get from it to what can be read.
    package let remedy: String

    private init(_ name: String, _ remedy: String) {
        self.name = name
        self.remedy = remedy
    }

    /// - Parameter bytes: the beginning of the file's content; of archives as much as there is, since what they hold is
    ///   listed further on.
    /// - Returns: nil for what may be what was wanted.
    package init?(_ bytes: [UInt8], wanted purpose: Purpose) {
        guard let found = Self.pointer(bytes) ?? Self.document(bytes) ?? Self.binary(bytes, purpose) else { return nil }
        self = found
    }

    private static func begins(_ bytes: [UInt8], _ text: String, at offset: Int = 0) -> Bool {
        bytes.count >= offset + text.utf8.count && bytes[offset...].starts(with: text.utf8)
    }

    /// Beginning of a text, in lower case and without blanks and byte-order mark before it.
    private static func opening(_ bytes: [UInt8]) -> String {
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while start < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[start]) { start += 1 }
        return String(decoding: bytes[start...].prefix(64), as: UTF8.self).lowercased()
    }

    /// What stands for a large file in a repository when its content was not fetched.
    private static func pointer(_ bytes: [UInt8]) -> ForeignFile? {
        if begins(bytes, "version https://git-lfs.github.com/spec/") {
            return ForeignFile(
                "a Git LFS pointer: the file itself was not downloaded",
                "Fetch it with git lfs pull, or download the raw file.")
        }
        let text = opening(bytes)
        if bytes.count < 1024, text.hasPrefix("/annex/objects/") || text.contains(".git/annex/objects/") {
            return ForeignFile(
                "a git-annex pointer: the file itself was not downloaded", "Fetch it with git annex get or datalad get."
            )
        }
        return nil
    }

    private static func document(_ bytes: [UInt8]) -> ForeignFile? {
        if begins(bytes, "{\\rtf") {
            return ForeignFile(
                "a rich-text document (RTF), as TextEdit and WordPad save by default",
                "Save it as plain text: Format > Make Plain Text in TextEdit, Save as > Text Document in WordPad.")
        }
        if begins(bytes, "%PDF") {
            return ForeignFile("a PDF document", "Copy its table into a plain text or a tab-separated table.")
        }
        if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) || bytes.starts(with: [0x50, 0x4B, 0x05, 0x06]) {
            return archive(bytes)
        }
        if bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            return ForeignFile("an old Word or Excel document (.doc, .xls)", Self.saveAsText)
        }
        let text = opening(bytes)
        if ["<!doctype html", "<html", "<head", "<body", "<script"].contains(where: text.hasPrefix) {
            return ForeignFile(
                "a web page (HTML), perhaps the page about the file in place of the file",
                "Download the raw file itself, and look at what the page says.")
        }
        if text.hasPrefix("<?xml") || text.hasPrefix("<svg") {
            return ForeignFile("an XML document", saveAsText)
        }
        return nil
    }

    private static let saveAsText =
        "Save its sheet or text as tab-delimited or CSV text in UTF-8 (in Excel: Save As > Text (Tab delimited))."

    /// Office documents are zip archives, told apart by the names of what they hold.
    private static func archive(_ bytes: [UInt8]) -> ForeignFile {
        func holds(_ name: String) -> Bool {
            let name = Array(name.utf8)
            // Names stand at the start of each entry, and all of them at the end of the file.
            let parts = [bytes.prefix(8192), bytes.suffix(65536)]
            return parts.contains { part in
                part.indices.dropLast(name.count - 1).contains { part[$0] == name[0] && part[$0...].starts(with: name) }
            }
        }
        if holds("xl/") { return ForeignFile("an Excel workbook (.xlsx)", saveAsText) }
        if holds("word/") { return ForeignFile("a Word document (.docx)", saveAsText) }
        if holds("opendocument.spreadsheet") { return ForeignFile("an OpenDocument spreadsheet (.ods)", saveAsText) }
        if holds("opendocument.text") { return ForeignFile("an OpenDocument text (.odt)", saveAsText) }
        if holds("Index/") && holds(".iwa") { return ForeignFile("a Numbers or Pages document", saveAsText) }
        return ForeignFile("a zip archive", "Unpack it, and point to the file or folder in it.")
    }

    private static func binary(_ bytes: [UInt8], _ purpose: Purpose) -> ForeignFile? {
        let unpack = "Unpack it first; of packed files only gzip is read."
        let kinds: [(start: [UInt8], name: String, remedy: String)] = [
            (
                [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A], "a picture (PNG)",
                "Give the numbers that it shows, not the picture."
            ),
            ([0xFF, 0xD8, 0xFF], "a picture (JPEG)", "Give the numbers that it shows, not the picture."),
            (Array("GIF8".utf8), "a picture (GIF)", "Give the numbers that it shows, not the picture."),
            ([0x42, 0x5A, 0x68, 0x39], "packed with bzip2", unpack),
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "packed with xz", unpack),
            ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "a 7-Zip archive", unpack),
            ([0x28, 0xB5, 0x2F, 0xFD], "packed with Zstandard", unpack),
            (Array("MATLAB 5.0".utf8), "a MATLAB file (.mat)", "Write its numbers as text or as a NIfTI image."),
            (Array("$FL2".utf8), "an SPSS file (.sav)", "Export it as tab-separated text."),
            ([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A], "an HDF5 file", "Write its content as text or as a NIfTI image."),
            ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], "a NumPy file (.npy)", "Write it as text or as a NIfTI image."),
            (Array("RDX".utf8), "an R workspace (.RData)", "Write its table with write.table or write.csv."),
            (Array("bplist00".utf8), "a binary property list", "Save it as plain text."),
        ]
        if let kind = kinds.first(where: { bytes.starts(with: $0.start) }) {
            return ForeignFile(kind.name, kind.remedy)
        }
        guard purpose == .text else { return nil }
        let isImage =
            [[0x5C, 1, 0, 0], [0, 0, 1, 0x5C], [0x1C, 2, 0, 0], [0, 0, 2, 0x1C]].contains {
                bytes.count >= 348 && bytes.starts(with: $0)
            }
        guard isImage else { return nil }
        return ForeignFile(
            "a brain image (NIfTI), not text",
            "Put it in the maps/ folder of a project whose studies.tsv names the experiment.")
    }
}
