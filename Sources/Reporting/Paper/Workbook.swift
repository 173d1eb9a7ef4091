import Evidence
import Figures

/// Writes tables as an Office Open XML workbook (ECMA-376, part 1), a sheet a table, for Excel, LibreOffice and readers.
///
/// The least that they all open: no shared strings (text stands in its cell), one style of bold for headings. The same
/// tables give the same bytes.
public struct Workbook: Sendable {
    public let tables: [PaperTable]

    public init(_ tables: [PaperTable]) { self.tables = tables }

    public func bytes() throws(ZipArchive.TooLarge) -> [UInt8] {
        var archive = ZipArchive()
        for (name, text) in parts { archive.add(name, Array(text.utf8)) }
        return try archive.bytes()
    }

    private static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
    private static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    private static let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    private static let package = "http://schemas.openxmlformats.org/package/2006"
    private static let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"

    /// The files within, by path.
    var parts: [(name: String, text: String)] {
        let numbers = tables.indices.map { $0 + 1 }
        let overrides = numbers.map {
            "<Override PartName=\"/xl/worksheets/sheet\($0).xml\" ContentType=\"\(Self.kind).worksheet+xml\"/>"
        }
        let sheets = zip(numbers, sheetNames).map { number, name in
            "<sheet name=\"\(HTML.escape(name))\" sheetId=\"\(number)\" r:id=\"rId\(number)\"/>"
        }
        let links = numbers.map {
            "<Relationship Id=\"rId\($0)\" Type=\"\(Self.office)/worksheet\" Target=\"worksheets/sheet\($0).xml\"/>"
        }
        let styles =
            "<Relationship Id=\"rId\(tables.count + 1)\" Type=\"\(Self.office)/styles\" Target=\"styles.xml\"/>"
        let all: [(String, String)] = [
            (
                "[Content_Types].xml",
                "<Types xmlns=\"\(Self.package)/content-types\">"
                    + "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
                    + "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
                    + "<Override PartName=\"/xl/workbook.xml\" ContentType=\"\(Self.kind).sheet.main+xml\"/>"
                    + "<Override PartName=\"/xl/styles.xml\" ContentType=\"\(Self.kind).styles+xml\"/>"
                    + "\(overrides.joined())</Types>"
            ),
            (
                "_rels/.rels",
                "<Relationships xmlns=\"\(Self.package)/relationships\"><Relationship Id=\"rId1\" "
                    + "Type=\"\(Self.office)/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
            (
                "xl/workbook.xml",
                "<workbook xmlns=\"\(Self.main)\" xmlns:r=\"\(Self.office)\"><sheets>\(sheets.joined())</sheets></workbook>"
            ),
            (
                "xl/_rels/workbook.xml.rels",
                "<Relationships xmlns=\"\(Self.package)/relationships\">\(links.joined())\(styles)</Relationships>"
            ),
            ("xl/styles.xml", Self.styles),
        ]
        let pages = zip(numbers, tables).map { ("xl/worksheets/sheet\($0).xml", Self.sheet($1)) }
        return (all + pages).map { ($0.0, Self.declaration + $0.1) }
    }

    private static let styles =
        "<styleSheet xmlns=\"\(main)\"><fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font>"
        + "<font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>"
        + "<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill>"
        + "<fill><patternFill patternType=\"gray125\"/></fill></fills>"
        + "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
        + "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>"
        + "<cellXfs count=\"2\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>"
        + "<xf numFmtId=\"0\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\"/></cellXfs>"
        + "<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>"

    /// At most 31 characters, none of `[]:*?/\`, no two alike whatever their case.
    var sheetNames: [String] {
        var taken: Set<String> = []
        return tables.map { table in
            let safe = String(table.name.map { "[]:*?/\\'".contains($0) ? "_" : $0 })
            let base = String(safe.prefix(31))
            var name = base.isEmpty ? "table" : base
            var number = 2
            while !taken.insert(name.lowercased()).inserted {
                let suffix = "-\(number)"
                name = String(base.prefix(31 - suffix.count)) + suffix
                number += 1
            }
            return name
        }
    }

    /// Title, headings, rows, notes.
    private static func sheet(_ table: PaperTable) -> String {
        var rows = [row(1, [cell(column: 0, row: 1, table.title, isNumeric: false, isBold: true)])]
        let headings = table.columns.enumerated().map { index, column in
            cell(column: index, row: 2, column.heading, isNumeric: false, isBold: true)
        }
        rows.append(row(2, headings))
        for (number, texts) in table.rows.enumerated() {
            let cells = zip(table.columns, texts).enumerated().map { index, pair in
                cell(column: index, row: number + 3, pair.1, isNumeric: pair.0.isNumeric, isBold: false)
            }
            rows.append(row(number + 3, cells))
        }
        for (number, note) in table.notes.enumerated() {
            let line = table.rows.count + 4 + number
            rows.append(row(line, [cell(column: 0, row: line, note, isNumeric: false, isBold: false)]))
        }
        return "<worksheet xmlns=\"\(main)\"><sheetData>\(rows.joined())</sheetData></worksheet>"
    }

    private static func row(_ number: Int, _ cells: [String]) -> String {
        "<row r=\"\(number)\">\(cells.joined())</row>"
    }

    /// A number where the column has numbers and the text is one, with a true minus sign or not; else text.
    private static func cell(column: Int, row: Int, _ text: String, isNumeric: Bool, isBold: Bool) -> String {
        guard !text.isEmpty else { return "" }
        let place = "r=\"\(letters(column))\(row)\"\(isBold ? " s=\"1\"" : "")"
        let plain = text.replacing("\u{2212}", with: "-")
        // Swift reads hexadecimal numbers too, which a workbook does not.
        let isDecimal = plain.allSatisfy { "0123456789.-eE".contains($0) }
        if isNumeric, isDecimal, let value = Double(plain), value.isFinite { return "<c \(place)><v>\(plain)</v></c>" }
        return "<c \(place) t=\"inlineStr\"><is><t xml:space=\"preserve\">\(HTML.escape(text))</t></is></c>"
    }

    /// `A` … `Z`, `AA` …
    static func letters(_ column: Int) -> String {
        var rest = column
        var name = ""
        repeat {
            name = String(Character(UnicodeScalar(UInt8(ascii: "A") + UInt8(rest % 26)))) + name
            rest = rest / 26 - 1
        } while rest >= 0
        return name
    }
}
