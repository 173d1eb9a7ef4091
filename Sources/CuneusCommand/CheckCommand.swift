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
              cuneus check foci.txt --method ale
              cuneus check increases.txt:+ decreases.txt:-
            """)

    @OptionGroup var project: ProjectOptions
    @OptionGroup var adHoc: ModelOptions
    @Option(
        name: .customLong("method"),
        help: ArgumentHelp(
            "Ask only what this method needs, in place of the plan's (repeatable).", valueName: "name"))
    var methods: [String] = []
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Override a setting (repeatable); see cuneus settings.", valueName: "key=value"))
    var assignments: [String] = []
    @Flag(help: "List every finding; else the first few of each kind, and the number of the rest.") var all = false
    @Flag(help: "Count warnings as errors.") var strict = false
    @Flag(help: "Print JSON instead of text.") var json = false

    func run() throws {
        let brain = Mask(try Templates.load(.brainMask))
        let project = try ProjectFilters.locatingFoci(of: adHoc.applied(to: try project.read()).project)
        let overrides = try SettingAssignment.list(assignments, methods: methods)
        var notices = ProjectCheck.run(project, brainMask: brain, overrides: overrides)
        notices += ImageChecks.notices(project, project.models, brainMask: brain, overrides: overrides)
        notices += MethodChecks.notices(project, project.models, overrides: overrides)
        notices += MaskChecks.notices(project, project.models, overrides: overrides)
        notices += try ProjectRegions(project).notices(overrides: overrides)
        notices += ProjectOutcomes.notices(project)
        notices += LedgerOfRun.notices(project, inputs: self.project.project)
        if strict { notices = notices.strict() }
        let report = NoticeReport(notices)
        try StandardOutput.print(json ? report.json : all ? report.text : report.foldedText, terminator: "")
        if report.errors > 0 { throw ExitCode(Failure.inputCode) }
    }
}
