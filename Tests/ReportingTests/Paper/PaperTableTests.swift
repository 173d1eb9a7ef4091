import Foundation
import Reporting
import Testing

@Suite("Tables for a paper")
struct PaperTableTests {
    private static let table = PaperTable(
        name: "clusters_all", title: "Clusters & co", columns: [.init("Cluster", isNumeric: true), .init("Region")],
        rows: [["1", "50 % of a_b | <c> #1 {x} $y ~ ^ \\"], ["\u{2212}2", "τ² ≤ 3"]], notes: ["A note."])

    @Test("LaTeX: what the language takes for its own is escaped; a minus sign, τ² and ≤ become commands")
    func laTeX() {
        let text = Self.table.laTeX
        #expect(text.contains("\\caption{Clusters \\& co}\\label{tab:clusters_all}"))
        #expect(
            text.contains(
                "1 & 50 \\% of a\\_b \\textbar{} \\textless{}c\\textgreater{} \\#1 \\{x\\} \\$y \\textasciitilde{} "
                    + "\\textasciicircum{} \\textbackslash{} \\\\\n"))
        #expect(text.contains("$-$2 & $\\tau$\\textsuperscript{2} $\\leq$ 3 \\\\\n"))
        for rule in ["\\toprule", "\\midrule", "\\bottomrule", "\\begin{tabular}{rp{3cm}}"] {
            #expect(text.contains(rule))
        }
        // Braces pair, or LaTeX stops: those that are escaped are text.
        let bare = text.replacing("\\{", with: "").replacing("\\}", with: "")
        #expect(bare.count { $0 == "{" } == bare.count { $0 == "}" })
    }

    @Test("LaTeX: a row that begins with a bracket or a star is no argument of the end of the row above")
    func arguments() {
        let table = PaperTable(name: "a", title: "A", columns: [.init("*n")], rows: [["[1]"], ["2"]])
        let text = table.laTeX
        #expect(text.contains("\\toprule\n{}*n \\\\\n\\midrule\n{}[1] \\\\\n2 \\\\\n"), "\(text)")
    }

    @Test("LaTeX: columns of long texts break over lines, or the table would run off the page")
    func wide() {
        let words = Array(repeating: "gyrus", count: 20).joined(separator: " ")
        let table = PaperTable(
            name: "a", title: "A", columns: [.init("n", isNumeric: true), .init("a"), .init("b")],
            rows: [["1", "x", words]])
        #expect(table.laTeX.contains("\\begin{tabular}{rlp{5cm}}"))
    }

    @Test("a table longer than a page breaks over pages with its head on each")
    func long() {
        let table = PaperTable(
            name: "long", title: "Long", columns: [.init("a")], rows: (0..<50).map { ["\($0)"] })
        #expect(table.laTeX.contains("\\begin{longtable}{l}") && table.laTeX.contains("\\endhead"))
        #expect(!table.laTeX.contains("\\begin{table}"))
        #expect(!Self.table.laTeX.contains("longtable"))
    }

    @Test("Markdown: a pipe in a cell does not end it, every row has as many cells as the head")
    func markdown() {
        let lines = Self.table.markdown.split(separator: "\n", omittingEmptySubsequences: true)
        #expect(lines[2] == "|---:|---|")
        for line in lines[1...4] {
            #expect(line.replacing("\\|", with: "").count { $0 == "|" } == 3, "\(line)")
        }
        #expect(Self.table.markdown.contains("a\\_b \\| \\<c>"))
    }

    @Test("HTML: cells are escaped, numbers are marked, a page stands alone")
    func page() {
        let page = Self.table.page
        #expect(page.contains("<td>50 % of a_b | &lt;c&gt; #1 {x} $y ~ ^ \\</td>"))
        #expect(page.contains("<td class=\"n\">1</td>"))
        #expect(page.contains("<caption>Clusters &amp; co</caption>") && page.contains("<p>A note.</p>"))
        #expect(!page.contains("<script") && !page.contains("http"))
    }

    @Test("a row that is too short is filled, one that is too long is cut: no cell moves into another column")
    func ragged() {
        let table = PaperTable(
            name: "r", title: "", columns: [.init("a"), .init("b")], rows: [["1"], ["1", "2", "3"]])
        #expect(table.rows == [["1", ""], ["1", "2"]])
    }

    // MARK: - Workbook

    @Test("XLSX: a ZIP with the parts that Excel asks for, numbers as numbers, text as text")
    func workbook() throws {
        let other = PaperTable(
            name: "CLUSTERS_all", title: "Other", columns: [.init("x", isNumeric: true)], rows: [["< 0.001"], ["nan"]])
        let zip = try Unzipped(try Workbook([Self.table, other]).bytes())
        let parts = [
            "[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
            "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml",
        ]
        #expect(Set(zip.names) == Set(parts))
        for part in parts {
            let parser = XMLCheck(zip.text(part))
            #expect(parser.isSound, "\(part) is not XML")
        }
        let sheet = zip.text("xl/worksheets/sheet1.xml")
        #expect(sheet.contains("<c r=\"A3\"><v>1</v></c>"))
        // A true minus sign is none for a spreadsheet.
        #expect(sheet.contains("<c r=\"A4\"><v>-2</v></c>"))
        #expect(sheet.contains("<t xml:space=\"preserve\">τ² ≤ 3</t>"))
        #expect(sheet.contains("&lt;c&gt;"))
        // Not a number, whatever the column says; `nan` neither.
        let second = zip.text("xl/worksheets/sheet2.xml")
        #expect(second.contains("&lt; 0.001") && !second.contains("<v>nan"))
        // Excel refuses two sheets whose names differ in case only.
        let names = zip.text("xl/workbook.xml")
        #expect(names.contains("name=\"clusters_all\"") && names.contains("name=\"CLUSTERS_all-2\""))
    }

    @Test("the same tables give the same bytes")
    func deterministic() throws {
        #expect(try Workbook([Self.table]).bytes() == Workbook([Self.table]).bytes())
    }
}

/// Whether tags pair and nothing is bare: no whole parser, but what our own writer could get wrong.
private struct XMLCheck {
    var isSound = true

    init(_ text: String) {
        guard text.hasPrefix("<?xml ") else {
            isSound = false
            return
        }
        var open: [Substring] = []
        for match in text.matches(of: /<(\/?)([A-Za-z:]+)[^<>]*?(\/?)>/) {
            let (closes, name, isEmpty) = (!match.output.1.isEmpty, match.output.2, !match.output.3.isEmpty)
            if closes {
                if open.popLast() != name { isSound = false }
            } else if !isEmpty {
                open.append(name)
            }
        }
        if !open.isEmpty { isSound = false }
        if text.contains(/&(?!(amp|lt|gt|quot|#39);)/) { isSound = false }
    }
}
