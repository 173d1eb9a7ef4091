import Evidence
import Inference
import SeedBasedMapping
import Synchronization
import Testing

/// Progress counts stages by a list made beforehand; a name that is not in it, or out of order, would be told without a number, or count backwards.
@Suite("Stages of a model")
struct StagesTests {
    private final class Recorder: ProgressObserver {
        private let names = Mutex<[String]>([])
        var begun: [String] { names.withLock { $0 } }

        func began(_ stage: String, units: Int) { names.withLock { $0.append(stage) } }
        func advanced(by units: Int) {}
        func ended() {}
    }

    private static func settings(_ list: [String]) throws -> Settings {
        try Settings().applying(list.map { try SettingAssignment(commandLine: $0) })
    }

    @_optimize(none)
    private static func begun(_ settings: Settings) async throws -> [String] {
        let recorder = Recorder()
        let analysis = SeedBasedAnalysis(
            space: SeedBasedAnalysisTests.space, settings: settings, workers: Workers(threads: 2), progress: recorder)
        let model = try await analysis.prepare(.mean, experiments: SeedBasedAnalysisTests.experiments)
        let result = try await analysis.run(model)
        _ = try await analysis.evidence(for: result.exploratoryClusters(), of: result, from: model)
        return recorder.begun
    }

    @Test(
        "what is begun stands in the list, in its order, and the list names nothing that a model with findings does not begin",
        arguments: [
            ["method=effects", "relocations=0"], ["method=effects", "relocations=9"],
            ["method=effects", "relocations=9", "relocate=both"], ["method=sdm-psi", "permutations=0"],
            ["method=sdm-psi", "permutations=9"],
        ])
    func names(_ list: [String]) async throws {
        let settings = try Self.settings(list + ["threshold_p=0.4", "extent=1", "peak_z=0", "imputations=4"])
        let begun = try await Self.begun(settings)
        Self.check(begun, settings)
    }

    @Test("regions come last, under a name of their own: a stage that is told twice would count twice")
    func regions() {
        let experiments = SeedBasedAnalysisTests.experiments
        let without = SeedBasedAnalysis.stages(of: .mean, experiments: experiments, settings: Settings(), judges: true)
        let with = SeedBasedAnalysis.stages(
            of: .mean, experiments: experiments, settings: Settings(), judges: true, hasRegions: true)
        #expect(with == without + ["Effects in regions"])
        #expect(Set(with).count == with.count)
    }

    @Test("of a model that tests a covariate, too")
    func covariates() async throws {
        let settings = try Self.settings(["relocations=9", "threshold_p=0.4", "extent=1", "peak_z=0", "imputations=4"])
        let begun = try await Self.begunWithCovariate(settings)
        let listed = SeedBasedAnalysis.stages(
            of: Self.slope, experiments: Self.experiments, settings: settings, judges: true)
        for name in begun { #expect(listed.contains(name), "\(name)") }
        #expect(begun.contains("Permutations of studies"))
    }

    private static let slope = ModelPlan(
        name: "slope", covariates: [Covariate("x")], hypothesis: Hypothesis(.covariate("x")))

    private static let experiments = SeedBasedAnalysisTests.experiments.enumerated().map { number, given in
        var experiment = given
        experiment.covariates["x"] = .number(Double(number * 3 % 5))
        return experiment
    }

    @_optimize(none)
    private static func begunWithCovariate(_ settings: Settings) async throws -> [String] {
        let recorder = Recorder()
        let analysis = SeedBasedAnalysis(
            space: SeedBasedAnalysisTests.space, settings: settings, workers: Workers(threads: 2), progress: recorder)
        let model = try await analysis.prepare(slope, experiments: experiments)
        let result = try await analysis.run(model)
        _ = try await analysis.evidence(for: result.exploratoryClusters(), of: result, from: model)
        return recorder.begun
    }

    private static func check(_ begun: [String], _ settings: Settings) {
        let expected = SeedBasedAnalysis.stages(
            of: .mean, experiments: SeedBasedAnalysisTests.experiments, settings: settings, judges: true)
        var seen: [String] = []
        for name in begun where seen.last != name { seen.append(name) }
        #expect(seen == expected)
        let short = SeedBasedAnalysis.stages(
            of: .mean, experiments: SeedBasedAnalysisTests.experiments, settings: settings, judges: false)
        #expect(short == Array(expected.prefix(short.count)) && short.count < expected.count)
    }
}
