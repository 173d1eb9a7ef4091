import Reporting
import Testing

@Suite("An outcome in a terminal")
struct OutcomeTextTests {
    @Test("no line is wider than 80 columns, letters of two columns counted as two")
    func width() throws {
        let text = OutcomeText(try #require(try OutcomeFolderTests.run("").findings.first)).text
        for line in text.split(separator: "\n") { #expect(DisplayWidth.of(String(line)) <= 80, "\(line)") }
    }

    @Test("the marks of the forest stand under one another: the null line is in one column")
    func forest() throws {
        let text = OutcomeText(try #require(try OutcomeFolderTests.run("").findings.first)).text
        let lines = text.split(separator: "\n").filter { $0.contains("■") || $0.contains("◆") }
        #expect(lines.count == 7)
        let places = lines.compactMap { line in
            line.firstIndex(of: "┊").map { DisplayWidth.of(String(line[..<$0])) }
        }
        #expect(places.count > 1 && Set(places).count == 1)
        // Numbers end in the last column.
        #expect(Set(lines.map { DisplayWidth.of(String($0)) }) == [80])
    }

    @Test("columns of letters", arguments: [("abc", 3), ("漢字", 4), ("é", 1), ("e\u{301}", 1), ("🧠", 2), ("", 0)])
    func columns(text: String, width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }
}
