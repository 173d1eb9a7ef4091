/// Mask voxels from anywhere, with the surroundings that their noise is made of, as compact lists.
///
/// Samplers draw runs of consecutive voxels; for the few voxels of a cluster or a peak those runs, and the noise around
/// them, would be most of the mask.
public struct VoxelPatch: Sendable {
    /// Mask positions, in the order they were given.
    public let voxels: [Int32]
    /// Mask positions whose noise is needed: ascending, each once.
    public let halo: [Int32]
    /// Place in ``halo`` of each voxel.
    let own: [Int32]
    /// Place in ``halo`` of each voxel's neighbours, `width` to a voxel; −1 where there is none.
    let neighbours: [Int32]
    let width: Int

    /// - Parameters:
    ///   - voxels: mask positions.
    ///   - table: mask positions of every mask voxel's neighbours, `width` to a voxel; −1 where there is none.
    init(_ voxels: [Int32], in table: [Int32], width: Int) {
        var needed = voxels
        needed.reserveCapacity(voxels.count * (width + 1))
        for voxel in voxels {
            let row = Int(voxel) * width
            for n in 0..<width where table[row + n] >= 0 { needed.append(table[row + n]) }
        }
        needed.sort()
        var halo: [Int32] = []
        for voxel in needed where voxel != halo.last { halo.append(voxel) }
        func place(_ voxel: Int32) -> Int32 {
            var low = 0
            var high = halo.count - 1
            while low < high {
                let middle = (low + high) / 2
                if halo[middle] < voxel { low = middle + 1 } else { high = middle }
            }
            return Int32(low)
        }
        var neighbours = [Int32](repeating: -1, count: voxels.count * width)
        for (index, voxel) in voxels.enumerated() {
            let row = Int(voxel) * width
            for n in 0..<width where table[row + n] >= 0 { neighbours[index * width + n] = place(table[row + n]) }
        }
        self.voxels = voxels
        self.halo = halo
        own = voxels.map(place)
        self.neighbours = neighbours
        self.width = width
    }
}
