import Convergence
public import Evidence
import ImageBased
import Imaging
public import Inference
import SeedBasedMapping

/// Runs a model by the methods of its settings other than SDM-PSI.
public struct OtherMethods: Sendable {
    /// A method that cannot say anything about a model, and why.
    public struct Skipped: Hashable, Sendable {
        public var method: AnalysisMethod
        public var reason: String
    }

    public let plan: ModelPlan
    public let settings: Settings
    public let experiments: [Experiment]
    let design: DesignMatrix
    /// What there is of memory; nil where nobody asks.
    public var allowance: MemoryAllowance?
    /// Foci of the whole project, MNI mm.
    let base: [SIMD3<Double>]

    /// - Throws: `InputError` when the model's experiments cannot be told.
    public init(_ plan: ModelPlan, of project: Project, settings: Settings) throws(InputError) {
        self.plan = plan
        self.settings = settings
        (experiments, design) = try project.design(of: plan, settings: settings)
        base = project.experiments.flatMap { $0.foci.map(\.mni) }
    }

    /// In the order of the settings.
    public var methods: [AnalysisMethod] { settings.otherMethods }

    private var groups: ExperimentGroups? { ExperimentGroups(plan, experiments: experiments, design: design) }

    /// Methods that fit the model, and those that do not.
    public var scope: (runs: [AnalysisMethod], skipped: [Skipped]) {
        let isMean = plan.covariates.isEmpty
        let hasFoci = experiments.contains { !$0.foci.isEmpty }
        let images = experiments.count { $0.hasMap }
        let unsized = experiments.count { $0.n1 < 1 && !$0.foci.isEmpty }
        let groups = groups
        var runs: [AnalysisMethod] = []
        var skipped: [Skipped] = []
        for method in methods {
            let reason: String? =
                switch method.family {
                case .effects: nil
                case .foci where !isMean:
                    "\(method.title) has no covariates; for two groups use \(Self.list(.groups))."
                case .groups where groups == nil:
                    "\(method.title) compares two groups: the model's test must be of a covariate with two values."
                case .foci where !hasFoci, .groups where !hasFoci: "no experiment of the model reports a focus."
                case .foci where method == .scale && base.count <= experiments.reduce(0, { $0 + $1.foci.count }):
                    "SCALE compares with the foci of the whole project, and this model takes them all."
                case .foci where needsSizes(method) && unsized > 0, .groups where needsSizes(method) && unsized > 0:
                    "\(method.title) needs the sample sizes, and \(unsized) experiments have none: state n, or set "
                        + "\(method == .weightedMKDA ? "method: mkda" : "ale_n or ale_fwhm")."
                case .foci, .groups: nil
                case .images where images < 2:
                    "\(method.title) needs whole-brain maps of two experiments at least; the model has \(images)."
                case .images where !isMean && !takesCovariates(method):
                    "\(method.title) has no covariates; ibma-fixed to ibma-reml and ibma-permuted-ols do."
                case .images where design.test.count > 1:
                    "\(method.title) tests one coefficient or contrast; this test has \(design.test.count)."
                case .images where method == .imageSampleSize && !sharing.isEmpty:
                    "\(method.title) takes one image of each sample, and in model \"\(plan.name)\" experiments "
                        + "\(sharing.joined(separator: ", ")) share one: set samples: precise, which takes one of them, or "
                        + "samples: separate, or leave the method out."
                case .images where method == .permutedOLS && mixesCovariates:
                    "\(method.title) needs covariates that are the same for all images of a sample of people."
                case .images: nil
                }
            if let reason = reason ?? shortage(method) {
                skipped.append(Skipped(method: method, reason: reason))
            } else {
                runs.append(method)
            }
        }
        return (runs, skipped)
    }

    /// Whether a kernel or weights follow n.
    private func needsSizes(_ method: AnalysisMethod) -> Bool {
        switch method {
        case .weightedMKDA: true
        case .ale, .scale, .aleSubtraction, .balancedSubtraction, .aleConjunction:
            settings.aleFWHM == nil && settings.aleSize == nil
        default: false
        }
    }

    /// Experiments with images whose sample another image has too, where the settings do not take them apart.
    private var sharing: [String] {
        guard settings.samples != .separate else { return [] }
        let bySample = Dictionary(grouping: experiments.filter { $0.hasMap }, by: \.sample)
        return experiments.filter { $0.hasMap && (bySample[$0.sample]?.count ?? 0) > 1 }.map { "\"\($0.id)\"" }
    }

    /// Whether images of one sample have different covariates.
    private var mixesCovariates: Bool {
        guard settings.samples != .separate else { return false }
        var known: [String: Int] = [:]
        for experiment in experiments {
            guard experiment.hasMap, let row = design.row(of: [experiment.id]) else { continue }
            guard let other = known[experiment.sample] else {
                known[experiment.sample] = row
                continue
            }
            if Array(design.row(other)) != Array(design.row(row)) { return true }
        }
        return false
    }

    private func takesCovariates(_ method: AnalysisMethod) -> Bool {
        ImageEstimator(rawValue: method.rawValue)?.takesCovariates ?? false
    }

    private static func list(_ family: AnalysisMethod.Family) -> String {
        AnalysisMethod.allCases.filter { $0.family == family }.map(\.rawValue).joined(separator: ", ")
    }

    /// What the methods found, and which of them failed on the way.
    public struct Outcome: Sendable {
        public var results: [MethodResult] = []
        /// One method that cannot do with the data takes nothing from the others.
        public var failed: [Skipped] = []
    }

    /// - Throws: `CancellationError`; else what went wrong, when no method was left.
    @_optimize(none)
    public func run(
        workers: Workers, progress: any ProgressObserver = SilentProgress()
    ) async throws -> [MethodResult] {
        let outcome = try await runEach(workers: workers, progress: progress)
        if outcome.results.isEmpty, let first = outcome.failed.first {
            throw InputError(at: plan.source, first.reason)
        }
        return outcome.results
    }

    /// Runs every method that fits; one that fails is named among the failed.
    ///
    /// - Throws: `CancellationError`.
    @_optimize(none)
    public func runEach(
        workers: Workers, progress: any ProgressObserver = SilentProgress()
    ) async throws -> Outcome {
        var outcome = Outcome()
        try await effects(workers, progress, &outcome)
        try await coordinates(workers, progress, &outcome)
        try await images(workers, progress, &outcome)
        return outcome
    }

    /// What was computed of a method, or why it failed.
    private enum Attempt {
        case made([MethodResult])
        case failed(Skipped)
    }

    @_optimize(none)
    private func attempt(
        _ method: AnalysisMethod, _ work: () async throws -> [MethodResult]
    ) async throws -> Attempt {
        do {
            return .made(try await work())
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return .failed(
                Skipped(
                    method: method, reason: "\(method.title) could not be run on model \"\(plan.name)\": \(error)"))
        }
    }

    private func add(_ attempt: Attempt, to outcome: inout Outcome) {
        switch attempt {
        case .made(let results): outcome.results += results
        case .failed(let skipped): outcome.failed.append(skipped)
        }
    }

    /// A second method of effect sizes, beside the main one.
    @_optimize(none)
    private func effects(
        _ workers: Workers, _ progress: any ProgressObserver, _ outcome: inout Outcome
    ) async throws {
        for method in scope.runs.filter({ $0.family == .effects }) {
            let made = try await attempt(method) {
                let start = ContinuousClock.now
                let own = settings.alone(method)
                let analysis = SeedBasedAnalysis(
                    space: try AnalysisSpace(settings: own), settings: own, workers: workers, progress: progress)
                let result = try await analysis.run(
                    plan, experiments: experiments, design: plan.isMeanOnly ? nil : design)
                return [MethodResult(result, method, seconds: start.duration(to: .now) / .seconds(1))]
            }
            add(made, to: &outcome)
        }
    }

    @_optimize(none)
    private func images(
        _ workers: Workers, _ progress: any ProgressObserver, _ outcome: inout Outcome
    ) async throws {
        let runs = scope.runs.filter { $0.family == .images }
        guard !runs.isEmpty else { return }
        let analysis = try ImageAnalysis(self, design: design, workers: workers, progress: progress)
        let stack = try analysis.stack()
        for method in runs {
            try Task.checkCancellation()
            let made = try await attempt(method) {
                var result = try await analysis.run(method, stack)
                if stack.studies.count < experiments.count {
                    result.notes.append(
                        "\(experiments.count - stack.studies.count) of \(experiments.count) experiments have no whole-brain map, "
                            + "which image-based methods need.")
                }
                result.notes += [coverageNotice([method])].compactMap { $0 }
                return [result]
            }
            add(made, to: &outcome)
        }
    }

    @_optimize(none)
    private func coordinates(
        _ workers: Workers, _ progress: any ProgressObserver, _ outcome: inout Outcome
    ) async throws {
        let runs = scope.runs.filter { $0.family == .foci || $0.family == .groups }
        guard !runs.isEmpty else { return }
        let space = try ConvergenceSpace(
            mask: try AnalysisSpace.mask(settings.fociMask, voxelSize: settings.voxelSize))
        let analysis = FociAnalysis(space: space, settings: settings, workers: workers, progress: progress)
        let (directions, notes) = FociSelection.directions(experiments, settings: settings)
        for method in runs {
            let made = try await attempt(method) {
                var results: [MethodResult] = []
                for direction in directions {
                    try Task.checkCancellation()
                    guard var result = try await run(method, direction, analysis) else { continue }
                    result.notes = notes + [coverageNotice([method])].compactMap { $0 } + result.notes
                    results.append(result)
                }
                return results
            }
            add(made, to: &outcome)
        }
    }

    @_optimize(none)
    private func run(
        _ method: AnalysisMethod, _ direction: MethodResult.Direction, _ analysis: FociAnalysis
    ) async throws -> MethodResult? {
        func selection(_ experiments: [Experiment]) -> FociSelection {
            FociSelection(direction, of: experiments, settings: settings)
        }
        switch method.family {
        case .foci:
            let all = selection(experiments)
            return all.count > 0 ? try await analysis.run(method, all, base: base) : nil
        case .groups:
            guard let groups else { return nil }
            let (first, second) = (selection(groups.first), selection(groups.second))
            guard first.count > 0, second.count > 0 else { return nil }
            return try await GroupAnalysis(foci: analysis, names: groups.names).run(method, first, second)
        case .effects, .images: return nil
        }
    }
}
