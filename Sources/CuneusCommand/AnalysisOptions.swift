public import ArgumentParser
public import Cuneus
import Foundation

/// What every command that computes takes: the project, settings, and what it may use of the machine.
struct AnalysisOptions: ParsableArguments {
    @OptionGroup var project: ProjectOptions
    @OptionGroup var adHoc: ModelOptions

    @Option(
        name: .customLong("method"),
        help: ArgumentHelp(
            "Analyse by this method, in place of the plan's (repeatable): sdm-psi, ale, mkda, ibma-dl ...; cuneus settings lists them.",
            valueName: "name"))
    var methods: [String] = []

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Override a setting (repeatable); see cuneus settings.", valueName: "key=value"))
    var assignments: [String] = []

    @Option(help: "Worker threads (default: $SLURM_CPUS_PER_TASK, else all cores).")
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "Most memory the permutation test, or a method beside effect sizes, may take.", valueName: "GiB"))
    var memory = 4.0

    @Option(
        help: ArgumentHelp(
            "Vector instructions of the permutation test: baseline, x86-64-v3 or x86-64-v4 (default: $CUNEUS_ISA, else the widest there is). The result does not depend on it.",
            valueName: "name"))
    var instructions: VectorInstructions?

    @Flag(help: "Stop on warnings, not only on errors.")
    var strict = false

    @Flag(name: .shortAndLong, help: "Print nothing but the result.")
    var quiet = false

    func validate() throws {
        if let threads, !Self.threadCounts.contains(threads) {
            throw ValidationError(
                "--threads is \(threads); \(Self.threadCounts.lowerBound) to \(Self.threadCounts.upperBound) can be had."
            )
        }
        guard memory > 0, memory < 1e6 else { throw ValidationError("--memory is \(memory); give GiB above 0.") }
        let chosen = try chosenInstructions
        guard VectorInstructions.available.contains(chosen) else {
            throw ValidationError("This processor has no \(chosen.rawValue) instructions.")
        }
    }

    /// Settings of the command line, in their order.
    var overrides: [SettingAssignment] {
        get throws(InputError) {
            try SettingAssignment.list(assignments, methods: methods)
        }
    }

    private static let threadCounts = 1...1024

    var workers: Workers {
        let slurm = ProcessInfo.processInfo.environment["SLURM_CPUS_PER_TASK"].flatMap(Int.init)
            .flatMap { Self.threadCounts.contains($0) ? $0 : nil }
        return Workers(threads: threads ?? slurm ?? ProcessInfo.processInfo.activeProcessorCount)
    }

    /// What methods may take of memory.
    var allowance: MemoryAllowance {
        MemoryAllowance(
            limit: memoryBytes, available: MachineMemory.available, threads: workers.threads)
    }

    private var memoryBytes: Int { Int(memory * Double(1 << 30)) }

    private var chosenInstructions: VectorInstructions {
        get throws {
            if let instructions { return instructions }
            guard let name = ProcessInfo.processInfo.environment["CUNEUS_ISA"], !name.isEmpty else { return .best }
            guard let named = VectorInstructions(rawValue: name) ?? VectorInstructions(rawValue: "x86-64-\(name)")
            else {
                throw ValidationError("CUNEUS_ISA is '\(name)'; use baseline, x86-64-v3 or x86-64-v4.")
            }
            return named
        }
    }

    func permutationOptions(
        ledger: String? = nil, shards: [PermutationLedger] = [], kernels: KernelStore? = nil
    ) throws -> PermutationOptions {
        PermutationOptions(
            memory: memoryBytes, instructions: try chosenInstructions, ledger: ledger, shards: shards,
            kernels: kernels)
    }

    /// The project, with the model of the command line, if any.
    /// - Parameter names: see ``ModelOptions/applied(to:models:)``.
    func read(models names: [String] = []) throws -> (project: Project, names: [String]) {
        let (project, names) = try adHoc.applied(to: try project.read(), models: names)
        return (try ProjectFilters.locatingFoci(of: project), names)
    }

    /// A project that was read and checked, with the chosen models and their settings.
    struct Opened {
        var project: Project
        var overrides: [SettingAssignment]
        var models: [(plan: ModelPlan, settings: Settings)]
        var notices: [Notice]
        /// Statistic maps that go in, where asked for.
        var maps: [ReportedMap]
    }

    /// Reads and checks the project; settings are checked for every model before the first one starts.
    /// - Parameters:
    ///   - names: models to take, all when empty.
    ///   - reportsMaps: whether a line and a picture are made of every statistic map.
    func open(models names: [String], reportsMaps: Bool = false) throws -> Opened {
        let overrides = try overrides
        let (read, chosen) = try read(models: names)
        let project = read.recordingContents()
        let plans = try Self.chosen(chosen, of: project)
        let models = try plans.map { ($0, try project.settings(of: $0, overrides: overrides)) }
        let (notices, maps) = try checked(project, plans, reportsMaps: reportsMaps)
        for (plan, settings) in models where !settings.otherMethods.isEmpty {
            var methods = try OtherMethods(plan, of: project, settings: settings)
            methods.allowance = allowance
            let scope = methods.scope
            if settings.mainMethod == nil, scope.runs.isEmpty {
                throw InputError(
                    at: plan.source,
                    "model \"\(plan.name)\" cannot be run: \(scope.skipped.map(\.reason).joined(separator: " "))",
                    remedy: "Name a method that fits it, or add sdm-psi.")
            }
        }
        for (plan, settings) in models where settings.mainMethod != nil {
            try ModelScope.check(
                plan, experiments: try project.experiments(of: plan, settings: settings), settings: settings)
        }
        return Opened(project: project, overrides: overrides, models: models, notices: notices, maps: maps)
    }

    static func chosen(_ names: [String], of project: Project) throws(InputError) -> [ModelPlan] {
        guard !names.isEmpty else { return project.models }
        var chosen: [ModelPlan] = []
        for name in names {
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
    private func checked(
        _ project: Project, _ plans: [ModelPlan], reportsMaps: Bool
    ) throws -> (notices: [Notice], maps: [ReportedMap]) {
        let brain = Mask(try Templates.load(.brainMask))
        let images = ImageChecks.look(
            project, plans, brainMask: brain, overrides: try overrides, reportsMaps: reportsMaps)
        var notices =
            ProjectCheck.run(project, brainMask: brain, overrides: try overrides)
            + images.notices
            + MethodChecks.notices(project, plans, overrides: try overrides, allowance: allowance)
            + MaskChecks.notices(project, plans, overrides: try overrides)
        if !project.regions.isEmpty {
            notices += try ProjectRegions(project).notices(overrides: overrides).filter {
                $0.code != "region" || $0.severity == .error
            }
        }
        if strict { notices = notices.strict() }
        let report = NoticeReport(notices)
        if report.errors > 0 {
            // Only what stops the run, so that it does not scroll away.
            let errors = NoticeReport(notices.filter { $0.severity == .error }).foldedText.split(separator: "\n")
                .dropLast()
            Failure.complain(errors.joined(separator: "\n"))
            Failure.complain("Nothing was run: \(report.summary); cuneus check lists them all.")
            throw ExitCode(Failure.inputCode)
        }
        if !quiet, report.warnings > 0 {
            Failure.complain("\(report.summary) in the input; cuneus check lists them, and so does the report.")
        }
        return (notices, images.maps)
    }
}

extension VectorInstructions: ExpressibleByArgument {}

extension SettingAssignment {
    /// `--set` in their order, then `--method`.
    static func list(_ assignments: [String], methods: [String]) throws(InputError) -> [SettingAssignment] {
        var overrides: [SettingAssignment] = []
        for text in assignments { overrides.append(try SettingAssignment(commandLine: text)) }
        if !methods.isEmpty {
            let list = methods.joined(separator: ", ")
            overrides.append(
                SettingAssignment(key: "method", value: list, source: SourceLocation(file: "--method \(list)")))
        }
        return overrides
    }
}
