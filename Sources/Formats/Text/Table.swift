package import Evidence

/// A text table with a header row, as spreadsheets, R and SDM write them.
///
/// The header decides the separator: tab, else semicolon, else comma, else white space. Fields may be quoted with
/// `"` (doubled inside). Blank lines and lines starting with `#` are skipped; empty columns at the right are dropped;
/// a first column without a name in the header (R's row names) is dropped too.
package struct Table: Sendable {
    package struct Row: Sendable {
        package let line: Int
        /// One per column; nil where missing (empty, `NA`, `n/a`, `NaN`).
        package let fields: [String?]
    }

    package let path: String
    package let headerLine: Int
    package let columns: [String]
    package let rows: [Row]
    /// Whether a comma inside a field can be a decimal mark.
    package let commasAreDecimal: Bool
    package private(set) var notices: [Notice] = []

    package init(_ file: TextFile) throws(InputError) {
        path = file.path
        let lines = file.lines.filter { line in
            let text = line.bytes.trimmed
            return !text.isEmpty && text.first != UInt8(ascii: "#")
        }
        guard let header = lines.first else {
            throw InputError(at: SourceLocation(file: file.path), "is empty; a table with a header row was expected.")
        }
        headerLine = header.number
        let separator = Self.separator(of: header.bytes)
        commasAreDecimal = separator != UInt8(ascii: ",")
        var names = try Self.fields(of: header, separator: separator, in: file)
        var cells: [(line: Int, fields: [String])] = []
        for line in lines.dropFirst() {
            cells.append((line.number, try Self.fields(of: line, separator: separator, in: file)))
        }
        while let last = names.last, last.isEmpty, cells.allSatisfy({ Self.isBlank($0.fields, at: names.count - 1) }) {
            names.removeLast()
        }
        let count = names.count
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
        for (line, fields) in cells {
            rows.append(try Self.row(fields, columns: columns, separator: separator, at: file.location(line)))
        }
        self.rows = rows
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
    package func number(_ row: Row, _ column: Int) throws(InputError) -> Double? {
        guard let text = row.fields[column] else { return nil }
        if let value = NumberText.parse(text, decimalComma: commasAreDecimal) { return value }
        throw InputError(
            at: location(row), "\(columns[column]) is \"\(text)\"; a number was expected.",
            remedy: "Write a decimal number, or NA when it is not known.")
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
    package func covariates(_ column: Int) -> [Experiment.Covariate] {
        let numbers = rows.map { row in
            row.fields[column].map { NumberText.parse($0, decimalComma: commasAreDecimal) }
        }
        let isNumeric = numbers.allSatisfy { $0 != .some(nil) }
        return zip(rows, numbers).map { row, number in
            guard let text = row.fields[column] else { return .missing }
            if isNumeric, case .some(.some(let value)) = number { return .number(value) }
            return .text(text)
        }
    }

    /// A note when some number was written with a decimal comma.
    package var decimalCommaNotice: Notice? {
        guard commasAreDecimal else { return nil }
        for row in rows {
            for field in row.fields {
                guard let field, field.utf8.contains(UInt8(ascii: ",")) else { continue }
                guard NumberText.parse(field, decimalComma: true) != nil else { continue }
                return Notice(
                    .note, code: "decimal-comma", at: location(row),
                    "numbers such as \(field) were read with a decimal comma.")
            }
        }
        return nil
    }

    package static func isMissing(_ text: String) -> Bool {
        switch text {
        case "", "NA", "N/A", "n/a", "na", "NaN", "nan": true
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

    private static func separator(of header: Bytes) -> UInt8? {
        for candidate in [UInt8(ascii: "\t"), UInt8(ascii: ";"), UInt8(ascii: ",")] where header.contains(candidate) {
            return candidate
        }
        return nil
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
    private static func fields(
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
