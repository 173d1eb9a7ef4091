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
