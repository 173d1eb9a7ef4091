import Foundation
import Imaging
import Testing

/// What goes wrong around a run: disks, signals, other processes, files that change. A rule each, as in Docs/reliability.md.
@Suite("Faults", .serialized)
struct FaultTests {
    /// Long enough that it is still at work when something happens to it.
    private static let long = [
        "--set", "method=sdm-psi", "--set", "voxel_size=3", "--set", "imputations=10000", "--set", "permutations=0",
    ]

    private func run(_ scratch: Scratch, _ arguments: [String], model: String = "rest") throws -> Command.Outcome {
        try Command(["run", "p", "--model", model] + arguments, in: scratch.path).wait()
    }

    /// Waits until a file is there, or five minutes.
    private func wait(for name: String, _ scratch: Scratch) {
        let limit = Date().addingTimeInterval(300)
        while !scratch.exists(name), Date() < limit { usleep(5_000) }
    }

    private func hidden(_ scratch: Scratch, _ folder: String) -> [String] {
        scratch.files(folder).filter { ($0 as NSString).lastPathComponent.hasPrefix(".") }
    }

    // MARK: Work of others

    @Test("a ledger that a run did not open with its own key stays, else an interrupted test would be lost")
    func ledgers() throws {
        let scratch = try Scratch(nativeFiles)
        let ledger = "o/rest.permutations.tsv"
        try scratch.write(ledger, "somebody's hours of work")
        #expect(try run(scratch, ["--out", "o"] + quick).code == 0)
        #expect(scratch.text(ledger) == "somebody's hours of work")
    }

    @Test("two runs do not write into one folder: the second is refused before it computes")
    func lockedFolder() throws {
        let scratch = try Scratch(nativeFiles)
        let first = try Command(["run", "p", "--model", "rest", "--out", "o"] + Self.long, in: scratch.path)
        wait(for: "o/.cuneus.lock", scratch)
        let second = try run(scratch, ["--out", "o"] + quick)
        #expect(second.code == 1)
        #expect(second.complaint.contains("another cuneus") && second.complaint.contains("another place"))
        #expect(!second.complaint.lowercased().contains("pooling"))
        first.interrupt()
        #expect(first.wait().code == 130)
        #expect(try run(scratch, ["--out", "o"] + quick).code == 0, "the lock goes with its owner")
        #expect(hidden(scratch, "o").isEmpty)
    }

    @Test("two processes do not write one part of a permutation test")
    func lockedShard() throws {
        let scratch = try Scratch(nativeFiles)
        let permute = ["permute", "p", "--model", "all", "--shard", "1/2", "--out", "s.tsv"]
        let first = try Command(
            permute + Array(Self.long.dropLast()) + ["permutations=90"], in: scratch.path)
        wait(for: ".s.tsv.lock", scratch)
        let second = try Command(permute + quickPermuted, in: scratch.path).wait()
        #expect(second.code == 1)
        #expect(second.complaint.contains("s.tsv") && second.complaint.contains("another cuneus"))
        first.kill()
        _ = first.wait()
        // What the first had done is of another analysis.
        if scratch.exists("s.tsv") { try scratch.remove("s.tsv") }
        let third = try Command(permute + quickPermuted, in: scratch.path).wait()
        #expect(third.code == 0, "the lock of a killed process locks nothing: \(third.complaint)")
        #expect(!scratch.exists(".s.tsv.lock"))
    }

    @Test("a killed run blocks no folder, and what it left half-written goes")
    func killed() throws {
        let scratch = try Scratch(nativeFiles)
        let first = try Command(["run", "p", "--model", "rest", "--out", "o"] + Self.long, in: scratch.path)
        wait(for: "o/.cuneus.lock", scratch)
        usleep(200_000)
        first.kill()
        #expect(first.wait().code == nil)
        // What a kill in the middle of writing leaves, by the names that files have until they are whole.
        try scratch.write("o/rest/.z.nii.gz.4711.42.tmp", "half")
        try scratch.write("o/.run.json.4711.43.tmp", "half")
        let second = try run(scratch, ["--out", "o"] + quick)
        #expect(second.code == 0, "\(second.complaint)")
        #expect(hidden(scratch, "o").isEmpty)
    }

    // MARK: Disks

    /// As root, permissions refuse nothing; nobody can write into /proc.
    @Test(
        "a place that cannot be written is told before the work, with 1 and a remedy",
        .enabled(if: FileManager.default.fileExists(atPath: "/proc/self")),
        arguments: [
            ["run", "p", "--model", "rest", "--out", "/proc/o"] + quick,
            ["permute", "p", "--shard", "1/2", "--out", "/proc/s.tsv"] + quickPermuted,
            ["extract", "p", "--model", "rest", "--at", "-42,26,0", "--output", "/proc/e"] + quick,
            ["convert", "p", "--to", "sdm", "--out", "/proc/c"],
            ["image", "convert", "t.nii.gz", "--from", "t", "--to", "z", "--n1", "21", "--out", "/proc/z.nii.gz"],
        ])
    func unwritable(_ arguments: [String]) throws {
        let scratch = try Scratch(nativeFiles)
        try scratch.writeMap("t.nii.gz", value: 3, intent: .tTest(degreesOfFreedom: 20), voxelSize: 8)
        let outcome = try Command(arguments, in: scratch.path).wait()
        #expect(outcome.code == 1, "\(outcome.complaint)")
        #expect(outcome.complaint.contains("/proc/"))
        #expect(!outcome.complaint.lowercased().contains("pooling"))
        #expect(!outcome.complaint.contains("Error Domain"))
    }

    @Test(
        "a file that cannot grow ends a run with 1, the reason and a remedy, and without a record of what is not there")
    func fileSizeLimit() throws {
        let scratch = try Scratch(nativeFiles)
        // 8 blocks are 4 or 8 kB: less than a report. What the program says stays below.
        let outcome = try Command(
            ["run", "p", "--model", "rest", "--quiet", "--out", "o"] + quick, in: scratch.path,
            shell: #"ulimit -f 8; exec "$0" "$@""#
        ).wait()
        #expect(outcome.code == 1, "\(outcome.complaint)")
        #expect(outcome.complaint.contains("File too large") && outcome.complaint.contains("ulimit -f"))
        #expect(!scratch.exists("o/run.json"))
        #expect(hidden(scratch, "o").isEmpty)
        #expect(try run(scratch, ["--out", "o"] + quick).code == 0, "the folder can be used again")
    }

    @Test(
        "output that nobody gets ends with 1, not with a silent 0",
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")),
        arguments: [["settings"], ["--help"], ["--version"], ["check", "p"], ["run", "p", "--out", "o"] + quick])
    func fullOutput(_ arguments: [String]) throws {
        let scratch = try Scratch(nativeFiles)
        let outcome = try Command(arguments, in: scratch.path, standardOutput: "/dev/full").wait()
        #expect(outcome.code == 1)
        #expect(outcome.complaint.contains("output cannot be written"), "\(outcome.complaint)")
        if arguments[0] == "run" { #expect(scratch.exists("o/run.json"), "the result itself is there") }
    }

    // MARK: Signals

    @Test("a reader that goes away ends the program with 1, by no signal")
    func brokenPipe() throws {
        let scratch = try Scratch()
        let outcome = try Command(
            ["settings"], in: scratch.path, shell: #"( sleep 1; "$0" "$@"; echo "code $?" >&2 ) | true"#
        ).wait()
        #expect(outcome.complaint == "code 1\n")
    }

    @Test("the end of the terminal stops a run as Ctrl-C does; under nohup it goes on", arguments: [false, true])
    func hangUp(_ isIgnored: Bool) throws {
        let scratch = try Scratch(nativeFiles)
        // The tests themselves may run under nohup, which a shell cannot undo, but env can.
        let usual =
            #"env --default-signal=HUP true 2>/dev/null && exec env --default-signal=HUP "$0" "$@"; exec "$0" "$@""#
        let command = try Command(
            ["run", "p", "--model", "rest", "--out", "o"] + Self.long, in: scratch.path,
            shell: isIgnored ? #"trap '' HUP; exec "$0" "$@""# : usual)
        wait(for: "o/.cuneus.lock", scratch)
        usleep(300_000)
        command.hangUp()
        if isIgnored {
            usleep(300_000)
            #expect(scratch.exists("o/.cuneus.lock"))
            command.interrupt()
        }
        #expect(command.wait().code == 130)
        #expect(scratch.files("o").isEmpty)
    }

    // MARK: Inputs

    @Test("the record holds the hashes of what was read, whatever became of the files during the run")
    func changedInputs() throws {
        let scratch = try Scratch(nativeFiles)
        #expect(try run(scratch, ["--out", "before"] + quick).code == 0)
        let command = try Command(
            [
                "run", "p", "--model", "rest", "--out", "during", "--set", "method=sdm-psi", "--set", "voxel_size=4",
                "--set", "imputations=300", "--set", "permutations=0",
            ], in: scratch.path)
        wait(for: "during/.cuneus.lock", scratch)
        // Read by now, and there is more than a second of work ahead.
        try scratch.edit("p/peaks.tsv", "5.5", "5.4")
        let studies = scratch.text("p/studies.tsv")
        try scratch.remove("p/studies.tsv")
        let outcome = command.wait()
        #expect(outcome.code == 0, "\(outcome.complaint)")
        try scratch.write("p/studies.tsv", studies)
        #expect(try run(scratch, ["--out", "after"] + quick).code == 0)
        let (before, during, after) = try (
            hashes(scratch, "before"), hashes(scratch, "during"), hashes(scratch, "after")
        )
        #expect(before.count == 3)
        #expect(during == before)
        #expect(after["p/peaks.tsv"] != before["p/peaks.tsv"], "the test would see a change")
    }

    private func hashes(_ scratch: Scratch, _ folder: String) throws -> [String: String] {
        let result = try scratch.json("\(folder)/run.json")["result"] as? [String: Any]
        let inputs = result?["inputs"] as? [[String: Any]] ?? []
        return Dictionary(
            inputs.compactMap { input in
                (input["path"] as? String).flatMap { path in (input["sha256"] as? String).map { (path, $0) } }
            }, uniquingKeysWith: { first, _ in first })
    }

    @Test("aliases of YAML are refused before they are followed: nine lines of them fill any memory")
    func aliases() throws {
        var files = nativeFiles
        var plan = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let others = (0..<10).map { _ in "*a\(level - 1)" }.joined(separator: ", ")
            plan += "a\(level): &a\(level) [\(others)]\n"
        }
        files["p/cuneus.yaml"] = plan + "? *a12\n: x\n"
        let scratch = try Scratch(files)
        let outcome = try Command(["check", "p"], in: scratch.path).wait()
        #expect(outcome.code == 2)
        #expect((outcome.output + outcome.complaint).contains("cuneus.yaml:2"))
        #expect((outcome.output + outcome.complaint).contains("aliases"))
    }

    @Test("a small gzip file of line feeds is refused before it takes memory")
    func lineFeeds() throws {
        let scratch = try Scratch(nativeFiles)
        let bytes = Gzip.compress([UInt8](repeating: UInt8(ascii: "\n"), count: 128 << 20))
        try scratch.write("p/studies.tsv", bytes: bytes)
        let outcome = try Command(["check", "p"], in: scratch.path).wait()
        #expect(outcome.code == 2)
        #expect((outcome.output + outcome.complaint).contains("times its size"))
    }

    @Test("control characters of an input do not reach the terminal")
    func controlCharacters() throws {
        let scratch = try Scratch(nativeFiles)
        let name = "\u{1B}[2Krest\u{202E}\r"
        let outcome = try Command(["run", "p", "--model", name, "--out", "o"] + quick, in: scratch.path).wait()
        #expect(outcome.code == 2)
        #expect(outcome.complaint.contains(#"\u{1B}[2Krest\u{202E}\u{D}"#), "\(outcome.complaint)")
        #expect(!outcome.complaint.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x202E })
    }

    // MARK: Numbers

    /// Of every kind that a conversion or a product could trip over.
    private static let numbers = [
        "nan", "inf", "-inf", "1e300", "-1e300", "1e38", "9223372036854775807", "-9223372036854775808", "0", "-1",
        "1e-300",
        "", "x",
    ]

    @Test(
        "no number on the command line ends the program by a trap",
        arguments: [
            ["extract", "p", "--model", "rest", "--at=#,0,0"], ["extract", "p", "--model", "rest", "--at=-42,26,#"],
            ["extract", "p", "--model", "rest", "--at=-42,26,0", "--radius=#"],
            ["run", "p", "--model", "rest", "--out", "o", "--threads=#"],
            ["run", "p", "--model", "rest", "--out", "o", "--memory=#"],
            ["permute", "p", "--model", "all", "--out", "s.tsv", "--shard=#/#"],
            ["permute", "p", "--model", "all", "--out", "s.tsv", "--shard=1/#"],
            ["permute", "p", "--model", "all", "--out", "s.tsv", "--shard=#/2"],
            ["plan", "p", "--threads=#"], ["plan", "p", "--memory=#"],
            ["check", "foci.txt", "--sign", "positive", "--groups=#/#"],
            ["image", "peaks", "t.nii.gz", "--threshold=#"],
            ["image", "peaks", "t.nii.gz", "--threshold=3", "--extent=#"],
            ["image", "peaks", "t.nii.gz", "--threshold=3", "--separation=#"],
            ["image", "peaks", "t.nii.gz", "--threshold=3", "--most=#"],
            ["image", "convert", "t.nii.gz", "--from=t", "--to=z", "--out=z.nii.gz", "--n1=#"],
            ["image", "convert", "t.nii.gz", "--from=t", "--to=z", "--out=z.nii.gz", "--n1=#", "--n2=#"],
        ])
    func numbers(_ arguments: [String]) throws {
        let scratch = try Scratch(nativeFiles.merging(sleuthFiles) { first, _ in first })
        try scratch.writeMap("t.nii.gz", value: 4, intent: .tTest(degreesOfFreedom: 20), voxelSize: 8)
        for number in Self.numbers {
            var command = arguments.map { $0.replacingOccurrences(of: "#", with: number) }
            if ["extract", "run"].contains(command[0]) { command += quick }
            if command[0] == "permute" { command += quickPermuted }
            let outcome = try Command(command, in: scratch.path).wait()
            #expect(outcome.code != nil, "\(command) was ended by a signal: \(outcome.complaint)")
            #expect(!outcome.complaint.contains("Fatal error"), "\(command)")
        }
    }

    @Test("an image with values of 1e38 is refused: no t is as large")
    func hugeValues() throws {
        let scratch = try Scratch()
        try scratch.writeMap("t.nii.gz", value: 1e38, intent: .tTest(degreesOfFreedom: 20), voxelSize: 8)
        let outcome = try Command(["image", "peaks", "t.nii.gz", "--threshold", "3"], in: scratch.path).wait()
        #expect(outcome.code == 2 && outcome.output.isEmpty, "\(outcome.output)")
        #expect(outcome.complaint.contains("t.nii.gz"), "\(outcome.complaint)")
    }

    @Test("a t of 1e38 in a table is refused: it is no statistic", arguments: ["1e38", "-1e300", "1000000000"])
    func impossibleHeights(_ text: String) throws {
        let scratch = try Scratch(nativeFiles)
        try scratch.edit("p/peaks.tsv", "5.5", text)
        let outcome = try run(scratch, ["--out", "o"])
        #expect(outcome.code == 2, "\(outcome.complaint)")
        #expect(outcome.complaint.contains("t-impossible"))
    }
}
