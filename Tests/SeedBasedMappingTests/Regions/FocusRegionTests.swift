import Evidence
import Imaging
import SeedBasedMapping
import Testing

@Suite("Regions that filters name")
struct FocusRegionTests {
    /// Labels along x, a voxel every 2 mm from 0: 1 1 0 2.
    private static func atlases() throws -> RegionAtlases {
        let grid = try #require(Grid(shape: [4, 1, 1], affine: Affine(scale: [2, 2, 2], origin: [0, 0, 0])))
        let atlas = try LabelAtlas(
            name: "own", labels: Volume(grid: grid, values: [1, 1, 0, 2]),
            table: LabelTable(names: [1: "Amygdala_L", 2: "Insula_L"]))
        return RegionAtlases(installed: .none, others: ["mine": atlas])
    }

    @Test("places are in a region whose label their nearest voxel bears; names are taken as in peaks.tsv or by number")
    func places() throws {
        let places: Set<SIMD3<Double>> = [[0, 0, 0], [2.9, 0, 0], [3.1, 0, 0], [6, 0, 0], [90, 0, 0]]
        let atlases = try Self.atlases()
        for label in ["Amygdala_L", "amygdala l", "1"] {
            let found = try atlases.places(places, in: FocusRegion(atlas: "Mine", label: label))
            #expect(found == [[0, 0, 0], [2.9, 0, 0]], "\(label)")
        }
        #expect(try atlases.places(places, in: FocusRegion(atlas: "mine", label: "Insula_L")) == [[6, 0, 0]])
    }

    @Test("an atlas or a region that is not there is told, with what was perhaps meant")
    func unknown() throws {
        let atlases = try Self.atlases()
        func words(_ region: FocusRegion) -> InputError? {
            do throws(InputError) {
                _ = try atlases.places([], in: region)
                return nil
            } catch {
                return error
            }
        }
        #expect(words(FocusRegion(label: "Amygdala_L"))?.message == "the atlas AAL is not installed.")
        #expect(words(FocusRegion(atlas: "mien", label: "1"))?.message == "there is no atlas \"mien\".")
        let near = words(FocusRegion(atlas: "mine", label: "Insula"))
        #expect(near?.remedy?.contains("Insula L") == true, "\(String(describing: near))")
    }
}
