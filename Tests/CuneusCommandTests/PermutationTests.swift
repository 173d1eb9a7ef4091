import Foundation
import Testing

@Suite("The permutation test from the command line", .serialized)
struct PermutationTests {
    /// Every file of a result folder but those that tell of the machine.
    private func results(_ scratch: Scratch, _ folder: String) -> [String: [UInt8]] {
        var results: [String: [UInt8]] = [:]
        for file in scratch.files(folder) where !["run.json", "report.html"].contains(file) {
            results[file] = scratch.bytes("\(folder)/\(file)")
        }
        return results
    }

    @Test(
        "run, and permute in three parts and merge, give the same bytes; nothing of the work stays behind",
        arguments: [quickPermuted, quickRelocated])
    func shards(settings: [String]) throws {
        let scratch = try Scratch(nativeFiles)
        let whole = try Command(
            ["run", "p", "--model", "all", "--out", "whole"] + settings, in: scratch.path
        ).wait()
        #expect(whole.code == 0, "\(whole.complaint)")
        #expect(!scratch.files("whole").contains { $0.hasSuffix(".permutations.tsv") })
        for shard in 1...3 {
            let outcome = try Command(
                [
                    "permute", "p", "--model", "all", "--shard", "\(shard)/3", "--out", "\(shard).tsv",
                    "--threads", "\(shard)",
                ] + settings, in: scratch.path
            ).wait()
            #expect(outcome.code == 0, "\(outcome.complaint)")
        }
        let merge = ["merge", "p", "--model", "all"] + settings
        let merged = try Command(merge + ["--out", "merged", "3.tsv", "1.tsv", "2.tsv"], in: scratch.path).wait()
        #expect(merged.code == 0, "\(merged.complaint)")
        #expect(results(scratch, "whole") == results(scratch, "merged"))

        let missing = try Command(merge + ["--out", "x", "3.tsv", "1.tsv"], in: scratch.path).wait()
        #expect(missing.code == 2)
        #expect(missing.complaint.contains("missing"))
        let doubled = try Command(merge + ["--out", "x", "1.tsv", "1.tsv", "2.tsv", "3.tsv"], in: scratch.path).wait()
        #expect(doubled.code == 2)
        let foreign = try Command(
            merge + ["--set", "seed=99", "--out", "x", "1.tsv", "2.tsv", "3.tsv"], in: scratch.path
        ).wait()
        #expect(foreign.code == 2)
        #expect(foreign.complaint.contains("another analysis"))
    }

    @Test("killed in the middle, or stopped by Ctrl-C, the same command resumes and ends with the same bytes")
    func resume() throws {
        let scratch = try Scratch(nativeFiles)
        let arguments = ["run", "p", "--model", "all", "--set", "voxel_size=6", "--set", "imputations=20"]
        let long = arguments + ["--set", "permutations=700"]
        let whole = try Command(long + ["--out", "whole"], in: scratch.path).wait()
        #expect(whole.code == 0, "\(whole.complaint)")
        for interrupts in [false, true] {
            let folder = interrupts ? "stopped" : "killed"
            let command = try Command(long + ["--out", folder], in: scratch.path)
            let ledger = "\(scratch.path)/\(folder)/all.permutations.tsv"
            let limit = Date().addingTimeInterval(300)
            while (FileManager.default.contents(atPath: ledger)?.count ?? 0) < 2000, Date() < limit { usleep(5_000) }
            if interrupts { command.interrupt() } else { command.kill() }
            let outcome = command.wait()
            #expect(interrupts ? outcome.code == 130 : outcome.code == nil)
            if interrupts { #expect(outcome.complaint.contains("resumes")) }
            #expect(FileManager.default.fileExists(atPath: ledger), "what was done is kept")
            let resumed = try Command(long + ["--out", folder], in: scratch.path).wait()
            #expect(resumed.code == 0, "\(resumed.complaint)")
            #expect(results(scratch, "whole") == results(scratch, folder))
        }
    }

    @Test("a shard that is none, an unknown instruction set and too little memory are refused")
    func refusals() throws {
        let scratch = try Scratch(nativeFiles)
        for shard in ["0/3", "4/3", "1", "a/b"] {
            let outcome = try Command(
                ["permute", "p", "--shard", shard, "--out", "s.tsv"] + quickPermuted, in: scratch.path
            ).wait()
            #expect(outcome.code == 64, "\(shard)")
        }
        let memory = try Command(
            ["run", "p", "--model", "all", "--memory", "0.0001", "--out", "o"] + quickPermuted, in: scratch.path
        ).wait()
        #expect(memory.code == 2)
        #expect(memory.complaint.contains("--memory"))
        let instructions = try Command(
            ["run", "p", "--instructions", "x87", "--out", "o"] + quickPermuted, in: scratch.path
        ).wait()
        #expect(instructions.code == 64)
    }
}
