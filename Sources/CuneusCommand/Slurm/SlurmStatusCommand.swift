import ArgumentParser
import Cuneus

struct SlurmStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say which parts are done, begun, missing or damaged, and what is in the queue.",
        discussion: """
            Parts are judged by what their files hold. The queue is asked where there is Slurm; nothing depends on its
            accounting.

            Example:
              cuneus slurm status cuneus-out/my_project.parts
            """)

    @Argument(help: "Folder of the parts.", completion: .directory) var folder: String

    func run() throws {
        let opened = try PartFolder(opening: folder)
        let parts = opened.parts
        var lines = ["\(folder): \(opened.manifest.project) in \(parts.count) part\(parts.count == 1 ? "" : "s")"]
        for model in opened.manifest.models {
            lines.append("  \(model.name): \(PartTally(parts.filter { $0.task.model == model.name }).text)")
        }
        for part in parts {
            if case .damaged(let why) = part.found.state { lines.append("  damaged: \(part.task.file): \(why)") }
        }
        lines += Self.queue(opened.manifest)
        if let merged = opened.merged {
            lines.append("  results: written \(merged), in \(opened.manifest.results)")
        } else {
            lines.append("  results: not yet, in \(opened.manifest.results)")
        }
        try StandardOutput.print(lines.joined(separator: "\n"))
    }

    /// What of its jobs is still in the queue.
    private static func queue(_ manifest: PartManifest) -> [String] {
        let submissions = manifest.submissions
        guard !submissions.isEmpty else { return ["  queue: nothing was submitted"] }
        let (arrays, prepares) = (submissions.compactMap(\.array), submissions.compactMap(\.prepare))
        do throws(OutputError) {
            let jobs = try SlurmSite.queue(submissions.flatMap(\.jobs))
            guard !jobs.isEmpty else { return ["  queue: nothing"] }
            return Set(jobs.map(\.number)).sorted().map { number in
                let own = jobs.filter { $0.number == number }
                let states = Dictionary(grouping: own, by: \.state).map { "\($1.count) \($0.lowercased())" }.sorted()
                let kind = arrays.contains(number) ? "parts" : prepares.contains(number) ? "prepare" : "merge"
                return "  queue: job \(number) (\(kind)): "
                    + states.joined(separator: ", ")
            }
        } catch {
            return ["  queue: not known (\(error.path): \(error.reason))"]
        }
    }
}
