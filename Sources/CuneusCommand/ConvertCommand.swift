public import ArgumentParser
public import Cuneus

struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Write a project in another format.",
        discussion: """
            Formats:
              native      folder: cuneus.yaml, studies.tsv, peaks.tsv, column
                          dictionaries as in BIDS, maps/
              nimads      folder, or file ending with .json or .json.gz, with its
                          annotation beside it
              sdm         folder
              sleuth      text file
              neurosynth  folder with coordinates.tsv.gz and metadata.tsv.gz
            NiMARE's older dataset JSON is read, not written. What the other format cannot hold is listed; nothing is
            dropped silently. Docs/formats.md has a table of what each holds.

            Examples:
              cuneus convert foci.txt --sign positive --to native --out my_project
              cuneus convert studyset.json --space mni --to native --out my_project
              cuneus convert my_project --to nimads --out studyset.json.gz
            """)

    @OptionGroup var project: ProjectOptions
    @Option(help: "native, nimads, sdm, sleuth or neurosynth.") var to: Project.Format
    @Option(help: "Folder or file to write; must not exist.") var out: String

    func run() throws {
        let read = try project.read()
        var notices = try ProjectWriter.write(read, as: to, to: out)
        if let table = read.outcomesFile {
            notices.append(
                Notice(
                    .warning, code: "outcomes-not-written", at: SourceLocation(file: table),
                    "region-level results are not written.",
                    remedy: "Copy \(Path.name(table)), and the part `outcomes:` of the plan, into the new project."))
        }
        if !notices.isEmpty { Failure.complain(NoticeReport(notices).text) }
        try StandardOutput.print("Wrote \(out)")
    }
}

extension Project.Format: ExpressibleByArgument {
    public init?(argument: String) {
        guard let format = Project.Format(rawValue: argument), Project.Format.writable.contains(format) else {
            return nil
        }
        self = format
    }

    public static var allValueStrings: [String] { writable.map(\.rawValue) }
}
