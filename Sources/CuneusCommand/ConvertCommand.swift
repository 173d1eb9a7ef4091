public import ArgumentParser
public import Cuneus

struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Write a project in another format.",
        discussion: """
            Formats: native (folder), sdm (folder), sleuth (text file). What the other format cannot hold is listed;
            nothing is dropped silently.

            Example:
              cuneus convert foci.txt --sign positive --to native --out my_project
            """)

    @OptionGroup var project: ProjectOptions
    @Option(help: "native, sdm or sleuth.") var to: Project.Format
    @Option(help: "Folder (native, sdm) or file (sleuth) to write; must not exist.") var out: String

    func run() throws {
        let notices = try ProjectWriter.write(try project.read(), as: to, to: out)
        if !notices.isEmpty { Failure.complain(NoticeReport(notices).text) }
        print("Wrote \(out)")
    }
}

extension Project.Format: ExpressibleByArgument {}
