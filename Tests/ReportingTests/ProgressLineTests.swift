import Reporting
import Testing

@Suite("Progress in a line")
struct ProgressLineTests {
    private let line = ProgressLine(
        model: .init("task", 2, of: 7), stage: "Relocations", number: 7, of: 9)

    @Test("says which model, which stage, how much and how long; a single model has no number")
    func words() {
        #expect(line.finished(seconds: 40.31) == "model 2 of 7 (task), stage 7 of 9: Relocations: 40 s")
        #expect(
            line.running(share: 0.436, left: 75)
                == "model 2 of 7 (task), stage 7 of 9: Relocations: 43 %, 1 min 15 s left")
        #expect(line.running(share: 0, left: nil) == "model 2 of 7 (task), stage 7 of 9: Relocations: 0 %")
        #expect(
            ProgressLine(stage: "Bounds from peaks", number: 1, of: 9).finished(seconds: 1.3)
                == "stage 1 of 9: Bounds from peaks: 1.3 s")
        #expect(
            ProgressLine(stage: "Effects at places", number: 7, of: 9).skipped
                == "stage 7 of 9: Effects at places: nothing to do")
        #expect(
            ProgressLine(stage: "Maps, tables and report").finished(seconds: 0.04) == "Maps, tables and report: 0.0 s")
    }

    @Test("no line is longer than 80 columns, whatever models are called; stage and time stay")
    func width() {
        for length in [1, 10, 40, 200] {
            for stage in ["Relocations", "Jackknife: imputing and pooling", String(repeating: "long ", count: 40)] {
                let line = ProgressLine(
                    model: .init(String(repeating: "m", count: length), 12, of: 120), stage: stage, number: 5, of: 9)
                let texts = [
                    line.finished(seconds: 4000), line.running(share: 0.5, left: 4000),
                    line.bar(share: 0.5, left: 4000), line.skipped,
                ]
                for text in texts {
                    #expect(text.count <= 80, "\(text.count): \(text)")
                    #expect(text.contains("model 12 of 120") && text.contains("stage 5 of 9"), "\(text)")
                }
                #expect(texts[0].hasSuffix(": 1 h 06 min"))
            }
        }
    }

    @Test("a bar is as full as the work is done, and never more than full")
    func bar() {
        func filled(_ share: Double) -> Int { line.bar(share: share, left: nil).count { $0 == "█" } }
        #expect(filled(0) == 0 && filled(0.5) == 8 && filled(1) == 16 && filled(1.7) == 16 && filled(.nan) == 0)
    }

    @Test(
        "times are numbers that people read",
        arguments: [
            (0.31, "0.3 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.6, "1 min 00 s"), (185, "3 min 05 s"),
            (3599.7, "1 h 00 min"), (7800, "2 h 10 min"), (.infinity, "a long time"), (-1, "a long time"),
        ] as [(Double, String)])
    func durations(_ seconds: Double, _ words: String) { #expect(ProgressLine.duration(seconds) == words) }

    @Test("lines of a summary are broken between words; the last cell of a table goes on below itself")
    func broken() {
        let prose =
            "  Agreement test (1,000 relocations, least possible p 0.001), smallest corrected p above zero: z 0.78"
        let lines = RunSummary.broken(prose, 80).split(separator: "\n")
        #expect(lines.count == 2 && lines.allSatisfy { $0.count <= 80 })
        #expect(lines[1].hasPrefix("    ") && !lines[1].hasPrefix("     "))
        let words = RunSummary.broken(prose, 80).split { $0 == " " || $0 == "\n" }
        #expect(words == prose.split(separator: " "), "no word may be lost")
        let row =
            "  +  123  -30.00  4.12  Left superior temporal gyrus, temporal pole (AAL), Brodmann area 38, and so on"
        let cells = RunSummary.broken(row, 80).split(separator: "\n")
        #expect(
            cells.count == 2 && cells[1].hasPrefix(String(repeating: " ", count: 24))
                && cells[1].dropFirst(24).first != " ")
        #expect(RunSummary.broken("short", 80) == "short")
        // Columns of a wide table stay below their heads, though its last cell has no room behind them.
        let wide = "    +      31   -24  -6 -18  0.81  4.67      1.5e-06        0.02   Left amygdala, BA 34"
        let broken = RunSummary.broken(wide, 80).split(separator: "\n")
        #expect(broken.count == 2)
        #expect(broken[0] == "    +      31   -24  -6 -18  0.81  4.67      1.5e-06        0.02   Left")
        #expect(broken[1] == "      amygdala, BA 34")
        // A first word as long as the indentation of what follows.
        let short = "In " + Array(repeating: "words", count: 20).joined(separator: " ")
        let whole = RunSummary.broken(short, 80).split { $0 == " " || $0 == "\n" }
        #expect(whole == short.split(separator: " "), "the first two words must not run together")
    }
}
