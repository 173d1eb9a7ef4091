import Imaging
import Testing

@Suite("Mask and neighbour table")
struct MaskTests {
    private let grid = Grid(shape: [3, 4, 5], affine: Affine(scale: [2, 2, 2], origin: .zero))!

    @Test("a mask lists its voxels in ascending order and knows each one's position")
    func list() {
        let mask = Mask(grid: grid) { $0 % 7 == 3 }
        #expect(mask.voxels == [3, 10, 17, 24, 31, 38, 45, 52, 59])
        #expect(mask.count == 9)
        #expect(mask.position[17] == 2)
        #expect(mask.position[18] == -1)
        #expect(mask.position.filter { $0 >= 0 }.count == 9)
        #expect(mask.contains([0, 1, 0]))
        #expect(!mask.contains([1, 1, 0]))
        #expect(!mask.contains([-1, 0, 0]))
        // Index 17 = 2 + 3·(1 + 4·1).
        #expect(mask.world(at: 2) == [4, 2, 2])
    }

    @Test("values above the threshold are inside; NaN is not")
    func threshold() {
        var volume = Volume(grid: grid, repeating: 0)
        volume.values[4] = 0.5
        volume.values[5] = .nan
        volume.values[6] = -1
        volume.values[7] = 2
        #expect(Mask(volume).voxels == [4, 7])
        #expect(Mask(volume, above: 0.5).voxels == [7])
    }

    @Test("scattering and gathering are inverse, with the background outside")
    func gather() {
        let mask = Mask(grid: grid) { $0 % 2 == 1 }
        let values = (0..<mask.count).map { Float($0) * 0.5 }
        let volume = mask.scatter(values, background: -9)
        #expect(mask.gather(volume) == values)
        #expect(volume.values[0] == -9)
        #expect(volume.values.filter { $0 == -9 }.count == grid.count - mask.count)
    }

    @Test("a mask may be empty")
    func empty() {
        let mask = Mask(grid: grid) { _ in false }
        #expect(mask.count == 0)
        #expect(NeighbourTable(mask, .corners).neighbours.isEmpty)
        #expect(mask.smooth([], fwhm: 8) == [])
    }

    @Test("each connectivity has the neighbours it is named for", arguments: Connectivity.allCases)
    func offsets(_ connectivity: Connectivity) {
        let offsets = connectivity.offsets
        #expect(offsets.count == connectivity.rawValue)
        #expect(Set(offsets).count == connectivity.rawValue)
        let longest = [Connectivity.faces: 1, .edges: 2, .corners: 3][connectivity]
        #expect(offsets.map { ($0 &* $0).wrappedSum() }.max() == longest)
        #expect(offsets.allSatisfy { offsets.contains(SIMD3<Int>.zero &- $0) })
    }

    @Test("the table agrees with a search over all pairs", arguments: Connectivity.allCases)
    func table(_ connectivity: Connectivity) {
        let mask = Mask(grid: grid) { ($0 &* 2_654_435_761) >> 7 & 3 != 0 }
        let table = NeighbourTable(mask, connectivity)
        #expect(table.width == connectivity.rawValue)
        let voxels = mask.voxels.map { grid.voxel(atIndex: Int($0)) }
        let longest = [Connectivity.faces: 1, .edges: 2, .corners: 3][connectivity] ?? 0
        for a in voxels.indices {
            let row = table.neighbours[a * table.width..<(a + 1) * table.width]
            let expected = voxels.indices.filter { b in
                let d = voxels[a] &- voxels[b]
                return a != b && max(abs(d.x), abs(d.y), abs(d.z)) == 1 && (d &* d).wrappedSum() <= longest
            }
            // Offsets ascend in linear index, so neighbours do.
            #expect(row.filter { $0 >= 0 } == expected.map { Int32($0) })
        }
    }

    @Test("neighbours do not wrap around the borders of the grid")
    func borders() {
        let mask = Mask(grid: grid) { _ in true }
        let table = NeighbourTable(mask, .corners)
        // A corner voxel has 7 neighbours, an inner voxel all 26.
        #expect(table.neighbours[..<26].filter { $0 >= 0 } == [1, 3, 4, 12, 13, 15, 16])
        let inner = Int(mask.position[grid.index(1, 1, 1)])
        #expect(table.neighbours[inner * 26..<inner * 26 + 26].allSatisfy { $0 >= 0 })
    }
}
