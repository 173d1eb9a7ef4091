package import Imaging

/// Connected sets among a few listed voxels; the memory of a whole map is touched only at those.
package struct SparseClusters {
    private let table: NeighbourTable
    /// Index into the list + 1 of every mask voxel; 0 for voxels that are not in it.
    private var slot: [Int32]
    private var voxels: [Int32] = []
    private var values: [Float] = []
    private var queue: [Int32] = []

    package init(_ table: NeighbourTable) {
        self.table = table
        slot = Array(repeating: 0, count: table.neighbours.count / max(table.width, 1))
    }

    package var isEmpty: Bool { voxels.isEmpty }

    package mutating func removeAll() {
        voxels.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
    }

    package mutating func append(_ voxel: Int32, _ value: Float) {
        voxels.append(voxel)
        values.append(value)
    }

    /// Calls `body` with each cluster: indices into the list, voxels, and Σ (value − threshold).
    package mutating func each(above threshold: Float, _ body: (ArraySlice<Int32>, Int, Double) -> Void) {
        for n in voxels.indices { slot[Int(voxels[n])] = Int32(n + 1) }
        queue.removeAll(keepingCapacity: true)
        for start in voxels.indices where slot[Int(voxels[start])] > 0 {
            let first = queue.count
            queue.append(Int32(start))
            slot[Int(voxels[start])] = 0
            var mass = 0.0
            var head = first
            while head < queue.count {
                let number = Int(queue[head])
                head += 1
                mass += Double(values[number] - threshold)
                let row = Int(voxels[number]) * table.width
                for n in row..<row + table.width {
                    let other = Int(table.neighbours[n])
                    if other >= 0, slot[other] > 0 {
                        queue.append(slot[other] - 1)
                        slot[other] = 0
                    }
                }
            }
            body(queue[first...], queue.count - first, mass)
        }
    }

    package func voxel(_ number: Int32) -> Int { Int(voxels[Int(number)]) }
}

extension SparseClusters {
    /// Size and mass of the cluster each voxel of a map is in, 0 outside; clusters of `sign · map > threshold`.
    package static func maps(of map: [Float], above threshold: Float, sign: Float = 1, table: NeighbourTable) -> (
        size: [Float], mass: [Double]
    ) {
        var clusters = SparseClusters(table)
        for (voxel, value) in map.enumerated() where sign * value > threshold {
            clusters.append(Int32(voxel), sign * value)
        }
        var sizes = [Float](repeating: 0, count: map.count)
        var masses = [Double](repeating: 0, count: map.count)
        let members = clusters.voxels
        clusters.each(above: threshold) { numbers, size, mass in
            for number in numbers {
                sizes[Int(members[Int(number)])] = Float(size)
                masses[Int(members[Int(number)])] = mass
            }
        }
        return (sizes, masses)
    }
}
