import Foundation
import Testing

@Suite("Ctrl-C", .serialized)
struct InterruptionTests {
    /// Waits until the command has begun to impute (the stage before is told when done), or five minutes: on a busy machine with
    /// every other test at work the stages before take long.
    private func untilImputing(_ command: Command) {
        let limit = Date().addingTimeInterval(300)
        while !command.complaint.contains("Most likely effect: "), Date() < limit { usleep(20_000) }
        usleep(200_000)
    }

    @Test("ends a run soon, with code 130 and no half-written results", arguments: ["copula", "paper"])
    func interruption(_ sampler: String) throws {
        let scratch = try Scratch(nativeFiles)
        let command = try Command(
            [
                "run", "p", "--model", "rest", "--out", "o", "--set", "method=sdm-psi", "--set", "voxel_size=3",
                "--set", "imputations=10000",
                "--set", "sampler=\(sampler)",
            ], in: scratch.path)
        untilImputing(command)
        let asked = Date()
        command.interrupt()
        let outcome = command.wait()
        // A second on an idle machine, where the run itself would take minutes; beside all other tests on a busy one it waits longer.
        #expect(Date().timeIntervalSince(asked) < 120)
        #expect(outcome.code == 130)
        #expect(outcome.complaint.contains("interrupted"))
        #expect(scratch.files("o").isEmpty)
    }

    @Test("leaves the results of an earlier run whole")
    func earlierResults() throws {
        let scratch = try Scratch(nativeFiles)
        let first = try Command(["run", "p", "--model", "rest", "--out", "o"] + quick, in: scratch.path).wait()
        #expect(first.code == 0)
        let before = scratch.files("o").map { scratch.bytes("o/\($0)") }
        let command = try Command(
            [
                "run", "p", "--model", "rest", "--out", "o", "--set", "method=sdm-psi", "--set", "voxel_size=3",
                "--set", "imputations=10000",
            ], in: scratch.path)
        untilImputing(command)
        command.interrupt()
        #expect(command.wait().code == 130)
        #expect(scratch.files("o").map { scratch.bytes("o/\($0)") } == before)
    }
}
