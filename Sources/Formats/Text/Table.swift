package import Evidence

/// A text table with a header row, as spreadsheets, R and SDM write them.
///
/// The header decides the separator: tab, else semicolon, else comma, else white space. Fields may be quoted with
/// `"` (doubled inside), also over several lines. Blank lines, lines of separators only, Excel's `sep=;` and lines starting
/// with `#` are skipped; empty columns at the right are dropped; a first column without a name in the header (R's row
/// names) is dropped too.
///
/// A comma in a number is a decimal mark only where the file proves it (``WrittenNumber``); else the cell is refused.
package struct Table: Sendable {
    package struct Row: Sendable {
        package let line: Int
        /// One per column; nil where missing (empty, `NA`, `n/a`, `NaN`, `#N/A`).
        package let fields: [String?]
    }

    package let path: String
    package let headerLine: Int
    package let columns: [String]
    package let rows: [Row]
    package private(set) var notices: [Notice] = []
    /// By column, whether a comma before three digits is a decimal mark in it.
    private var provesDecimalCommas: [Bool] = []
    /// Whether some number of the file has a comma that can only be a decimal mark.
    private var hasDecimalCommas = false

    /// Four times the cells of the largest table known to us; each takes sixteen bytes or more, however short its text.
    private static let mostCells = 20_000_000

    package init(_ file: TextFile) throws(InputError) {
        path = file.path
        let lines = try Self.logicalLines(file)
        guard let header = lines.first else {
            throw InputError(at: SourceLocation(file: file.path), "is empty; a table with a header row was expected.")
        }
        headerLine = header.number
        let separator = Self.separator(of: header.bytes)
        var names = try Self.fields(of: header, separator: separator, in: file)
        var cells: [(line: Int, fields: [String])] = []
        var errors = ErrorCollector()
        var count = names.count
        for line in lines.dropFirst() where !errors.isFull {
            let fields = errors.attempt { () throws(InputError) in
                try Self.fields(of: line, separator: separator, in: file)
            }
            guard let fields else { continue }
            count += fields.count
            guard count <= Self.mostCells else {
                throw InputError(
                    at: file.location(line.number), "the table has more than \(Self.mostCells) cells up to here.",
                    remedy: "Remove the columns that are not needed.")
            }
            cells.append((line.number, fields))
        }
        while let last = names.last, last.isEmpty, cells.allSatisfy({ Self.isBlank($0.fields, at: names.count - 1) }) {
            names.removeLast()
        }
        count = names.count
        if !cells.isEmpty, Self.haveRowNames(cells.map(\.fields), columns: count) {
            cells = cells.map { ($0.line, Array($0.fields.dropFirst())) }
            notices.append(
                Notice(
                    .note, code: "row-names", at: file.location(headerLine),
                    "rows have one field more than the header; the first was taken for row names and left out."))
        } else if names.first?.isEmpty == true {
            names.removeFirst()
            cells = cells.map { ($0.line, Array($0.fields.dropFirst())) }
        }
        columns = names
        try Self.checkNames(columns, at: file.location(headerLine))
        var rows: [Row] = []
        for (line, fields) in cells where !errors.isFull {
            let row = errors.attempt { () throws(InputError) in
                try Self.row(fields, columns: names, separator: separator, at: file.location(line))
            }
            if let row { rows.append(row) }
        }
        try errors.finish()
        self.rows = rows
        (provesDecimalCommas, hasDecimalCommas) = Self.provesDecimalCommas(rows, columns: columns.count)
    }

    /// The cells of another table in other rows and columns.
    init(reshaping other: Table, columns: [String], rows: [Row]) {
        path = other.path
        headerLine = other.headerLine
        self.columns = columns
        self.rows = rows
        (provesDecimalCommas, hasDecimalCommas) = Self.provesDecimalCommas(rows, columns: columns.count)
    }

    /// Lines with the rest of their quoted fields, without those that say nothing.
    private static func logicalLines(_ file: TextFile) throws(InputError) -> [TextFile.Line] {
        var lines: [TextFile.Line] = []
        var index = 0
        while index < file.lines.count {
            let line = file.lines[index]
            index += 1
            let text = line.bytes.trimmed
            if text.first == UInt8(ascii: "#") || TextFile.isSeparatorLine(line, isFirst: lines.isEmpty) { continue }
            guard !TextFile.quotesClose(text), beginsQuotedField(line.bytes) else {
                lines.append(line)
                continue
            }
            var whole = Array(line.bytes)
            var closes = false
            while !closes, index < file.lines.count {
                whole += [UInt8(ascii: " ")] + file.lines[index].bytes
                closes = !TextFile.quotesClose(file.lines[index].bytes)
                index += 1
            }
            guard closes else {
                throw InputError(
                    at: file.location(line.number), "a quoted field does not end.",
                    remedy: "Close it with a double quote.")
            }
            lines.append(TextFile.Line(number: line.number, bytes: whole[...]))
        }
        return lines
    }

    /// Whether some field begins with a quote; one within a text, such as 5" for inches, opens nothing.
    private static func beginsQuotedField(_ bytes: Bytes) -> Bool {
        var isStart = true
        for byte in bytes {
            if byte == UInt8(ascii: "\""), isStart { return true }
            if byte.isBlank {
                isStart = isStart || byte == UInt8(ascii: "\t")
            } else {
                isStart = byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";")
            }
        }
        return false
    }

    package func location(_ row: Row) -> SourceLocation { SourceLocation(file: path, line: row.line) }

    /// Position of a column, ignoring letter case.
    package func column(_ name: String) -> Int? {
        columns.firstIndex(of: name) ?? columns.firstIndex { $0.lowercased() == name.lowercased() }
    }

    /// - Throws: when there is no such column, with the nearest existing name.
    package func requiredColumn(_ name: String) throws(InputError) -> Int {
        if let index = column(name) { return index }
        throw InputError(
            at: SourceLocation(file: path, line: headerLine),
            "the table has no column \"\(name)\"; it has \(columns.map { "\"\($0)\"" }.joined(separator: ", ")).",
            remedy: Nearest.match(name, among: columns).map { "Rename \"\($0)\" to \"\(name)\"." }
                ?? "Add the column, with its name in the first row.")
    }

    /// The number in a cell; nil when missing.
    /// - Parameter isSmall: whether the quantity is below 1000 by its nature (millimetres, a t), so that a comma before three
    ///   digits cannot part thousands.
    package func number(_ row: Row, _ column: Int, isSmall: Bool = false) throws(InputError) -> Double? {
        guard let text = row.fields[column] else { return nil }
        if let value = try number(text, column: column, isSmall: isSmall, at: location(row)) { return value }
        throw InputError(
            at: location(row), "\(columns[column]) is \"\(text)\"; a number was expected.",
            remedy: "Write a decimal number, or NA when it is not known.")
    }

    /// The number that is written in `text`, a cell of `column`; nil when it is none.
    /// - Throws: when it can be read in two ways, or has separators of thousands.
    package func number(
        _ text: String, column: Int, isSmall: Bool = false, at source: SourceLocation
    ) throws(InputError) -> Double? {
        switch WrittenNumber(text) {
        case nil: return nil
        case .decimalComma(let value): return value
        case .plain(let value, _):
            // Whoever writes 31,5 may write 2.190 for two thousand.
            guard !isSmall, hasDecimalCommas, let thousands = WrittenNumber.thousands(withPoint: text) else {
                return value
            }
            throw InputError(
                at: source,
                "\(columns[column]) is \"\(text)\", in a table with decimal commas: it can be \(NumberText.text(thousands)) or "
                    + "\(NumberText.text(value)).",
                remedy: "Write \(NumberText.text(thousands)) if the point parts thousands; else write all numbers with "
                    + "decimal points.")
        case .ambiguousComma(let decimal, let thousands):
            if isSmall || provesDecimalCommas[column] { return decimal }
            throw InputError(
                at: source,
                "\(columns[column]) is \"\(text)\", which can be \(NumberText.text(thousands)) or "
                    + "\(NumberText.text(decimal)).",
                remedy: "Write \(NumberText.text(thousands)) if the comma parts thousands, "
                    + "\(text.replacing(",", with: ".")) if it is a decimal mark; the file does not prove either.")
        case .grouped(let value):
            throw InputError(
                at: source, "\(columns[column]) is \"\(text)\", with separators of thousands.",
                remedy: "Write \(NumberText.text(value)), without them.")
        }
    }

    /// The whole number in a cell; nil when missing.
    package func count(_ row: Row, _ column: Int) throws(InputError) -> Int? {
        guard let value = try number(row, column) else { return nil }
        guard value == value.rounded(), value >= 0, value <= 10_000_000 else {
            throw InputError(
                at: location(row),
                "\(columns[column]) is \(NumberText.text(value)); a whole number of participants was expected.")
        }
        return Int(value)
    }

    /// A column's cells as covariates: numbers when every cell that is not missing is one, else text.
    /// - Throws: for a column of numbers of which some can be read in two ways.
    package func covariates(_ column: Int) throws(InputError) -> [Experiment.Covariate] {
        let isNumeric = rows.allSatisfy { $0.fields[column].map { WrittenNumber($0) != nil } ?? true }
        var errors = ErrorCollector()
        var values: [Experiment.Covariate] = []
        for row in rows {
            guard let text = row.fields[column] else {
                values.append(.missing)
                continue
            }
            guard isNumeric else {
                values.append(.text(text))
                continue
            }
            let number = errors.attempt { () throws(InputError) in
                try self.number(text, column: column, at: location(row))
            }
            values.append((number ?? nil).map { .number($0) } ?? .text(text))
        }
        try errors.finish()
        return values
    }

    /// A warning for each of these columns whose cells are numbers but for a few: the whole column is text then, and cannot be
    /// a covariate in numbers, which nobody sees.
    package func nearlyNumeric(_ covariates: [Int]) -> [Notice] {
        covariates.compactMap { column in
            let cells = rows.compactMap { row in row.fields[column].map { (row, $0) } }
            let others = cells.filter { WrittenNumber($0.1) == nil }
            guard let (row, text) = others.first, Self.isNearlyNumeric(cells.map(\.1)) else { return nil }
            let more = others.count > 1 ? ", as \(others.count - 1) more" : ""
            return Notice(
                .warning, code: "column-nearly-numeric", at: location(row),
                "\(columns[column]) is \"\(text)\"\(more), while the other \(cells.count - others.count) cells are numbers; "
                    + "the column is taken for text.",
                remedy: "Correct the cell, or write NA if the number is not known.")
        }
    }

    /// Whether texts are numbers but for a few, or for marks such as a full stop, a dash and `#DIV/0!` in the place of numbers
    /// that are not there.
    package static func isNearlyNumeric(_ texts: [String]) -> Bool {
        let others = texts.filter { WrittenNumber($0) == nil }
        guard !others.isEmpty, texts.count - others.count >= 2 else { return false }
        return others.count * 4 <= texts.count
            || others.allSatisfy { $0.first == "#" || !$0.contains { $0.isLetter || $0.isNumber } }
    }

    /// A note when some number was written with a decimal comma.
    package var decimalCommaNotice: Notice? {
        for row in rows {
            for (column, field) in row.fields.enumerated() {
                guard let field, field.utf8.contains(UInt8(ascii: ",")) else { continue }
                switch WrittenNumber(field) {
                case .decimalComma: break
                case .ambiguousComma where provesDecimalCommas[column]: break
                default: continue
                }
                return Notice(
                    .note, code: "decimal-comma", at: location(row),
                    "numbers such as \(field) were read with a decimal comma.")
            }
        }
        return nil
    }

    /// Whether commas are decimal marks, by column.
    ///
    /// A number such as 31,5 or 0,125 proves it for the file, as long as no number of the file has a point; in a file that
    /// mixes both, only for columns without a point.
    private static func provesDecimalCommas(_ rows: [Row], columns: Int) -> (byColumn: [Bool], anywhere: Bool) {
        var withComma = [Bool](repeating: false, count: columns)
        var withPoint = withComma
        for row in rows {
            for (column, field) in row.fields.enumerated() {
                guard let field, let written = WrittenNumber(field) else { continue }
                switch written {
                case .decimalComma: withComma[column] = true
                case .plain(_, hasPoint: true): withPoint[column] = true
                case .grouped:
                    // Whoever parts thousands somewhere may do so anywhere.
                    withPoint[column] = true
                default: break
                }
            }
        }
        let isProven = withComma.contains(true) && !withPoint.contains(true)
        return ((0..<columns).map { isProven || withComma[$0] && !withPoint[$0] }, withComma.contains(true))
    }

    package static func isMissing(_ text: String) -> Bool {
        switch text {
        case "", "NA", "N/A", "n/a", "na", "NaN", "nan", "#N/A": true
        default: false
        }
    }

    /// Whether every row has one field more than the header, the first counting 1, 2, 3 ... as R writes them.
    private static func haveRowNames(_ rows: [[String]], columns: Int) -> Bool {
        rows.enumerated().allSatisfy { $1.count == columns + 1 && $1.first == String($0 + 1) }
    }

    private static func isBlank(_ fields: [String], at index: Int) -> Bool {
        index >= fields.count || fields[index].isEmpty
    }

    /// The first of tab, semicolon and comma that stands in the header outside of quotes.
    static func separator(of header: Bytes) -> UInt8? {
        var isInside = false
        let outside = header.filter { byte in
            if byte == UInt8(ascii: "\"") { isInside.toggle() }
            return !isInside
        }
        return [UInt8(ascii: "\t"), UInt8(ascii: ";"), UInt8(ascii: ",")].first { outside.contains($0) }
    }

    private static func checkNames(_ names: [String], at location: SourceLocation) throws(InputError) {
        var seen: Set<String> = []
        for (index, name) in names.enumerated() {
            guard !name.isEmpty else {
                throw InputError(
                    at: location, "column \(index + 1) has no name.", remedy: "Name it in the header row.")
            }
            guard seen.insert(name.lowercased()).inserted else {
                throw InputError(
                    at: location, "column \"\(name)\" stands twice in the header.", remedy: "Rename one of them.")
            }
        }
    }

    private static func row(
        _ fields: [String], columns: [String], separator: UInt8?, at location: SourceLocation
    ) throws(InputError) -> Row {
        var fields = fields
        while fields.count > columns.count, fields.last?.isEmpty == true { fields.removeLast() }
        guard fields.count <= columns.count else {
            throw InputError(
                at: location, "the row has \(fields.count) fields, the header \(columns.count).",
                remedy: separator == nil
                    ? "Put texts with spaces in double quotes, or separate the columns with tabs."
                    : "Remove the surplus field, or name its column in the header.")
        }
        guard separator != nil || fields.count == columns.count else {
            throw InputError(
                at: location, "the row has \(fields.count) fields, the header \(columns.count).",
                remedy: "Write NA for what is missing: with spaces between columns an empty cell cannot be seen.")
        }
        var cells: [String?] = fields.map { isMissing($0) ? nil : $0 }
        cells.append(contentsOf: repeatElement(nil, count: columns.count - cells.count))
        return Row(line: location.line ?? 0, fields: cells)
    }

    /// Fields of a line, without quotes and outer blanks.
    static func fields(
        of line: TextFile.Line, separator: UInt8?, in file: TextFile
    ) throws(InputError) -> [String] {
        let quote = UInt8(ascii: "\"")
        var fields: [String] = []
        var rest = line.bytes
        func isSeparator(_ byte: UInt8) -> Bool { separator.map { byte == $0 } ?? byte.isBlank }
        func skipBlanks() { while let byte = rest.first, byte.isBlank, byte != separator { rest.removeFirst() } }
        if separator == nil { rest = rest.trimmed }
        while true {
            skipBlanks()
            if rest.first == quote {
                rest.removeFirst()
                var content: [UInt8] = []
                while true {
                    guard let byte = rest.popFirst() else {
                        throw InputError(
                            at: file.location(line.number), "a quoted field does not end on its line.",
                            remedy: "Close it with a double quote.")
                    }
                    if byte != quote {
                        content.append(byte)
                    } else if rest.first == quote {
                        content.append(quote)
                        rest.removeFirst()
                    } else {
                        break
                    }
                }
                skipBlanks()
                if separator != nil, let byte = rest.first, !isSeparator(byte) {
                    throw InputError(
                        at: file.location(line.number), "text follows a quoted field.",
                        remedy: "Put a separator after it, or double the quotes inside it.")
                }
                fields.append(content[...].trimmed.text)
            } else {
                let end = rest.firstIndex(where: isSeparator) ?? rest.endIndex
                fields.append(rest[rest.startIndex..<end].trimmed.text)
                rest = rest[end...]
            }
            if separator == nil { skipBlanks() }
            guard let byte = rest.first else { return fields }
            if separator != nil, isSeparator(byte) {
                rest.removeFirst()
                if rest.isEmpty {
                    fields.append("")
                    return fields
                }
            }
        }
    }
}
