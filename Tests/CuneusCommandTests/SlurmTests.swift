import Foundation
import Testing

/// Against programs that answer as Slurm's do; Scripts/slurm-test.sh asks a real one.
@Suite("A permutation test on many machines", .serialized)
struct SlurmTests {
    /// A project, and programs called as Slurm's that keep what they were told in `told` and print what stands in `queue`.
    private func site(array: Int = 1001) throws -> Scratch {
        let scratch = try Scratch(nativeFiles)
        try scratch.write("queue", "")
        let programs = [
            "scontrol": "echo 'MaxArraySize            = \(array)'",
            "squeue": "cat '\(scratch.path)/queue'",
            "scancel": "echo scancel \"$@\" >> '\(scratch.path)/told'",
            "sbatch": """
            [ ! -f '\(scratch.path)/refuses' ] || { echo 'sbatch: error: no such partition' >&2; exit 1; }
            echo sbatch "$@" >> '\(scratch.path)/told'
            echo $((16 + $(wc -l < '\(scratch.path)/told')))
            """,
        ]
        for (name, text) in programs {
            try scratch.write("bin/\(name)", "#!/bin/sh\n\(text)\n")
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: "\(scratch.path)/bin/\(name)")
        }
        return scratch
    }

    private func slurm(_ scratch: Scratch, _ arguments: [String], shell: String? = nil) throws -> Command.Outcome {
        try Command(
            ["slurm"] + arguments, in: scratch.path, environment: ["PATH": "\(scratch.path)/bin:/usr/bin:/bin"],
            shell: shell
        ).wait()
    }

    private func prepare(_ scratch: Scratch, _ arguments: [String]) throws -> Command.Outcome {
        try slurm(scratch, ["p", "--out", "o"] + quickPermuted + arguments)
    }

    private func script(_ scratch: Scratch, _ name: String, _ arguments: String...) throws -> Command.Outcome {
        try Command(arguments, in: "/", shell: "exec sh '\(scratch.path)/o.parts/\(name)' \"$@\"").wait()
    }

    /// What was told since the last time it was asked.
    private func told(_ scratch: Scratch) throws -> [String] {
        let lines = scratch.text("told").split(separator: "\n").map {
            $0.replacingOccurrences(of: "\(scratch.path)/", with: "")
        }
        // Emptied, but as long: the numbers of jobs go on.
        try scratch.write("told", String(repeating: "\n", count: scratch.text("told").count { $0 == "\n" }))
        return lines
    }

    @Test("all models in parts give the bytes of cuneus run; nothing is left to do then")
    func wholeProject() throws {
        let scratch = try site()
        let whole = try Command(["run", "p", "--out", "whole"] + quickPermuted, in: scratch.path).wait()
        #expect(whole.code == 0, "\(whole.complaint)")
        let prepared = try prepare(scratch, ["--shards", "2"])
        #expect(prepared.code == 0, "\(prepared.complaint)")
        #expect(prepared.output.contains("sbatch --array=1-4"))
        #expect(prepared.output.contains("nodes are taken to be as fast"))
        // The copy is what is analysed: the original may go on being edited.
        try scratch.write("p/peaks.tsv", "nothing\n")
        for number in ["4", "2", "1", "3"] {
            let part = try script(scratch, "part.sh", number)
            #expect(part.code == 0, "\(part.complaint)")
        }
        let merged = try script(scratch, "merge.sh")
        #expect(merged.code == 0, "\(merged.complaint)")
        func results(_ folder: String) -> [String: [UInt8]] {
            let files = scratch.files(folder).filter { !["run.json", "report.html"].contains($0) }
            return Dictionary(files.map { ($0, scratch.bytes("\(folder)/\($0)")) }) { first, _ in first }
        }
        #expect(results("whole").count > 20)
        #expect(results("whole").keys.sorted() == results("o").keys.sorted())
        let differing = results("whole").filter { results("o")[$0.key] != $0.value }.keys.sorted()
        #expect(differing.isEmpty)

        try scratch.write("p/peaks.tsv", nativeFiles["p/peaks.tsv"] ?? "")
        let again = try prepare(scratch, ["--submit"])
        #expect(again.code == 0, "\(again.complaint)")
        #expect(again.output.contains("Nothing is left to do"))
        #expect(try told(scratch).isEmpty)
        let status = try slurm(scratch, ["status", "o.parts"])
        #expect(status.output.contains("all: 2 of 2 parts done, 90 of 90 permutations"))
        #expect(status.output.contains("results: written 20"))
    }

    @Test("a second call submits what is missing, torn or damaged, and nothing else")
    func resumes() throws {
        let scratch = try site()
        let first = try prepare(scratch, ["--model", "all", "--shards", "5", "--submit", "--partition", "short"])
        #expect(first.code == 0, "\(first.complaint)")
        #expect(
            try told(scratch) == [
                "sbatch --parsable --array=1-5 o.parts/part.sh",
                "sbatch --parsable --dependency=afterany:17 o.parts/merge.sh",
            ])
        for number in 1...5 where number != 2 { #expect(try script(scratch, "part.sh", "\(number)").code == 0) }
        // The third is cut off within a line, the fourth has a changed row, the fifth is another test's.
        let parts = (1...5).map { "o.parts/parts/all/part-000\($0).tsv" }
        try scratch.write(parts[2], String(scratch.text(parts[2]).dropLast(30)))
        try scratch.write(parts[3], scratch.text(parts[3]).replacingOccurrences(of: "\n60\t", with: "\n60\t1"))
        let key = scratch.text(parts[4]).split(separator: "\n")[1]
        try scratch.write(
            parts[4], scratch.text(parts[4]).replacingOccurrences(of: key, with: "# key 0000000000000000"))
        let status = try slurm(scratch, ["status", "o.parts"])
        #expect(status.output.contains("all: 1 of 5 parts done, 1 begun, 1 missing, 2 damaged"), "\(status.output)")
        let merge = try script(scratch, "merge.sh")
        #expect(merge.code == 2)
        #expect(!scratch.exists("o.parts/merged"))

        let second = try prepare(scratch, ["--model", "all", "--submit"])
        #expect(second.code == 0, "\(second.complaint)")
        #expect(second.complaint.contains("set aside"))
        #expect(
            try told(scratch) == [
                "sbatch --parsable --array=2-5 o.parts/part.sh",
                "sbatch --parsable --dependency=afterany:19 o.parts/merge.sh",
            ])
        for number in 2...5 {
            let part = try script(scratch, "part.sh", "\(number)")
            #expect(part.code == 0, "\(part.complaint)")
        }
        #expect(try script(scratch, "merge.sh").code == 0)
        let whole = try Command(["run", "p", "--model", "all", "--out", "whole"] + quickPermuted, in: scratch.path)
            .wait()
        #expect(whole.code == 0)
        for file in ["all/null.tsv", "all/clusters.tsv", "all/z.nii.gz"] where scratch.exists("whole/\(file)") {
            #expect(scratch.bytes("o/\(file)") == scratch.bytes("whole/\(file)"))
        }
        #expect(scratch.exists("o/all/null.tsv"))
    }

    @Test("what is still in the queue is not submitted again; the merge waits for it too")
    func queue() throws {
        let scratch = try site()
        #expect(try prepare(scratch, ["--model", "all", "--shards", "4", "--submit"]).code == 0)
        _ = try told(scratch)
        try scratch.write("queue", "17 2 RUNNING\n17 3 PENDING\n18 N/A PENDING\n99 1 RUNNING\n")
        let second = try prepare(scratch, ["--model", "all", "--submit"])
        #expect(second.code == 0, "\(second.complaint)")
        #expect(
            try told(scratch) == [
                "sbatch --parsable --array=1,4 o.parts/part.sh",
                "sbatch --parsable --dependency=afterany:17:19 o.parts/merge.sh", "scancel 18",
            ])
        try scratch.write("queue", "17 2 RUNNING\n19 1 PENDING\n19 4 PENDING\n17 3 PENDING\n20 N/A PENDING\n")
        let third = try prepare(scratch, ["--model", "all", "--submit"])
        #expect(third.output.contains("in the queue"))
        #expect(try told(scratch).isEmpty)
        let status = try slurm(scratch, ["status", "o.parts"])
        #expect(status.output.contains("job 17 (parts): 1 pending, 1 running"), "\(status.output)")
        let cancelled = try slurm(scratch, ["cancel", "o.parts"])
        #expect(cancelled.code == 0)
        #expect(try told(scratch) == ["scancel 17 19 20"])
    }

    @Test("what all parts share is computed in a job before them, once; parts are the same without it")
    func prepares() throws {
        let scratch = try site()
        let arguments = ["--model", "rest", "--shards", "2"]
        let first = try prepare(scratch, arguments + ["--prepare", "--submit"])
        #expect(first.code == 0, "\(first.complaint)")
        #expect(
            try told(scratch) == [
                "sbatch --parsable o.parts/prepare.sh",
                "sbatch --parsable --dependency=afterany:17 --array=1-2 o.parts/part.sh",
                "sbatch --parsable --dependency=afterany:18 o.parts/merge.sh",
            ])
        let by = try prepare(scratch, arguments + ["--prepare", "--print-commands"])
        #expect(by.output.hasPrefix("# before all of them: sh \(scratch.path)/o.parts/prepare.sh\n"))
        #expect(try script(scratch, "part.sh", "1").code == 0)
        let shared = try script(scratch, "prepare.sh")
        #expect(shared.code == 0, "\(shared.complaint)")
        #expect(scratch.exists("o.parts/prepared.cuneus"))
        let part = "o.parts/parts/rest/part-0001.tsv"
        let without = scratch.bytes(part)
        try scratch.remove(part)
        let with = try script(scratch, "part.sh", "1")
        #expect(with.code == 0, "\(with.complaint)")
        #expect(!with.complaint.contains("Bounds"))
        #expect(scratch.bytes(part) == without)
        // It is there: the next call submits no job for it.
        try scratch.write("queue", "18 2 RUNNING\n19 N/A PENDING\n")
        try scratch.remove(part)
        #expect(try prepare(scratch, arguments + ["--prepare", "--submit"]).code == 0)
        #expect(
            try told(scratch) == [
                "sbatch --parsable --array=1 o.parts/part.sh",
                "sbatch --parsable --dependency=afterany:18:20 o.parts/merge.sh", "scancel 19",
            ])
    }

    @Test("parts of another input, of other options or in another number are not mixed")
    func refusals() throws {
        let scratch = try site()
        #expect(try prepare(scratch, ["--model", "all", "--shards", "4"]).code == 0)
        let shards = try prepare(scratch, ["--model", "all", "--shards", "5"])
        #expect(shards.code == 2)
        #expect(shards.complaint.contains("begun as 4"))
        let options = try prepare(scratch, ["--model", "all", "--set", "seed=8"])
        #expect(options.code == 2)
        #expect(options.complaint.contains("other options"))
        #expect(try prepare(scratch, ["--model", "all", "--cpus", "4", "--memory", "2"]).code == 0)
        try scratch.edit("p/peaks.tsv", "-42\t26\t0", "-42\t26\t2")
        let input = try prepare(scratch, ["--model", "all"])
        #expect(input.code == 2)
        #expect(input.complaint.contains("the input has changed"))
        try scratch.write("o.parts/parts.json", "{}\n")
        let damaged = try slurm(scratch, ["status", "o.parts"])
        #expect(damaged.code == 2)
        #expect(try slurm(scratch, ["status", "p"]).code == 2)
    }

    @Test("the site's limit on arrays holds, and a test of seconds is one part")
    func limits() throws {
        let scratch = try site(array: 6)
        let many = try prepare(scratch, ["--shards", "3"])
        #expect(many.code == 2)
        #expect(many.complaint.contains("(5)"))
        let few = try prepare(scratch, [])
        #expect(few.code == 0, "\(few.complaint)")
        #expect(few.output.contains("sbatch --array=1-2 "))
        let long = try slurm(
            scratch, ["p", "--out", "long", "--method", "sdm-psi", "--set", "permutations=1000000"])
        #expect(long.code == 0, "\(long.complaint)")
        // Two models share what the site allows.
        #expect(long.output.contains("sbatch --array=1-4 "), "\(long.output)")
        let none = try slurm(scratch, ["p", "--out", "none"] + quick)
        #expect(none.code == 2)
    }

    @Test("for other queues, a command per part is printed and the merge as a comment; a shell runs them as they are")
    func printed() throws {
        let scratch = try site()
        let outcome = try prepare(scratch, ["--model", "rest", "--shards", "2", "--print-commands"])
        #expect(outcome.code == 0, "\(outcome.complaint)")
        let lines = outcome.output.split(separator: "\n").map {
            $0.replacingOccurrences(of: "\(scratch.path)/", with: "")
        }
        #expect(
            lines == [
                "sh o.parts/part.sh 1", "sh o.parts/part.sh 2", "# when all of them are done: sh o.parts/merge.sh",
            ])
        let ran = try Command([], in: "/", shell: outcome.output).wait()
        #expect(ran.code == 0, "\(ran.complaint)")
        let again = try prepare(scratch, ["--model", "rest", "--print-commands"])
        #expect(again.output.hasPrefix("# when all of them are done"))
    }

    @Test("without Slurm, and where sbatch refuses, it is said so and nothing is taken for submitted")
    func noSlurm() throws {
        let scratch = try site()
        let bare = try Command(
            ["slurm", "p", "--model", "rest", "--out", "o", "--submit"] + quickPermuted, in: scratch.path,
            environment: ["PATH": "/no/such/folder:/usr/bin/only-env"]
        ).wait()
        #expect(bare.code == 1)
        #expect(bare.complaint.contains("login node"), "\(bare.complaint)")
        try scratch.write("refuses", "")
        let refused = try prepare(scratch, ["--model", "rest", "--submit"])
        #expect(refused.code == 1)
        #expect(refused.complaint.contains("no such partition"))
        try scratch.remove("refuses")
        #expect(try prepare(scratch, ["--model", "rest", "--submit"]).code == 0)
        #expect(try told(scratch).count == 2)
    }

    @Test("files that the plan and the command line name come along; a container is bound to the folders")
    func namedFiles() throws {
        let scratch = try site()
        try scratch.writeMask("masks/brain.nii", voxelSize: 8)
        let outcome = try slurm(
            scratch,
            ["p", "--out", "o", "--container", "docker://cuneus", "--set", "mask=masks/brain.nii"] + quickPermuted)
        #expect(outcome.code == 0, "\(outcome.complaint)")
        #expect(scratch.files("o.parts/input").contains { $0.hasSuffix("masks/brain.nii") })
        let text = scratch.text("o.parts/part.sh")
        let bind = "--bind \(scratch.path)/o.parts,\(scratch.path)"
        #expect(text.contains("apptainer exec \(bind) docker://cuneus cuneus permute"))
        let place = try #require(text.split(separator: "\n").last { $0.hasPrefix("cd ") }).dropFirst(3)
        #expect(FileManager.default.fileExists(atPath: "\(place)/masks/brain.nii"))
        #expect(text.contains("--set mask=masks/brain.nii"))
    }

    @Test(
        "usage that cannot be meant is refused",
        arguments: [["--shards", "0"], ["--cpus", "0"], ["--threads", "2"], ["--submit", "--print-commands"]])
    func usage(_ arguments: [String]) throws {
        let scratch = try site()
        #expect(try prepare(scratch, arguments).code == 64)
    }
}
