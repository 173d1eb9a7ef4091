import Foundation
import Imaging
import Testing

/// A 2 mm atlas of 10 × 10 × 10 voxels with origin 0: region 1 is i < 3, region 7 is i ≥ 8, between them nothing.
private func striped() throws -> LabelAtlas {
    let grid = try #require(Grid(shape: [10, 10, 10], affine: Affine(scale: [2, 2, 2], origin: .zero)))
    var volume = Volume(grid: grid, repeating: 0)
    for index in 0..<grid.count {
        let i = grid.voxel(atIndex: index).x
        volume.values[index] = i < 3 ? 1 : i >= 8 ? 7 : 0
    }
    return try LabelAtlas(name: "stripes", labels: volume, table: LabelTable(names: [1: "Left_stripe", 9: "Nowhere"]))
}

@Suite("Label atlases")
struct LabelAtlasTests {
    @Test("a coordinate has the region of the voxel whose centre is nearest")
    func exact() throws {
        let atlas = try striped()
        #expect(atlas.region(at: [4.9, 0, 0])?.name == "Left stripe")
        #expect(atlas.region(at: [5.1, 0, 0]) == nil)
        #expect(atlas.region(at: [15.1, 18, 18])?.id == 7)
        #expect(atlas.region(at: [0, 0, -40]) == nil)
        #expect(atlas.region(at: [.nan, 0, 0]) == nil)
    }

    @Test(
        "regions that the image holds but the table does not are called by number; those only in the table are left out"
    )
    func unnamed() throws {
        #expect(try striped().regions.map(\.name) == ["Left stripe", "region 7"])
    }

    @Test("the nearest region is found up to and including the reach, and no further")
    func nearest() throws {
        let atlas = try striped()
        // Voxel centres of region 1 end at x = 4, those of region 7 begin at x = 16.
        let near = try #require(atlas.nearestRegion(to: [8, 9, 9], within: 4.25))
        #expect(near.region.id == 1)
        #expect(abs(near.distance - 18.0.squareRoot()) < 1e-12)  // (4, 1, 1) mm away
        #expect(atlas.nearestRegion(to: [8, 8, 8], within: 4)?.distance == 4)
        #expect(atlas.nearestRegion(to: [8, 8, 8], within: 3.99) == nil)
        #expect(atlas.nearestRegion(to: [13, 8, 8], within: 4)?.region.id == 7)
    }

    @Test(
        "a coordinate far away or not finite has no nearest region",
        arguments: [[1e9, 0, 0], [.infinity, 0, 0], [.nan, 0, 0], [0, -.infinity, 0]] as [SIMD3<Double>])
    func nowhere(point: SIMD3<Double>) throws {
        #expect(try striped().nearestRegion(to: point, within: 4) == nil)
    }

    @Test("an image with fractions is refused")
    func fractions() throws {
        let grid = try #require(Grid(shape: [2, 1, 1], affine: Affine(scale: [1, 1, 1], origin: .zero)))
        #expect(throws: AtlasError.self) {
            try LabelAtlas(
                name: "p", labels: Volume(grid: grid, values: [0, 0.5]), table: LabelTable(names: [:]))
        }
    }

    @Test("background is 0, negative or NaN")
    func background() throws {
        let grid = try #require(Grid(shape: [4, 1, 1], affine: Affine(scale: [1, 1, 1], origin: .zero)))
        let atlas = try LabelAtlas(
            name: "b", labels: Volume(grid: grid, values: [0, -3, .nan, 5]), table: LabelTable(names: [5: "five"]))
        #expect((0..<4).map { atlas.region(at: [Double($0), 0, 0])?.name } == [nil, nil, nil, "five"])
    }

    @Test("an atlas of one's own is a NIfTI file with a table beside it, or one that is named")
    func files() throws {
        let place = FileManager.default.temporaryDirectory.appendingPathComponent("cuneus-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: place) }
        let grid = try #require(Grid(shape: [3, 1, 1], affine: Affine(scale: [4, 4, 4], origin: [-4, 0, 0])))
        let image = "\(place)/mine.nii.gz"
        try NIfTIImage(Volume(grid: grid, values: [0, 300, 2])).write(to: image, datatype: .int16)

        let error = #expect(throws: AtlasError.self) { try LabelAtlas(image: image) }
        #expect(error?.description.contains("no table of region names") == true)

        try Data("index\tname\n300\tLeft area\n2\tRight area\n".utf8).write(
            to: URL(fileURLWithPath: "\(place)/mine.tsv"))
        let beside = try LabelAtlas(image: image)
        #expect(beside.name == "mine")
        #expect(beside.region(at: [1, 1, 0])?.name == "Left area")
        #expect(beside.region(at: [4, 0, 0])?.name == "Right area")
        #expect(beside.region(at: [-4, 0, 0]) == nil)

        try Data("300 Other_area\n".utf8).write(to: URL(fileURLWithPath: "\(place)/other.txt"))
        let named = try LabelAtlas(image: image, table: "\(place)/other.txt")
        #expect(named.region(at: [0, 0, 0])?.name == "Other area")
        #expect(throws: AtlasError.self) { try LabelAtlas(image: "\(place)/absent.nii", table: "\(place)/other.txt") }
    }

    @Test("the nearest region is found on an oblique grid of unequal voxels")
    func oblique() throws {
        // Turned by 30° about z; voxels of 1 × 3 × 2 mm. cos 30° = √3/2, sin 30° = 1/2.
        let c = 3.0.squareRoot() / 2
        let grid = try #require(
            Grid(
                shape: [9, 9, 9],
                affine: Affine(i: [c, 0.5, 0], j: [-1.5, 3 * c, 0], k: [0, 0, 2], origin: [10, 20, 30])))
        var volume = Volume(grid: grid, repeating: 0)
        volume[[4, 6, 4]] = 5
        let atlas = try LabelAtlas(name: "o", labels: volume, table: LabelTable(names: [:]))
        // Voxel (4, 5, 4) is one step of j away: 3 mm.
        let found = try #require(atlas.nearestRegion(to: grid.world([4, 5, 4]), within: 3.001))
        #expect(found.region.id == 5)
        #expect(abs(found.distance - 3) < 1e-9)
        #expect(atlas.nearestRegion(to: grid.world([4, 5, 4]), within: 2.999) == nil)
    }

    @Test("AAL has 116 regions, each with a readable name of its own")
    func names() {
        #expect(AnatomicalNames.codes.count == 116)
        #expect(Set(AnatomicalNames.codes.map(AnatomicalNames.readable)).count == 116)
        #expect(AnatomicalNames.readable("Supp_Motor_Area_L") == "Left supplementary motor area")
        #expect(AnatomicalNames.readable("Vermis_4_5") == "Cerebellum, vermic lobule IV / V")
        #expect(AnatomicalNames.readable("Supp_Motor_Area") == nil)
    }
}
