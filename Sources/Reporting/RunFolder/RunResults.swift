public import Comparison
public import Evidence
public import Imaging
import SeedBasedMapping
public import Synthesis

/// Everything a run gave, ready to be written and reported.
public struct RunResults: Sendable {
    public var project: Project
    /// In the order of the plan.
    public var models: [ModelFindings]
    /// Models that were run by other methods than SDM-PSI, in the order of the plan.
    public var comparisons: [ModelComparison]
    /// What models have in common, where the plan asks.
    public var conjunctions: [ModelConjunction] = []
    /// Region-level results that were pooled, in the order of the plan.
    public var outcomes: [OutcomeFinding] = []
    /// Sets of them in one model, where the plan asks.
    public var together: [OutcomesTogether] = []
    /// The claims of the project's ledger, judged; nil where it has none.
    public var claims: ClaimsReview?
    /// The statistic maps that went in.
    public var maps: [ReportedMap] = []
    /// Files of the interactive viewer; nil for a report without it.
    public var viewer: ViewerResources?
    /// How maps are called.
    public var naming = MapNaming.nimare
    /// Whether maps that follow from others are left out (``ResultMap/lean(_:p:)``), so that the report has no links to them.
    public var isLean = false
    public var places: PlaceNamer
    /// T1 image behind the figures, 0 outside the brain; nil shows the mask in flat grey.
    public var template: Volume?
    /// `--set` on the command line.
    public var commandLineSettings: [SettingAssignment]
    /// Of the whole input; the models carry their own.
    public var notices: [Notice]
    public var machine: MachineRecord

    /// - Parameter notices: what reading and checking the project said; the project's own when nil.
    public init(
        project: Project, models: [ModelFindings], comparisons: [ModelComparison] = [], places: PlaceNamer = .none,
        template: Volume? = nil,
        commandLineSettings: [SettingAssignment] = [], notices: [Notice]? = nil, machine: MachineRecord
    ) {
        self.project = project
        self.models = models
        self.comparisons = comparisons
        self.places = places
        self.template = template
        self.commandLineSettings = commandLineSettings
        self.notices = notices ?? project.notices
        self.machine = machine
    }
}

extension ResultFolder {
    /// Writes everything: every model's maps and tables, the report, and `run.json` last.
    ///
    /// - Throws: ``ReportingError``; `CancellationError` when the task is cancelled, which leaves whole files and no
    ///   `run.json`.
    public func write(_ run: RunResults) throws -> RunRecord {
        var run = run
        let clock = ContinuousClock()
        let start = clock.now
        try begin(run.machine)
        var models: [RunRecord.Model] = []
        var comparisons: [RunRecord.Comparison] = []
        for model in run.all {
            if let findings = model.findings {
                models.append(
                    try write(
                        findings, folder: model.folder, covariateNames: run.project.covariateNames, places: run.places))
            }
            if let comparison = model.comparison {
                comparisons.append(
                    RunRecord.Comparison(
                        comparison, folder: model.folder,
                        files: try write(comparison, folder: model.folder, places: run.places)))
            }
        }
        var conjunctions: [RunRecord.Conjunction] = []
        for (conjunction, folder) in zip(run.conjunctions, run.conjunctionFolders) {
            conjunctions.append(
                RunRecord.Conjunction(
                    conjunction, folder: folder, files: try write(conjunction, folder: folder, places: run.places)))
        }
        let outcomes = try write(run.outcomes, together: run.together)
        let files: [[ContentHash]] =
            models.map(\.files) + comparisons.map(\.files) + conjunctions.map(\.files) + [outcomes.files]
        let written = files.joined().map(\.path)
        var folders: [String] = models.map(\.folder) + comparisons.map(\.folder)
        folders += conjunctions.map(\.folder) + outcomes.folders
        if let moved = try setAside(except: written, folders: folders) {
            tell(
                "note: \(moved.count) file\(moved.count == 1 ? "" : "s") of an earlier run, which this one did not write, "
                    + "\(moved.count == 1 ? "is" : "are") now in \(path)/\(moved.folder).")
        }
        let inputs = InputHashes(run.project)
        run.notices += inputs.notices
        for notice in inputs.notices { tell("\(notice.location?.file ?? ""): warning: \(notice.message)") }
        let plan = try? PlanHash.sha256(run.project, overrides: run.commandLineSettings)
        var record = RunRecord(run, inputs: inputs.hashes, planSHA256: plan, models: models, comparisons: comparisons)
        if !conjunctions.isEmpty { record.result.conjunctions = conjunctions }
        outcomes.add(to: &record.result)
        record.result.words = PaperWords(run)
        try writeDescription(run)
        try Task.checkCancellation()
        let page = Report(run, record: record).html(workers)
        let spent = start.duration(to: clock.now) / .seconds(1)
        record.machine.timings.append(.init(stage: "maps, tables and report", seconds: spent))
        record.machine.finish()
        try finish(reportHTML: page, record: record)
        return record
    }
}

extension RunRecord {
    init(_ run: RunResults, inputs: [ContentHash], planSHA256: String?, models: [Model], comparisons: [Comparison]) {
        let project = run.project
        self.init(
            result: Result(
                project: project.name, question: project.question, inputFormat: project.format.rawValue, inputs: inputs,
                planSHA256: planSHA256,
                commandLineSettings: run.commandLineSettings.map { Assignment(key: $0.key, value: $0.value) },
                models: models, comparisons: comparisons.isEmpty ? nil : comparisons, notices: run.notices),
            machine: run.machine)
        machine.timings += run.models.flatMap { model in
            model.result.timings.map { timing in
                MachineRecord.StageTiming(
                    model: model.result.plan.name, stage: timing.stage, seconds: timing.seconds)
            }
        }
        machine.timings += run.comparisons.flatMap { comparison in
            comparison.results.map { result in
                MachineRecord.StageTiming(
                    model: comparison.plan.name, stage: result.title, seconds: result.seconds)
            }
        }
        machine.finish()
    }
}
