import Foundation
import Testing

/// What a log holds of a run whose standard error is a file.
@Suite("Progress of a run")
struct ProgressTests {
    @Test("a line per stage says which model and which stage of how many, in order and within 80 columns, and no bar")
    func lines() throws {
        let scratch = try Scratch(nativeFiles)
        let outcome = try Command(
            ["run", "p", "--out", "o", "--set", "threshold_p=0.3", "--set", "extent=1", "--set", "peak_z=0"] + quick,
            in: scratch.path
        ).wait()
        #expect(outcome.code == 0, "\(outcome.complaint)")
        let lines = outcome.complaint.split(separator: "\n").map(String.init)
        let stages = lines.compactMap {
            $0.firstMatch(of: /^model (\d) of 2 \((all|rest)\), stage (\d) of (\d): .+: [\d.]+ s$/)
        }
        #expect(stages.count > 6, "\(outcome.complaint)")
        for (model, name) in [("1", "all"), ("2", "rest")] {
            let own = stages.filter { $0.1 == model }
            #expect(own.allSatisfy { $0.2 == name })
            let numbers = own.compactMap { Int($0.3) }
            #expect(numbers == numbers.sorted() && numbers.first == 1, "\(numbers)")
            #expect(own.allSatisfy { $0.3 <= $0.4 })
        }
        #expect(lines.contains { $0.hasPrefix("Maps, tables and report: ") })
        #expect(stages.allSatisfy { $0.0.count <= 80 })
        #expect(!outcome.complaint.contains("\u{1B}") && !outcome.complaint.contains("/s"), "no escapes, no rates")
    }

    @Test("--quiet says none of it")
    func quiet() throws {
        let scratch = try Scratch(nativeFiles)
        let outcome = try Command(["run", "p", "--model", "all", "--out", "o", "--quiet"] + quick, in: scratch.path)
            .wait()
        #expect(outcome.code == 0)
        #expect(!outcome.complaint.contains("stage"))
    }
}
