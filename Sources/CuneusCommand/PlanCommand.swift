import ArgumentParser
import Cuneus
import Foundation

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what will be run: per model its experiments, design, test, and about what it takes.",
        discussion: """
            Nothing is computed. Ends with 0 when every model can be made from the data, 2 otherwise. The plan's hash
            changes with its meaning (models, filters, covariates, tests, settings in force) and not with its layout or
            comments; --canonical prints the text it is of, for sha256sum.

            Examples:
              cuneus plan Examples/psychotherapy
              cuneus plan my_project --model dose --json
              cuneus plan my_project --canonical | sha256sum
              cuneus plan my_project --tsv > plan.tsv
            """)

    @OptionGroup var options: AnalysisOptions
    @Option(help: "Only this model of the plan (repeatable).") var model: [String] = []
    @Flag(help: "Print JSON instead of text, design matrices included.") var json = false
    @Flag(help: "Print a table instead: a row per model, tab-separated.") var tsv = false
    @Flag(help: "Print the text that the plan's hash is of, and nothing else.") var canonical = false

    func validate() throws {
        if [json, tsv, canonical].count(where: { $0 }) > 1 {
            throw ValidationError("Give one of --json, --tsv and --canonical.")
        }
    }

    func run() throws {
        let (project, names) = try options.read(models: model)
        let overrides = try options.overrides
        if canonical {
            try StandardOutput.print(try project.canonicalPlan(overrides: overrides), terminator: "", isRaw: true)
            return
        }
        var shared = Shared()
        var summaries: [ModelSummary] = []
        for plan in try AnalysisOptions.chosen(names, of: project) {
            summaries.append(try summary(plan, of: project, overrides, &shared))
        }
        let regions = try ProjectRegions(project).notices(overrides: overrides)
        let summary = PlanSummary(
            name: project.name, question: project.question, sha256: try PlanHash.sha256(project, overrides: overrides),
            date: Date.now.formatted(.iso8601.year().month().day()), models: summaries,
            regions: regions.isEmpty ? nil : regions, outcomes: model.isEmpty ? OutcomesSummary(project) : nil)
        try StandardOutput.print(json ? try summary.json : tsv ? summary.tsv : summary.text, terminator: "")
        let errors = regions.errors + (summary.outcomes?.notices.errors ?? [])
        if !errors.isEmpty || summaries.contains(where: { !$0.notices.errors.isEmpty }) {
            throw ExitCode(Failure.inputCode)
        }
    }

    /// What models of a run have in common.
    private struct Shared {
        let spaces = SpaceStore()
        /// How slow this machine is.
        let pace = MachinePace.measured()
        /// Of relocated peaks, by what they depend on.
        var kernels: Set<String> = []
    }

    private func summary(
        _ plan: ModelPlan, of project: Project, _ overrides: [SettingAssignment], _ shared: inout Shared
    ) throws -> ModelSummary {
        let settings = try project.settings(of: plan, overrides: overrides)
        var notices = ProjectCheck.run(plan, of: project, overrides: overrides)
        if options.strict { notices = notices.strict() }
        var summary = ModelSummary(plan, settings: settings, available: project.experiments.count, notices: notices)
        // What is wrong is among the notices.
        guard notices.errors.isEmpty, let (experiments, design) = try? project.design(of: plan, settings: settings)
        else { return summary }
        summary.describe(experiments, design)
        if !settings.otherMethods.isEmpty, var methods = try? OtherMethods(plan, of: project, settings: settings) {
            methods.allowance = options.allowance
            let scope = methods.scope
            summary.notices += scope.skipped.map {
                Notice(.warning, code: "method-does-not-fit", at: plan.source, $0.reason)
            }
            summary.otherBytes = scope.runs.map { methods.memory($0) }.max()
        }
        guard settings.mainMethod != nil else { return summary }
        do {
            try ModelScope.check(plan, experiments: experiments, settings: settings)
        } catch {
            summary.notices.append(
                Notice(.warning, code: "not-run-yet", at: error.location, error.message, remedy: error.remedy))
            return summary
        }
        func key(_ names: [String]) -> String {
            names.compactMap { SettingKey.named($0)?.text(in: settings) }.joined(separator: " ")
        }
        let space = try shared.spaces.space(settings)
        let kernels = key(["voxel_size", "mask", "kernel_fwhm", "least_kernel_fwhm", "anisotropy", "seed"])
        let testsAgreement = settings.testsAgreement(of: plan)
        summary.cost = CostEstimate(
            plan, experiments: experiments, coefficients: design.columnCount, settings: settings, space: space,
            workers: options.workers, permutation: try options.permutationOptions(),
            hasKernels: shared.kernels.contains(kernels)
        ).at(pace: shared.pace)
        if testsAgreement { shared.kernels.insert(kernels) }
        if let shortage = summary.cost.flatMap({ MemoryShortage($0, model: plan.name) }) {
            summary.notices.append(
                Notice(
                    .warning, code: "memory-short", at: plan.source, shortage.message, remedy: MemoryShortage.remedy))
        }
        summary.threads = options.workers.threads
        summary.voxels = space.mask.count
        return summary
    }
}
