import Imaging
import Testing

@Suite("Affine and grid")
struct GridTests {
    private static let oblique = Affine(
        i: [1.5, 0.25, -0.5], j: [-0.25, 2, 0.75], k: [0.5, -0.75, 3], origin: [-10, 20, 5])

    private func isClose(_ a: SIMD3<Double>, _ b: SIMD3<Double>, _ tolerance: Double = 1e-12) -> Bool {
        let d = a - b
        return (d * d).sum().squareRoot() <= tolerance
    }

    @Test("an affine moves a voxel by its columns")
    func apply() {
        // By hand: 2·i + 1·j + (−1)·k + origin.
        #expect(Self.oblique([2, 1, -1]) == [-7.75, 23.25, 1.75])
    }

    @Test("the inverse undoes the affine, on either side")
    func inverse() throws {
        let inverse = try #require(Self.oblique.inverse)
        for point: SIMD3<Double> in [[0, 0, 0], [12.5, -7, 3], [-100, 50, 20]] {
            #expect(isClose(inverse(Self.oblique(point)), point, 1e-11))
            #expect(isClose(Self.oblique(inverse(point)), point, 1e-11))
        }
        // numpy.linalg.det of the linear part.
        #expect(abs(Self.oblique.determinant - 10.53125) < 1e-12)
    }

    @Test("one affine after another is their composition")
    func composition() {
        let scale = Affine(scale: [2, -3, 4], origin: [1, 2, 3])
        let point: SIMD3<Double> = [3, 4, 5]
        #expect(isClose(Self.oblique.after(scale)(point), Self.oblique(scale(point))))
    }

    @Test("a singular or unbounded affine has no inverse and makes no grid")
    func singular() {
        for affine in [
            Affine(scale: [1, 0, 1], origin: .zero), Affine(scale: [1, .nan, 1], origin: .zero),
            Affine(i: [1, 2, 3], j: [2, 4, 6], k: [0, 0, 1], origin: .zero),
        ] {
            #expect(affine.inverse == nil)
            #expect(Grid(shape: [2, 2, 2], affine: affine) == nil)
        }
        #expect(Grid(shape: [2, 0, 2], affine: Self.oblique) == nil)
    }

    @Test("the standard grid is FSL's 2 mm MNI152: the origin is voxel (45, 63, 36), x runs right to left")
    func standard() {
        let grid = Grid.mni2mm
        #expect(grid.count == 902_629)
        #expect(grid.voxelVolume == 8)
        #expect(grid.affine.voxelSize == [2, 2, 2])
        #expect(grid.world([45, 63, 36]) == .zero)
        #expect(grid.world([0, 0, 0]) == [90, -126, -72])
        #expect(grid.world([90, 108, 90]) == [-90, 90, 108])
        #expect(grid.voxel(at: [-42, 18, 8]) == [66, 72, 40])
        #expect(Grid.mni(voxelSize: 2) == grid)
        #expect(Grid.mni(voxelSize: 1)?.shape == [181, 217, 181])
        #expect(Grid.mni(voxelSize: 4)?.shape == [46, 55, 46])
        #expect(Grid.mni(voxelSize: 0) == nil)
        #expect(Grid.mni(voxelSize: .nan) == nil)
    }

    @Test("linear indices run with the first axis fastest and come back")
    func indices() throws {
        let grid = try #require(Grid(shape: [3, 4, 5], affine: Self.oblique))
        #expect(grid.index(1, 0, 0) == 1)
        #expect(grid.index(0, 1, 0) == 3)
        #expect(grid.index(0, 0, 1) == 12)
        for index in 0..<grid.count { #expect(grid.index(grid.voxel(atIndex: index)) == index) }
        #expect(grid.world(atIndex: 13) == Self.oblique([1, 0, 1]))
    }

    @Test("the nearest voxel, or none outside the grid or for a point that is no point")
    func nearest() {
        let grid = Grid.mni2mm
        #expect(grid.nearestVoxel(to: [0.9, -0.9, 0.9]) == [45, 63, 36])
        #expect(grid.nearestVoxel(to: [90.9, -126, -72]) == [0, 0, 0])
        #expect(grid.nearestVoxel(to: [91.1, -126, -72]) == nil)
        #expect(grid.nearestVoxel(to: [0, 0, 200]) == nil)
        #expect(grid.nearestVoxel(to: [0, .nan, 0]) == nil)
        #expect(grid.nearestVoxel(to: [0, .infinity, 0]) == nil)
        #expect(grid.nearestVoxel(to: [0, 1e300, 0]) == nil)
    }

    @Test("grids match up to rounding, not up to a shift, flip or shape")
    func matching() throws {
        let grid = Grid.mni2mm
        func changed(_ affine: Affine, _ shape: SIMD3<Int> = [91, 109, 91]) throws -> Grid {
            try #require(Grid(shape: shape, affine: affine))
        }
        let rounded = Affine(scale: [-2.000001, 2.000001, 2], origin: [90.0001, -126, -72])
        #expect(grid.matches(try changed(rounded)))
        #expect(!grid.matches(try changed(Affine(scale: [-2.0001, 2, 2], origin: [90, -126, -72]))))
        #expect(!grid.matches(try changed(Affine(scale: [-2, 2, 2], origin: [90, -124, -72]))))
        #expect(!grid.matches(try changed(Affine(scale: [2, 2, 2], origin: [-90, -126, -72]))))
        #expect(!grid.matches(try changed(grid.affine, [91, 109, 90])))
    }
}
