import Cuneus
import Foundation

/// The Slurm of this machine, by its own programs.
enum SlurmSite {
    /// A job in the queue.
    struct Job: Hashable {
        /// Of the whole array.
        var number: Int
        /// nil for a job that is no array.
        var task: Int?
        /// As Slurm calls it: RUNNING, PENDING.
        var state: String

        /// A line of `squeue --array --format='%F %K %T'`.
        init?(line: Substring) {
            let words = line.split(separator: " ")
            guard words.count == 3, let number = Int(words[0]) else { return nil }
            self.number = number
            task = Int(words[1])
            state = String(words[2])
        }
    }

    /// The largest number a task can have; nil where there is no Slurm to ask.
    static func largestTask() -> Int? {
        guard let text = try? run("scontrol", ["show", "config"]) else { return nil }
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=").map { $0.trimmingCharacters(in: .whitespaces) }
            if parts.count == 2, parts[0] == "MaxArraySize", let size = Int(parts[1]) { return size - 1 }
        }
        return nil
    }

    /// What of some jobs is still in the queue, task by task.
    ///
    /// - Throws: `OutputError` where the queue cannot be asked.
    static func queue(_ jobs: some Sequence<Int>) throws(OutputError) -> [Job] {
        let wanted = Set(jobs)
        guard !wanted.isEmpty else { return [] }
        // Asked for by number, Slurm fails for jobs that it has forgotten; all of this user's are few enough.
        let text = try run(
            "squeue", ["--noheader", "--array", "--user=\(getuid())", "--format=%F %K %T"])
        return text.split(separator: "\n").compactMap { Job(line: $0) }.filter { wanted.contains($0.number) }
    }

    /// - Returns: the number of the job.
    static func submit(_ script: String, options: [String]) throws(OutputError) -> Int {
        let text = try run("sbatch", ["--parsable"] + options + [script])
        // `17`, or `17;cluster`.
        let number = text.split(whereSeparator: { $0 == ";" || $0.isWhitespace }).first.flatMap { Int($0) }
        guard let number else {
            throw OutputError(
                path: "sbatch", reason: "it did not say which job it made: \(text.prefix(200)).",
                remedy: "Look with squeue, and submit \(script) by hand.")
        }
        return number
    }

    static func cancel(_ jobs: [Int]) throws(OutputError) {
        guard !jobs.isEmpty else { return }
        _ = try run("scancel", jobs.map(String.init))
    }

    /// What a program of Slurm prints.
    private static func run(_ program: String, _ arguments: [String]) throws(OutputError) -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardInput = FileHandle.nullDevice
        let (output, complaint) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = complaint
        do {
            try process.run()
        } catch {
            throw OutputError(path: program, reason: "it cannot be run: \(FileProblem.reason(error)).", remedy: remedy)
        }
        // What is printed fits into a pipe or is read here; complaints are a line or two.
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let words = String(decoding: complaint.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        process.waitUntilExit()
        switch process.terminationStatus {
        case 0: return text
        case 127: throw OutputError(path: program, reason: "there is no such program here.", remedy: remedy)
        default:
            let reason = words.isEmpty ? "it ended with \(process.terminationStatus)." : "it says: \(words)"
            throw OutputError(path: program, reason: reason, remedy: "What is done is kept.")
        }
    }

    private static let remedy =
        "Run this on a login node of a Slurm cluster, or take --print-commands for another queue."
}
