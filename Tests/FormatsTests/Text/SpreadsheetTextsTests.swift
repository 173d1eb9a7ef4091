import Evidence
import Formats
import Imaging
import TestSupport
import Testing

/// What spreadsheets make of texts when they save them.
@Suite("Texts from spreadsheets")
struct SpreadsheetTextsTests {
    private let sleuth = [
        "// Reference=MNI", "// Ames, 2011: On > \"Off\"", "// Subjects=20", "-4\t38\t20", "44\t-16\t-8", "",
        "// Boyd, 2012: x", "// Subjects=24", "-22\t-4\t-17",
    ]

    /// As Excel saves cells: quotes around those that need them, doubled inside, and separators for empty cells.
    private func saved(_ line: String, separator: String, ghosts: Int, quoteAll: Bool) -> String {
        let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        let quoted = cells.map { cell in
            let needs =
                cell.contains("\"") || cell.contains(",") || cell.contains(separator) || quoteAll && !cell.isEmpty
            return needs ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
        }
        return (quoted + Array(repeating: "", count: ghosts)).joined(separator: separator)
    }

    @Test("a Sleuth text reads the same however it was saved", arguments: ["\t", ",", ";"], [false, true])
    func sleuthTexts(_ separator: String, _ quoteAll: Bool) throws {
        let plain = try Scratch(["f.txt": sleuth.joined(separator: "\n")]).read("f.txt")
        for ghosts in 0...3 {
            for ending in ["\n", "\r\n", "\r"] {
                for start in ["", "sep=\(separator)\(ending)"] {
                    let lines = sleuth.map { saved($0, separator: separator, ghosts: ghosts, quoteAll: quoteAll) }
                    let text = start + (lines + [String(repeating: separator, count: ghosts)]).joined(separator: ending)
                    let found = try Scratch(["f.txt": text]).read("f.txt")
                    #expect(found.experiments.map(\.id) == plain.experiments.map(\.id))
                    #expect(found.experiments.map(\.n1) == plain.experiments.map(\.n1))
                    #expect(
                        found.experiments.map { $0.peaks.map(\.coordinate) }
                            == plain.experiments.map { $0.peaks.map(\.coordinate) })
                    #expect(
                        found.experiments.map { $0.covariates["contrast"] }
                            == plain.experiments.map { $0.covariates["contrast"] })
                }
            }
        }
    }

    @Test("a peak file reads the same however it was saved", arguments: ["\t", ",", ";"], [false, true])
    func peakFiles(_ separator: String, _ quoteAll: Bool) throws {
        let rows = ["-4.5\t38\t20\t4.81", "44\t-16\t-8\t-3.9", "1\t2\t3\tp"]
        for ghosts in 0...3 {
            for decimal in [".", ","] {
                let lines = rows.map {
                    saved($0.replacing(".", with: decimal), separator: separator, ghosts: ghosts, quoteAll: quoteAll)
                }
                let empty = String(repeating: separator, count: 3)
                let scratch = try Scratch([
                    "sdm_table.txt": "study\tn1\nA\t20\n",
                    "A.spm_mni.txt": (lines + [empty, "", empty]).joined(separator: "\r\n"),
                ])
                let peaks = try scratch.read().experiments[0].peaks
                #expect(peaks.map(\.coordinate) == [[-4.5, 38, 20], [44, -16, -8], [1, 2, 3]], "\(lines)")
                #expect(peaks.map(\.height) == [.t(4.81), .t(-3.9), .positive])
            }
        }
    }

    @Test("a table reads the same however it was saved", arguments: ["\t", ",", ";"])
    func tables(_ separator: String) throws {
        let rows = [
            ["experiment", "n1", "report", "note"], ["A", "20", "none", "a \"b\""], ["B", "21", "none", "two\nlines"],
        ]
        for ghosts in 0...2 {
            for start in ["", "sep=\(separator)\r\n"] {
                let lines = rows.map { row in
                    (row.map { cell in
                        let needs = ["\"", "\n", separator].contains { cell.contains($0) }
                        return needs ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
                    } + Array(repeating: "", count: ghosts)).joined(separator: separator)
                }
                let empty = String(repeating: separator, count: 3 + ghosts)
                let scratch = try Scratch(["studies.tsv": start + (lines + [empty, empty]).joined(separator: "\r\n")])
                let project = try scratch.read()
                #expect(project.experiments.map(\.id) == ["A", "B"])
                #expect(project.experiments[0].covariates["note"] == .text("a \"b\""))
                #expect(project.experiments[1].covariates["note"] == .text("two lines"))
            }
        }
    }

    @Test("tables called .csv are found, and two of one name are refused")
    func csv() throws {
        let scratch = try Scratch([
            "studies.csv": "experiment,n1\nA,20\n", "peaks.csv": "experiment,x,y,z,space,stat,value\nA,1,2,3,mni,t,4\n",
        ])
        #expect(try scratch.read().experiments[0].peaks.count == 1)
        #expect(try scratch.read("studies.csv").experiments.count == 1)
        try scratch.write("studies.tsv", "experiment\tn1\nA\t20\n")
        #expect(problem { try scratch.read() }.contains("studies.csv and studies.tsv"))
        let sdm = try Scratch(["SDM_table.csv": "study,n1\nA,20\n", "A.other_tal.csv": "1,2,3,4\n"])
        #expect(try sdm.read().experiments[0].peaks[0].space == .talairach)
    }

    @Test("a quote that never ends is refused with its line")
    func unclosed() throws {
        let sleuth = try Scratch(["f.txt": "//Reference=MNI\n\"// A, 2001: x\n//Subjects=12\n1 2 3\n"])
        #expect(problem { try sleuth.read("f.txt") }.contains("f.txt:2: a cell in double quotes does not end"))
        let table = try Scratch(["studies.tsv": "experiment\tn1\n\"A\t20\nB\t3\n"])
        #expect(problem { try table.read() }.contains("studies.tsv:2: a quoted field does not end"))
    }
}
