import Foundation

/// Names of the regions of a label image: which number means what.
public struct LabelTable: Hashable, Sendable {
    /// Region number in the image to name, as written in the table.
    public let names: [Int: String]

    public init(names: [Int: String]) { self.names = names }

    /// Reads a table. What it is written in is seen from the text:
    ///
    /// * **TSV** with a header that has a column `index` (or `id`, `label`, `value`) and a column `name` (BIDS
    ///   `dseg.tsv`), or without a header: number, tab, name;
    /// * **lines** of number and name, parted by blanks; a third column of numbers (MRIcron's `1 Precentral_L 2001`) or
    ///   several (FreeSurfer's colours) are left out, unless the names would no longer differ without them;
    /// * **FSL's XML**: `<label index="0" …>Frontal Pole</label>`. In an atlas of type `Probabilistic` the images of
    ///   highest probability hold index + 1, and so do the numbers here.
    ///
    /// Blank lines and lines that begin with `#` are passed over. Number 0 is background and never a region.
    /// - Parameters:
    ///   - text: the whole table.
    ///   - file: its name, for messages.
    public init(text: String, file: String) throws(AtlasError) {
        let names =
            text.contains("<label ")
            ? try Self.parseXML(text, file: file) : try Self.parseLines(text, file: file)
        guard !names.isEmpty else {
            throw AtlasError(
                file: file, message: "no region found in the table",
                remedy: "Expected lines of a number and a name, such as '1 Precentral_L'.")
        }
        self.names = names
    }

    public init(contentsOf path: String) throws(AtlasError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw AtlasError(file: path, message: "the table of names cannot be read", remedy: "Is it there?")
        }
        try self.init(text: String(decoding: data, as: UTF8.self), file: path)
    }

    private struct Entry {
        var id: Int
        var fields: [Substring]
    }

    private static func parseLines(_ text: String, file: String) throws(AtlasError) -> [Int: String] {
        var entries: [Entry] = []
        var columns = (index: 0, name: 1)
        var isFirst = true
        for (number, rawLine) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
        {
            let line = rawLine.drop(while: { $0 == "\u{FEFF}" })
            if line.allSatisfy(\.isWhitespace) || line.first == "#" { continue }
            let isTabbed = line.contains("\t")
            let fields =
                isTabbed
                ? line.split(separator: "\t", omittingEmptySubsequences: false)
                : line.split(whereSeparator: \.isWhitespace)
            defer { isFirst = false }
            if isFirst, let header = header(fields) {
                columns = header
                continue
            }
            guard fields.count > max(columns.index, columns.name), let id = Int(trimmed(fields[columns.index])) else {
                throw AtlasError(
                    file: file, line: number + 1, message: "found '\(line.prefix(60))', expected a number and a name",
                    remedy: "Write one region on each line, such as '1 Precentral_L'.")
            }
            entries.append(
                Entry(id: id, fields: isTabbed ? [trimmed(fields[columns.name])] : Array(fields.dropFirst())))
        }
        return names(of: entries)
    }

    /// Columns of number and name when the first line is a header.
    private static func header(_ fields: [Substring]) -> (index: Int, name: Int)? {
        let titles = fields.map { trimmed($0).lowercased() }
        guard let name = titles.firstIndex(of: "name"),
            let index = titles.firstIndex(where: { ["index", "id", "label", "value"].contains($0) })
        else { return nil }
        return (index, name)
    }

    private static func names(of entries: [Entry]) -> [Int: String] {
        let regions = entries.filter { $0.id != 0 }
        let full = regions.map { $0.fields.joined(separator: " ") }
        let short = regions.map { entry in
            entry.fields.dropFirst().allSatisfy { Double($0) != nil } ? String(entry.fields[0]) : nil
        }
        let canShorten = short.allSatisfy { $0 != nil } && Set(short).count == Set(full).count
        return Dictionary(
            zip(regions.map(\.id), canShorten ? short.compactMap { $0 } : full), uniquingKeysWith: { first, _ in first }
        )
    }

    private static func parseXML(_ text: String, file: String) throws(AtlasError) -> [Int: String] {
        let offset = text.contains("<type>Probabilistic</type>") ? 1 : 0
        var names: [Int: String] = [:]
        for piece in text.components(separatedBy: "<label ").dropFirst() {
            guard let open = piece.firstIndex(of: ">"), let close = piece.range(of: "</label>"),
                open < close.lowerBound,
                let index = piece[..<open].components(separatedBy: "index=\"").dropFirst().first,
                let id = Int(index.prefix { $0 != "\"" })
            else {
                throw AtlasError(
                    file: file,
                    message: "found '<label \(piece.prefix(40))', expected '<label index=\"0\" …>name</label>'",
                    remedy: "Is this an atlas description of FSL?")
            }
            let name = trimmed(piece[piece.index(after: open)..<close.lowerBound])
            if id + offset != 0 {
                names[id + offset] = name.replacingOccurrences(of: "&amp;", with: "&")
            }
        }
        return names
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let head = text.drop(while: \.isWhitespace)
        guard let last = head.lastIndex(where: { !$0.isWhitespace }) else { return head }
        return head[...last]
    }
}

/// An atlas that cannot be used. Its description is `file:line: what. How to mend it.`
public struct AtlasError: Error, Hashable, Sendable, CustomStringConvertible {
    public var file: String
    /// One-based; nil when the whole file is meant.
    public var line: Int?
    public var message: String
    public var remedy: String

    public init(file: String, line: Int? = nil, message: String, remedy: String) {
        self.file = file
        self.line = line
        self.message = message
        self.remedy = remedy
    }

    public var description: String {
        "\(file)\(line.map { ":\($0)" } ?? ""): \(message). \(remedy)"
    }
}
