import Formats
import Imaging
import TestSupport
import Testing

@Suite("A map is in one place, and in MNI space")
struct MapPlacementTests {
    private func map() throws -> MapFile { try MapFile(MapFile.noise(1)) }

    @Test("an affine that nobody set is no place: else the brain is shifted by its own size", arguments: [1.0, 2, 3.5])
    func virgin(_ size: Double) throws {
        let affine = Affine(scale: [size, size, size], origin: .zero)
        let grid = try #require(Grid(shape: [40, 40, 40], affine: affine))
        let file = try MapFile(MapFile.noise(2, grid: grid), grid: grid)
        #expect(problem { try file.read() }.contains("does not say where its voxels are"))
        // Only the qform: the same identity by quaternion.
        try file.put(Int16(0), at: 254)
        #expect(problem { try file.read() }.contains("does not say where its voxels are"))
        try file.put(Int16(0), at: 252)
        #expect(problem { try file.read() }.contains("does not say where its voxels are"))
    }

    @Test("a first voxel elsewhere, or a turned axis, is somebody's doing")
    func placed() throws {
        for affine in [
            Affine(scale: [2, 2, 2], origin: [-90, -126, -72]), Affine(scale: [2, 2, 2], origin: [0, 0, 1]),
            Affine(i: [0, 2, 0], j: [-2, 0, 0], k: [0, 0, 2], origin: .zero),
        ] {
            let grid = try #require(Grid(shape: [20, 20, 20], affine: affine))
            let file = try MapFile(MapFile.noise(2, grid: grid), grid: grid)
            #expect(try withExtendedLifetime(file) { try StatisticMapGate().open(file.path).count } == 1)
        }
    }

    @Test("sform and qform apart by more than a voxel are two places, both named", arguments: [9, 20, -150] as [Float])
    func twoPlaces(_ shift: Float) throws {
        let file = try map()
        // The grid's first voxel is at x = 90.
        try file.put(90 + shift, at: 268)
        let told = problem { try file.read() }
        #expect(told.contains("in two places") && told.contains("(90, ") && told.contains("(\(Int(90 + shift)), "))
        // Said not to count, the other is as good as ever.
        try file.put(Int16(0), at: 252)
        #expect(try file.read().notices.isEmpty)
    }

    @Test("rounding between sform and qform is no second place", arguments: [0.01, 1, 7.9] as [Float])
    func rounding(_ shift: Float) throws {
        let file = try map()
        try file.put(90 + shift, at: 268)
        #expect(try file.read().notices.isEmpty)
    }

    @Test("the code of the form that counts decides: Talairach is refused, another template noted", arguments: 1...5)
    func codes(_ code: Int) throws {
        for isSform in [true, false] {
            let file = try map()
            if !isSform { try file.put(Int16(0), at: 254) }
            try file.put(Int16(code), at: isSform ? 254 : 252)
            if code == 3 {
                let told = problem { try file.read() }
                #expect(told.contains("Talairach") && told.contains("set the code to 4"))
            } else {
                #expect(try file.read().notices.map(\.code) == (code == 5 ? ["map-template"] : []))
            }
        }
    }
}
