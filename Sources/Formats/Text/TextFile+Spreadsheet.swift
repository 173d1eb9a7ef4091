import Evidence

/// What spreadsheets make of a text of lines when they save it: quotes around cells that hold a comma, a quote or a line
/// end, separators for empty cells, and a first line `sep=;`.
extension TextFile {
    /// The lines as they were typed, for readers of lines (Sleuth, SDM peaks). Lines keep the number they begin at.
    ///
    /// - Throws: when a quoted cell never ends.
    func typedLines() throws(InputError) -> [Line] {
        var typed: [Line] = []
        var index = 0
        while index < lines.count {
            let line = lines[index]
            index += 1
            let bytes = line.bytes.trimmed
            if Self.isSeparatorLine(line, isFirst: typed.isEmpty) { continue }
            guard Self.hasQuotedCell(bytes) else {
                typed.append(line)
                continue
            }
            var whole = Array(bytes)
            var closes = Self.quotesClose(bytes)
            while !closes, index < lines.count {
                whole += [UInt8(ascii: " ")] + lines[index].bytes
                if !Self.quotesClose(lines[index].bytes) { closes = true }
                index += 1
            }
            guard closes else {
                throw InputError(
                    at: location(line.number), "a cell in double quotes does not end.",
                    remedy: "Close it with a double quote, or remove the quote before it.")
            }
            let content = Self.unquoted(whole[...])
            if !content.trimmed.isEmpty { typed.append(Line(number: line.number, bytes: content)) }
        }
        return typed
    }

    /// Whether a cell begins with a quote: at the start of the line, or right behind a separator in a line of numbers.
    private static func hasQuotedCell(_ bytes: Bytes) -> Bool {
        let quote = UInt8(ascii: "\"")
        if bytes.first == quote { return true }
        guard bytes.first != UInt8(ascii: "/"), bytes.first != UInt8(ascii: "#"), let mark = bytes.firstIndex(of: quote)
        else { return false }
        return "\t,;".utf8.contains(bytes[mark - 1])
    }

    /// `sep=;`, which Excel writes and reads, or separators, quotes and blanks and nothing else.
    static func isSeparatorLine(_ line: Line, isFirst: Bool) -> Bool {
        let bytes = line.bytes.trimmed
        if bytes.isEmpty { return true }
        if isFirst, bytes.count <= 5, bytes.text.lowercased().hasPrefix("sep=") { return true }
        return bytes.allSatisfy { $0.isBlank || ",;\"".utf8.contains($0) }
    }

    /// Whether quotes stand in pairs: one that opens a cell is closed, and one inside a cell is doubled.
    static func quotesClose(_ bytes: Bytes) -> Bool { bytes.count { $0 == UInt8(ascii: "\"") } % 2 == 0 }

    /// A line of quoted cells as it was typed.
    ///
    /// One cell is the line itself. Cells that hold decimal commas are parted by semicolons, others as they were.
    private static func unquoted(_ bytes: Bytes) -> Bytes {
        var cells: [[UInt8]] = []
        var separator = UInt8(ascii: "\t")
        var cell: [UInt8] = []
        var isInside = false
        var rest = bytes
        let quote = UInt8(ascii: "\"")
        while let byte = rest.popFirst() {
            if byte == quote {
                if isInside, rest.first == quote {
                    cell.append(quote)
                    rest.removeFirst()
                } else {
                    isInside.toggle()
                }
            } else if !isInside, "\t,;".utf8.contains(byte) {
                separator = byte
                cells.append(cell)
                cell = []
            } else {
                cell.append(byte)
            }
        }
        cells.append(cell)
        while cells.last?[...].trimmed.isEmpty == true { cells.removeLast() }
        let comma = UInt8(ascii: ",")
        if cells.count > 1, separator == comma, cells.contains(where: { $0.contains(comma) }) {
            separator = UInt8(ascii: ";")
        }
        return Array(cells.joined(separator: [separator]))[...]
    }
}
