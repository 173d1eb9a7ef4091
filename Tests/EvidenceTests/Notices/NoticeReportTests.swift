import Evidence
import Testing

@Suite("Reports of notices")
struct NoticeReportTests {
    @Test("long lists of one kind are folded, and hide nothing of another kind")
    func folded() {
        let many = (1...42).map { (line: Int) in
            Notice(.warning, code: "peak-outside-brain", at: SourceLocation(file: "a", line: line), "peak \(line).")
        }
        let report = NoticeReport(many + [Notice(.warning, code: "threshold", at: SourceLocation(file: "b"), "one.")])
        #expect(report.foldedText.contains("peak 3."))
        #expect(!report.foldedText.contains("peak 4."))
        #expect(report.foldedText.contains("and 39 more of [peak-outside-brain]"))
        #expect(report.foldedText.contains("one. [threshold]"))
        #expect(report.foldedText.contains("no errors, 43 warnings, no notes"))
        #expect(report.text.contains("peak 42."))
    }

    @Test("what is folded and what is told make up the whole, whatever the counts", arguments: 1...12)
    func counts(_ count: Int) {
        let report = NoticeReport(
            (0..<count).map { Notice(.note, code: "k", at: SourceLocation(file: "a", line: $0 + 1), "n\($0);") })
        let told = report.foldedText.split(separator: "\n").filter { $0.contains("note: ") }.count
        let more = report.foldedText.firstMatch(of: /and (\d+) more/).flatMap { Int($0.1) } ?? 0
        #expect(told + more == count)
    }
}
