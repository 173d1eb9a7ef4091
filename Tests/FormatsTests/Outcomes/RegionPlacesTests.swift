import Evidence
import Formats
import Imaging
import TestSupport
import Testing

@Suite("Places of the regions of a table")
struct RegionPlacesTests {
    private func table(_ csv: String) throws -> OutcomeTable {
        let scratch = try Scratch(["t.csv": csv])
        return try OutcomeTableReader().read("\(scratch.path)/t.csv")
    }

    /// Two networks of a few voxels: one in two halves, 2 mm voxels about the origin.
    private func atlas() throws -> LabelAtlas {
        let grid = Grid.mni2mm
        var values = [Float](repeating: 0, count: grid.count)
        for (place, label) in [([-30, 0, 0], 1), ([30, 0, 0], 1), ([0, 40, 20], 2)] as [(SIMD3<Double>, Int)] {
            let voxel = try #require(grid.nearestVoxel(to: place))
            values[grid.index(voxel)] = Float(label)
        }
        return try LabelAtlas(
            name: "networks", labels: Volume(grid: grid, values: values),
            table: LabelTable(names: [1: "Salience_network", 2: "Default_network"]))
    }

    @Test(
        "Coordinates are read in the forms people write; names and numbers outside a head are none",
        arguments: [
            ("-42 10 5", [-42, 10, 5]), ("-42, 10, 5", [-42, 10, 5]), ("(−42; 10; 5)", [-42, 10, 5]),
            ("[1.5,2,-3]", [1.5, 2, -3]), ("amygdala", nil), ("1 2", nil), ("1 2 300", nil), ("", nil),
        ] as [(String, SIMD3<Double>?)])
    func coordinates(_ text: String, _ expected: SIMD3<Double>?) {
        #expect(RegionPlaces.coordinate(text) == expected)
    }

    @Test(
        "An atlas calls coordinates by its labels, gives names a place inside their label, and tells what it does not know"
    )
    func named() throws {
        let csv = """
            study,region,region2,yi,vi
            a,-30 0 0,0 40 20,0.3,0.02
            b,salience network,1 41 20,0.4,0.03
            c,cerebellum,90 90 90,0.4,0.03

            """
        let found = RegionPlaces(try table(csv), atlas: try atlas())
        #expect(found.table.rows[0].region == "Salience network")
        #expect(found.table.rows[0].secondRegion == "Default network")
        #expect(found.table.rows[1].region == "Salience network")
        #expect(found.table.rows[1].secondRegion == "Default network")
        // Of the two halves the voxel nearest to the middle of both.
        #expect(abs(try #require(found.places["Salience network"]).x) == 30)
        #expect(found.places["Default network"] == [0, 40, 20])
        #expect(found.table.rows[2].region == "cerebellum")
        let unknown = try #require(found.table.notices.first { $0.code == "region-unknown" })
        #expect(unknown.message.contains("\"cerebellum\""))
        #expect(found.table.notices.contains { $0.code == "regions-by-atlas" })
    }

    @Test("Without an atlas coordinates keep their names, and names have no place")
    func alone() throws {
        let found = RegionPlaces(try table("study,region,region2,yi,vi\na,-30 0 0,insula,0.3,0.02\n"))
        #expect(found.places == ["-30 0 0": [-30, 0, 0]])
        #expect(found.table.rows[0].region == "-30 0 0")
        #expect(!found.table.notices.contains { $0.code == "region-unknown" })
    }
}
