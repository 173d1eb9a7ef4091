import Evidence
import Imaging
import SeedBasedMapping
import Testing

/// Models of a run share spaces. A failure would mean that a model is computed in another model's space.
@Suite("Spaces shared by models")
struct SpaceStoreTests {
    @Test("A space from the store is the one that its settings make, whatever was asked for before")
    func same() throws {
        let store = SpaceStore()
        for assignments in [
            ["voxel_size=6"], ["voxel_size=6", "mask=white_matter"], ["voxel_size=8"], ["voxel_size=6", "seed=7"],
        ] {
            let settings = try Settings().applying(assignments.map { try SettingAssignment(commandLine: $0) })
            let shared = try store.space(settings)
            let own = try AnalysisSpace(settings: settings)
            #expect(shared.mask == own.mask, "\(assignments) has the mask of other settings")
            #expect(shared.template.domain == own.template.domain)
            #expect(shared.template.slowness == own.template.slowness)
            #expect(shared.kernelTemplate.slowness == own.kernelTemplate.slowness)
        }
    }
}
