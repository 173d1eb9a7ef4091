import ArgumentParser
import Cuneus

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look the input over: what cannot be right, what looks wrong, what is assumed.",
        discussion: """
            Every finding says where (file:line), what was found, and how to mend it. Errors stop a run; warnings and
            notes are listed in the report. Ends with 0 when there are no errors, 2 otherwise.

            Examples:
              cuneus check my_project
              cuneus check studyset.json --annotation annotation.json --space mni
              cuneus check foci.txt --sign positive --json
            """)

    @OptionGroup var project: ProjectOptions
    @OptionGroup var adHoc: ModelOptions
    @Flag(help: "Count warnings as errors.") var strict = false
    @Flag(help: "Print JSON instead of text.") var json = false

    func run() throws {
        let brain = Mask(try Templates.load(.brainMask))
        let project = try adHoc.applied(to: try project.read())
        var notices = ProjectCheck.run(project, brainMask: brain)
        notices += ImageChecks.notices(project, project.models, brainMask: brain)
        notices += try ProjectRegions(project).notices()
        if strict { notices = notices.strict() }
        let report = NoticeReport(notices)
        print(json ? report.json : report.text, terminator: "")
        if report.errors > 0 { throw ExitCode(Failure.inputCode) }
    }
}
