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
            $0.firstMatch(
                of: /^model (\d) of 2 \((all|rest)\), stage (\d) of (\d): .+: (?:(?:\d+ min )?[\d.]+ s|nothing to do)$/)
        }
        #expect(stages.count > 6, "\(outcome.complaint)")
        for (model, name) in [("1", "all"), ("2", "rest")] {
            let own = stages.filter { $0.1 == model }
            #expect(own.allSatisfy { $0.2 == name })
            let numbers = own.compactMap { Int($0.3) }
            // No gap: what does not come is told too.
            let count = try #require(own.first.flatMap { Int($0.4) })
            #expect(numbers == Array(1...count), "\(numbers) of \(count)")
        }
        #expect(lines.contains { $0.hasPrefix("Maps, tables and report: ") })
        #expect(stages.allSatisfy { $0.0.count <= 80 })
        #expect(!outcome.complaint.contains("\u{1B}") && !outcome.complaint.contains("/s"), "no escapes, no rates")
    }

    @Test("stages of findings are told and counted where nothing was found")
    func nothing() throws {
        let scratch = try Scratch(nativeFiles)
        let outcome = try Command(
            ["run", "p", "--model", "all", "--out", "o", "--set", "extent=100000"] + quick, in: scratch.path
        ).wait()
        #expect(outcome.code == 0, "\(outcome.complaint)")
        let told = outcome.complaint.matches(of: /stage (\d) of (\d): (.+): nothing to do/)
        #expect(told.map { String($0.3) }.contains("Effects at places"), "\(outcome.complaint)")
        #expect(told.last.map { $0.1 == $0.2 } == true, "\(outcome.complaint)")
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
