import ArgumentParser
import Cuneus
import Foundation
import Logging

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the models of a project and write maps, tables and a report.",
        discussion: """
            Writes DIR/<model>/ (maps g, se, z, p, tau2, I2, H2, Q as .nii.gz; clusters.tsv, peaks.tsv, studies.tsv),
            DIR/report.html and DIR/run.json. The same input, settings and seed give the same bytes for any --threads.

            Examples:
              cuneus run Examples/psychotherapy
              cuneus run my_sdm_folder --set imputations=20 --out results
              cuneus run foci.txt --sign positive --set threshold_p=0.001
            """)

    @OptionGroup var project: ProjectOptions

    @Option(help: "Only this model of the plan (repeatable).")
    var model: [String] = []

    @Option(help: "Folder for the results (default: cuneus-out/<project>).", completion: .directory)
    var out: String?

    @Option(name: .customLong("set"), help: "Override a setting, key=value (repeatable); see cuneus settings.")
    var assignments: [String] = []

    @Option(help: "Worker threads (default: $SLURM_CPUS_PER_TASK, else all cores).")
    var threads: Int?

    @Flag(help: "Also write every experiment's lower and upper bound map.")
    var bounds = false

    @Flag(help: "Stop on warnings, not only on errors.")
    var strict = false

    @Flag(name: .shortAndLong, help: "Print nothing but the result.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Tell what is read and done.")
    var verbose = false

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads is \(threads); at least 1 is needed.") }
    }

    func run() async throws {
        try await cancellable { try await perform() }
    }

    private func perform() async throws {
        var log = Logger(label: "cuneus") { StreamLogHandler.standardError(label: $0) }
        log.logLevel = verbose ? .debug : .warning

        let started = Date()
        let overrides = try assignments.map { try SettingAssignment(commandLine: $0) }
        let project = try project.read()
        log.debug("read \(project.inputFiles.count) files: \(project.experiments.count) experiments")
        let plans = try chosenModels(of: project)
        // Settings are checked for every model before the first one starts.
        let settings = try plans.map { try project.settings(of: $0, overrides: overrides) }
        let notices = try checked(project, plans)
        try Task.checkCancellation()
        let places = try places(for: project)

        let path = out ?? "cuneus-out/\(ModelFindings.folderName(project.name))"
        let folder = try ResultFolder(path)
        let threads = threads ?? Self.defaultThreads
        let progress = TerminalProgress(isQuiet: quiet)
        let machine = MachineRecord(started: started, threads: threads, instructionSet: InstructionSet.current)
        var models: [ModelFindings] = []
        for (plan, settings) in zip(plans, settings) {
            if plans.count > 1 { progress.label(plan.name) }
            let analysis = MeanAnalysis(
                space: try AnalysisSpace(settings: settings), settings: settings,
                workers: Workers(threads: threads), progress: progress)
            let experiments = try project.experiments(of: plan, settings: settings)
            let result = try await analysis.run(plan, experiments: experiments, keepBounds: bounds)
            models.append(ModelFindings(result: result, clusters: result.exploratoryClusters()))
        }

        let run = RunResults(
            project: project, models: models, places: places, template: try Templates.load(.t1),
            commandLineSettings: overrides, notices: notices, machine: machine)
        _ = try folder.write(run)
        print(RunSummary(run).text)
        print("\nReport: \(path)/report.html")
    }

    private static var defaultThreads: Int {
        ProcessInfo.processInfo.environment["SLURM_CPUS_PER_TASK"].flatMap(Int.init).map { max(1, $0) }
            ?? ProcessInfo.processInfo.activeProcessorCount
    }

    private func chosenModels(of project: Project) throws(InputError) -> [ModelPlan] {
        guard !model.isEmpty else { return project.models }
        var chosen: [ModelPlan] = []
        for name in model {
            guard let plan = project.models.first(where: { $0.name == name }) else {
                throw InputError(
                    "there is no model '\(name)' in \(project.name).",
                    remedy: "Its models are: \(project.models.map(\.name).joined(separator: ", ")).")
            }
            chosen.append(plan)
        }
        return chosen
    }

    /// Errors stop the run; warnings and notes are told and go into the report.
    private func checked(_ project: Project, _ plans: [ModelPlan]) throws -> [Notice] {
        let brain = Mask(try Templates.load(.brainMask))
        var notices =
            ProjectCheck.run(project, brainMask: brain) + ImageChecks.notices(project, plans, brainMask: brain)
        if strict { notices = notices.strict() }
        let report = NoticeReport(notices)
        if report.errors > 0 {
            Failure.complain(report.text.trimmingCharacters(in: .newlines))
            throw ExitCode(Failure.inputCode)
        }
        if !quiet, report.warnings > 0 {
            Failure.complain("\(report.summary) in the input; cuneus check lists them, and so does the report.")
        }
        return notices
    }

    private func places(for project: Project) throws -> PlaceNamer {
        let atlases = AtlasSet.installed()
        if !quiet, let notice = atlases.notice { Failure.complain("note: \(notice)") }
        return PlaceNamer(
            atlases,
            others: try project.atlases.map { try LabelAtlas(image: $0.image, table: $0.labels) })
    }
}
