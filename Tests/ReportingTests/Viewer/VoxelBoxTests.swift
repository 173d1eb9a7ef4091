import Imaging
import Reporting
import Testing

@Suite("The box of a mask") struct VoxelBoxTests {
    private static let grid = Grid(shape: [5, 4, 3], affine: Affine(scale: [-2, 2, 2], origin: [10, -20, 30]))!

    private func mask(_ voxels: [SIMD3<Int>]) -> Mask {
        let inside = Set(voxels.map(Self.grid.index))
        return Mask(grid: Self.grid) { inside.contains($0) }
    }

    @Test("is the smallest that holds all masks, and lies where they do")
    func box() throws {
        let box = try #require(VoxelBox([mask([[1, 1, 1], [3, 2, 1]]), mask([[2, 3, 2]])]))
        #expect(box.low == [1, 1, 1])
        #expect(box.shape == [3, 3, 2])
        // Voxel (1, 1, 1): 10 − 2, −20 + 2, 30 + 2.
        #expect(box.affine == [[-2, 0, 0, 8], [0, 2, 0, -18], [0, 0, 2, 32]])
    }

    @Test("runs tell outside and inside in turn, x fastest, and cover the box")
    func runs() throws {
        let mask = mask([[1, 1, 1], [2, 1, 1], [1, 2, 1]])
        let box = try #require(VoxelBox([mask]))
        #expect(box.shape == [2, 2, 1])
        // (1,1) (2,1) (1,2) inside, (2,2) outside; the first run, outside, is empty.
        #expect(box.runs(of: mask) == [0, 3, 1])
        let wider = try #require(VoxelBox([mask, self.mask([[0, 1, 1]])]))
        #expect(wider.runs(of: mask) == [1, 2, 1, 1, 1], "(0,1) out, (1,1) (2,1) in, (0,2) out, (1,2) in, (2,2) out")
    }

    @Test("runs of a head give back its voxels in their order")
    func roundTrip() throws {
        let mask = Fixture.mask
        let box = try #require(VoxelBox([mask]))
        var found: [Int32] = []
        var at = 0
        for (number, run) in box.runs(of: mask).enumerated() {
            for index in at..<at + Int(run) where number % 2 == 1 {
                let within = SIMD3(
                    index % box.shape.x, index / box.shape.x % box.shape.y, index / (box.shape.x * box.shape.y))
                found.append(Int32(mask.grid.index(box.low &+ within)))
            }
            at += Int(run)
        }
        #expect(at == box.shape.x * box.shape.y * box.shape.z)
        #expect(found == mask.voxels)
    }

    @Test("there is none of nothing, nor of two grids")
    func none() {
        #expect(VoxelBox([]) == nil)
        #expect(VoxelBox([mask([])]) == nil)
        #expect(VoxelBox([mask([[1, 1, 1]]), Fixture.mask]) == nil)
    }
}
