import ArgumentParser
import Cuneus

struct SlurmCancelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Take the jobs of some parts out of the queue; what is done is kept.",
        discussion: """
            Example:
              cuneus slurm cancel cuneus-out/my_project.parts
            """)

    @Argument(help: "Folder of the parts.", completion: .directory) var folder: String

    func run() throws {
        let opened = try PartFolder(opening: folder)
        let submissions = opened.manifest.submissions
        let queued = try SlurmSite.queue(submissions.flatMap(\.jobs))
        let jobs = Set(queued.map(\.number)).sorted()
        try SlurmSite.cancel(jobs)
        let done = PartTally(opened.parts)
        try StandardOutput.print(
            (jobs.isEmpty
                ? "Nothing of it is in the queue."
                : "Cancelled job\(jobs.count == 1 ? "" : "s") \(jobs.map(String.init).joined(separator: ", ")).")
                + " \(done.text); the same cuneus slurm command goes on with the rest.")
    }
}
