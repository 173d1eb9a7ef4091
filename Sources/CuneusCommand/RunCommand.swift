public import ArgumentParser
public import Cuneus
import Foundation
import Logging

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the models of a project and write maps, tables and a report.",
        discussion: """
            Writes DIR/<model>/ (maps g, se, z, p, tau2, I2, H2, Q, fmi as .nii.gz, family-wise error corrected p maps;
            clusters.tsv, peaks.tsv, studies.tsv, null.tsv, trust.tsv, evidence.tsv, jackknife.tsv, contributions.tsv,
            specificity.tsv, regions.tsv; for models with covariates also
            design.tsv, coefficients.tsv, terms.tsv and maps per coefficient), DIR/report.html and DIR/run.json. The same input, settings
            and seed give the same bytes for any --threads, --memory and --instructions.

            With several methods (method: [sdm-psi, ale] in the plan, or --method), DIR/<model>/<method>/ holds the maps,
            clusters.tsv and contributions.tsv of each, and the report lays them side by side (agreement.tsv,
            only_one_method.tsv, agreement.nii.gz).

            With conjunction: [a, b] in the plan, DIR/conjunction_a_b/ holds what these models have in common: the minimum z, the
            largest corrected p, the joint p, and clusters.tsv.

            With outcomes.tsv in the folder, DIR/outcomes/<name>/ holds its region-level results pooled (see cuneus pool),
            each by itself and, where the plan asks, together.

            An interrupted permutation test resumes when the same command is given again.

            Examples:
              cuneus run Examples/psychotherapy
              cuneus run my_sdm_folder --set imputations=20 --out results
              cuneus run my_sdm_folder --filter 'controls == 1'
              cuneus run foci.txt --sign positive --set permutations=0
              cuneus run foci.txt --method ale --method mkda
              cuneus run Examples/psychotherapy --method sdm-psi --method ale
            """)

    @OptionGroup var options: AnalysisOptions

    @Option(help: "Only this model of the plan (repeatable).")
    var model: [String] = []

    @Option(
        help: ArgumentHelp("Folder for the results (default: cuneus-out/<project>).", valueName: "dir"),
        completion: .directory)
    var out: String?

    @Option(
        help: ArgumentHelp(
            "How maps are called: nimare (z_desc-size_level-cluster_corr-FWE_method-montecarlo), bids (model-mean_alg-ale_space-MNI152NLin2009aSym_res-2_stat-z_statmap, with column dictionaries and dataset_description.json) or sdm (mean_z).",
            valueName: "names"))
    var naming = MapNaming.nimare

    @Flag(help: "Leave out maps that follow from others (p of z, logp of p, H2 of I2; Docs/clusters-and-tables.md).")
    var lean = false

    @Flag(help: "Also write every experiment's lower and upper bound map.")
    var bounds = false

    @Flag(help: "Do not judge the findings one by one (forest and funnel plots, bias tests, jackknife, evidence).")
    var skipTrust = false

    @Flag(help: "Leave the interactive brain out of the report, which it makes some megabytes larger.")
    var noViewer = false

    @Flag(help: "Also write every figure of the run into DIR/figures, as svg, pdf and png (see cuneus figure).")
    var figures = false

    @Flag(
        name: .customLong("maxs-mins-z"),
        help: "Also write the null distribution as SDM-PSI's fwe/maxsMinsZ.asc.")
    var maxsMinsZ = false

    @Flag(name: .shortAndLong, help: "Tell what is read and done.")
    var verbose = false

    func run() async throws {
        try await Interruption.cancellable { try await perform(shards: [:]) }
    }

    /// - Parameter shards: by model, the ledgers of a permutation test that was run in parts.
    @_optimize(none)
    func perform(shards: [String: [PermutationLedger]]) async throws {
        var log = Logger(label: "cuneus") { StreamLogHandler.standardError(label: $0) }
        log.logLevel = verbose ? .debug : .warning
        let started = Date()
        let opened = try options.open(models: model, reportsMaps: true)
        let project = opened.project
        log.debug("read \(project.inputFiles.count) files: \(project.experiments.count) experiments")
        try Task.checkCancellation()
        let places = try places(for: project)
        let regions = try ProjectRegions(project)
        let conjunctions = try ProjectConjunctions(project, running: opened.models)
        // Pooled first: it takes seconds, and what is wrong with the table should not wait for the maps.
        var outcomes = try model.isEmpty ? ProjectOutcomes(project) : nil
        // Read before the work: what is wrong in the ledger should not wait for it. Of single models it would be half of the evidence.
        var claims = try LedgerOfRun(
            project, inputs: model.isEmpty ? options.project.project : [], overrides: opened.overrides)

        let path = out ?? "cuneus-out/\(ModelFindings.folderName(project.name))"
        var folder = try ResultFolder(path)
        folder.writesMaxsMinsZ = maxsMinsZ
        folder.naming = naming
        folder.isLean = lean
        folder.tell = { Failure.complain($0) }
        let workers = options.workers
        folder.workers = workers
        // Folders are made and tried before the work.
        let names = project.models.map(\.name).filter { name in opened.models.contains { $0.plan.name == name } }
        let folders = Dictionary(
            zip(names, ModelFindings.folderNames(names)), uniquingKeysWith: { first, _ in first })
        try folder.prepare(folders.values.sorted())
        var isWritten = false
        defer { if !isWritten { folder.removeEmptyFolders(folders.values.sorted()) } }
        let progress = TerminalProgress(isQuiet: options.quiet)
        let instructions = try options.permutationOptions().instructions
        let machine = MachineRecord(
            started: started, threads: workers.threads, instructionSet: instructions.rawValue)
        log.debug("\(workers.threads) threads, \(instructions.rawValue) kernels")
        let viewer = viewerResources()
        var models: [ModelFindings] = []
        var comparisons: [ModelComparison] = []
        var elsewhere = FindingsElsewhere()
        let kernels = KernelStore()
        let spaces = SpaceStore()
        var notices = opened.notices
        var ledgers: [LedgerStore] = []
        for (number, (plan, settings)) in opened.models.enumerated() {
            progress.model(
                opened.models.count > 1 ? .init(plan.name, number + 1, of: opened.models.count) : nil,
                stages: try stages(of: plan, settings, project))
            let permutation = try options.permutationOptions(
                ledger: folder.ledgerPath(folder: folders[plan.name] ?? ModelFindings.folderName(plan.name)),
                shards: shards[plan.name] ?? [], kernels: kernels)
            let one = ModelRun(
                plan: plan, settings: settings, project: project, regions: regions, places: places, workers: workers,
                progress: progress, permutation: permutation, allowance: options.allowance, spaces: spaces,
                keepsBounds: bounds, judges: !skipTrust, hasViewer: viewer != nil)
            do {
                let outcome = try await one.run()
                models += [outcome.findings].compactMap { $0 }
                try claims.add(plan, outcome)
                if !skipTrust, let made = outcome.prepared { elsewhere.add(made.analysis, made.model) }
                comparisons += [outcome.comparison].compactMap { $0 }
                notices += outcome.notices.filter { !notices.contains($0) }
            } catch is CancellationError where permutation.ledger?.isOpen == true {
                Failure.complain("cuneus: interrupted; the permutations done are kept, and the same command resumes.")
                throw ExitCode(Failure.interruptedCode)
            }
            if let ledger = permutation.ledger { ledgers.append(ledger) }
        }

        progress.model(nil)
        try await elsewhere.compare(&models)
        try outcomes?.addWholeBrain(models)
        var run = RunResults(
            project: project, models: models, comparisons: comparisons, places: places,
            template: try Templates.load(.t1),
            commandLineSettings: opened.overrides, notices: notices, machine: machine)
        run.naming = naming
        run.isLean = lean
        run.maps = opened.maps
        run.viewer = viewer
        run.outcomes = outcomes?.findings ?? []
        run.together = outcomes?.together ?? []
        run.notices += outcomes?.notices ?? []
        run.conjunctions = conjunctions.made(of: models, and: comparisons)
        run.claims = try await claims.review(spaces: spaces, workers: workers, progress: progress)
        progress.began("Maps, tables and report", units: 1)
        _ = try folder.write(run)
        if let review = run.claims { _ = try ClaimsFolder("\(path)/claims").write(review) }
        progress.ended()
        isWritten = true
        // Ledgers of other analyses, which were interrupted here, stay: they are somebody's work.
        for ledger in ledgers { ledger.remove() }
        if figures {
            let drawn = try await folder.writeFigures(
                template: run.template, formats: FigureFile.Format.allCases, workers: workers)
            if !options.quiet { Failure.complain("\(drawn.count) figures in \(path)/figures") }
        }
        withExtendedLifetime(folder) {}
        try StandardOutput.print(RunSummary(run).text(columns: StandardOutput.columns))
        for finding in run.outcomes { try StandardOutput.print("\n" + OutcomeText(finding).summary) }
        for together in run.together { try StandardOutput.print("\n" + TogetherWords(together).summary) }
        try StandardOutput.print("\nReport: \(path)/report.html")
    }

    private func stages(of plan: ModelPlan, _ settings: Settings, _ project: Project) throws -> [String] {
        guard settings.mainMethod != nil else { return [] }
        return SeedBasedAnalysis.stages(
            of: plan, experiments: try project.experiments(of: plan, settings: settings), settings: settings,
            judges: !skipTrust, hasRegions: ProjectRegions.judges(plan) && !project.regions.isEmpty)
    }

    /// nil where it was not asked for, and, with a note, where its files are absent: the report does without.
    private func viewerResources() -> ViewerResources? {
        if noViewer { return nil }
        do throws(ViewerError) {
            return try ViewerResources()
        } catch {
            Failure.complain("note: \(error)")
            return nil
        }
    }

    private func places(for project: Project) throws -> PlaceNamer {
        let atlases = AtlasSet.installed()
        if !options.quiet, let notice = atlases.notice { Failure.complain("note: \(notice)") }
        return PlaceNamer(
            atlases,
            others: try project.atlases.map { try LabelAtlas(image: $0.image, table: $0.labels) })
    }
}

extension MapNaming: ExpressibleByArgument {}
