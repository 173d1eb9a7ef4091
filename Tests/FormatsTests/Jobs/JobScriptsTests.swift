import Formats
import Foundation
import TestSupport
import Testing

@Suite("Job scripts")
struct JobScriptsTests {
    /// Scripts whose program is one that prints its arguments, one a line.
    private func scripts(in folder: String, namesModel: Bool = true, options: [String] = []) -> JobScripts {
        JobScripts(
            name: "cuneus-small", folder: folder, workingFolder: "\(folder)/input", program: ["\(folder)/print words"],
            inputs: ["\(folder)/input/p"],
            options: options, merging: ["--out", "\(folder)/it's out"], preparing: ["--model", "young"],
            namesModel: namesModel,
            resources: JobResources(partition: "short", memory: "2G", cpus: 3, others: ["--constraint=avx512"]),
            tasks: 2)
    }

    private func prepared(_ namesModel: Bool = true, options: [String] = []) throws -> Scratch {
        let scratch = try Scratch([
            "print words": "#!/bin/sh\nprintf '%s\\n' \"$@\"\n", "input/p": "x\n",
            "input.sha256": "73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac  input/p\n",
            "tasks.tsv": "parts/a/part-0001.tsv\t1/2\tmean\nparts/a/part-0002.tsv\t2/2\tyoung \"and\" $old\n",
        ])
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: "\(scratch.path)/print words")
        let scripts = scripts(in: scratch.path, namesModel: namesModel, options: options)
        try scratch.write("part.sh", scripts.part)
        try scratch.write("merge.sh", scripts.merge)
        try scratch.write("prepare.sh", scripts.prepare)
        return scratch
    }

    private func run(
        _ script: String, _ arguments: [String] = [], in scratch: Scratch, environment: [String: String] = [:]
    ) throws -> (code: Int32, lines: [String]) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["\(scratch.path)/\(script)"] + arguments
        process.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }
        let (output, complaint) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = complaint
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text.split(separator: "\n").map(String.init))
    }

    @Test("a part names its input, its model whatever it is called, its share and its file")
    func part() throws {
        let scratch = try prepared(options: ["--filter", "task == \"rest\""])
        let (code, words) = try run("part.sh", ["2"], in: scratch)
        #expect(code == 0)
        let expected = [
            "permute", "\(scratch.path)/input/p", "--filter", "task == \"rest\"", "--threads", "3", "--model",
            "young \"and\" $old", "--shard", "2/2", "--out",
            "\(scratch.path)/parts/a/part-0002.tsv",
        ]
        #expect(words == expected)
    }

    @Test("what all parts share is computed once; parts take it where it is there")
    func prepare() throws {
        let scratch = try prepared()
        let file = "\(scratch.path)/prepared.cuneus"
        let (code, words) = try run("prepare.sh", in: scratch)
        #expect(code == 0)
        let expected = [
            "prepare", "\(scratch.path)/input/p", "--threads", "3", "--model", "young", "--out", file,
        ]
        #expect(words == expected)
        try scratch.write("prepared.cuneus", "x")
        #expect(try run("prepare.sh", in: scratch).lines.isEmpty)
        #expect(try run("part.sh", ["2"], in: scratch).lines.suffix(2) == ["--prepared", file])
    }

    @Test("a model of the command line is not named")
    func adHoc() throws {
        let scratch = try prepared(false)
        let (code, words) = try run("part.sh", ["1"], in: scratch)
        #expect(code == 0)
        #expect(!words.contains("--model"))
        #expect(words.suffix(4) == ["--shard", "1/2", "--out", "\(scratch.path)/parts/a/part-0001.tsv"])
    }

    @Test(
        "the number of an array job comes from its queue",
        arguments: ["SLURM_ARRAY_TASK_ID", "SGE_TASK_ID", "PBS_ARRAY_INDEX", "PBS_ARRAYID", "LSB_JOBINDEX"])
    func number(_ variable: String) throws {
        let scratch = try prepared()
        let (code, words) = try run("part.sh", in: scratch, environment: [variable: "2"])
        #expect(code == 0)
        #expect(words.contains("2/2"))
    }

    @Test("no number, and one that there is not, end with the code of wrong usage", arguments: ["", "3", "undefined"])
    func usage(_ number: String) throws {
        let scratch = try prepared()
        let outcome = try run("part.sh", number.isEmpty ? [] : [number], in: scratch)
        #expect(outcome.code == 64)
        #expect(outcome.lines.isEmpty)
    }

    @Test("an input that was changed stops the part and the merge", arguments: ["part.sh", "merge.sh", "prepare.sh"])
    func changed(_ script: String) throws {
        let scratch = try prepared()
        try scratch.write("input/p", "y\n")
        let outcome = try run(script, ["1"], in: scratch)
        #expect(outcome.code == 2)
        #expect(outcome.lines.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/merged"))
    }

    @Test("the merge takes the parts, and leaves word when it is done")
    func merge() throws {
        let scratch = try prepared()
        let (code, words) = try run("merge.sh", in: scratch)
        #expect(code == 0)
        let expected = [
            "merge", "\(scratch.path)/input/p", "--threads", "3", "--parts", "\(scratch.path)/parts", "--out",
            "\(scratch.path)/it's out",
        ]
        #expect(words == expected)
        #expect(FileManager.default.fileExists(atPath: "\(scratch.path)/merged"))
    }

    @Test("the head asks Slurm for what is wanted, and for nothing else")
    func head() {
        let directives = scripts(in: "/w").part.split(separator: "\n").filter { $0.hasPrefix("#SBATCH") }
        let expected = [
            "#SBATCH --job-name=cuneus-small", "#SBATCH --array=1-2", "#SBATCH --nodes=1", "#SBATCH --ntasks=1",
            "#SBATCH --cpus-per-task=3", "#SBATCH --partition=short", "#SBATCH --mem=2G",
            "#SBATCH --output=/w/logs/part-%a.log", "#SBATCH --open-mode=append",
            "#SBATCH --requeue", "#SBATCH --constraint=avx512",
        ]
        #expect(directives.map(String.init) == expected)
    }
}
