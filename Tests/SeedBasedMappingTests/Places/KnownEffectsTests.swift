import Appraisal
import Evidence
import Imaging
import Inference
import SeedBasedMapping
import Testing

/// Cards, tables and the viewer ask for the same peaks: their effects are computed once and handed on.
@Suite("Effects that are known")
struct KnownEffectsTests {
    @Test("what is known is taken as it is, the rest is computed, and both are as if computed together")
    func known() async throws {
        let assignments = try ["imputations=4", "relocations=0"].map { try SettingAssignment(commandLine: $0) }
        let settings = try Settings().applying(assignments)
        let space = SeedBasedAnalysisTests.space
        let analysis = SeedBasedAnalysis(space: space, settings: settings, workers: Workers(threads: 2))
        let model = try await analysis.prepare(.mean, experiments: SeedBasedAnalysisTests.experiments)
        let voxels = [3, space.mask.count / 2, space.mask.count - 5]
        let places = voxels.map { Place(voxel: $0, in: space.mask, name: "peak \($0)") }
        let together = try await analysis.effects(of: model, at: places)

        var marked = together[1]
        marked.name = "another name"
        marked.studies.removeLast()
        let found = try await analysis.effects(of: model, at: places, known: [voxels[1]: marked])
        #expect(found.map(\.name) == places.map(\.name))
        #expect(found[1].studies.count == together[1].studies.count - 1, "what was known was computed again")
        for index in [0, 2] {
            #expect(found[index].studies.map(\.effects) == together[index].studies.map(\.effects))
            #expect(found[index].studies.map(\.variances) == together[index].studies.map(\.variances))
        }
        let nothing = try await analysis.effects(of: model, at: [], known: [:])
        #expect(nothing.isEmpty)
    }
}
