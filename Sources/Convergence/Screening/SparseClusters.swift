package import Imaging

/// Connected sets among a few listed voxels; the memory of a whole map is touched only at those.
package final class SparseClusters {
    private let width: Int
    private let neighbours: UnsafeMutablePointer<Int32>
    /// Index into the list + 1 of every mask voxel; 0 for voxels that are not in it.
    private let slot: UnsafeMutablePointer<Int32>
    private let voxels: UnsafeMutablePointer<Int32>
    private let values: UnsafeMutablePointer<Float>
    private let queue: UnsafeMutablePointer<Int32>
    private var count = 0

    package init(_ table: NeighbourTable) {
        width = table.width
        let size = table.neighbours.count / max(table.width, 1)
        neighbours = .allocate(capacity: max(table.neighbours.count, 1))
        neighbours.initialize(from: table.neighbours, count: table.neighbours.count)
        slot = .allocate(capacity: size + 1)
        slot.initialize(repeating: 0, count: size + 1)
        voxels = .allocate(capacity: size + 1)
        values = .allocate(capacity: size + 1)
        queue = .allocate(capacity: size + 1)
    }

    deinit {
        neighbours.deallocate()
        slot.deallocate()
        voxels.deallocate()
        values.deallocate()
        queue.deallocate()
    }

    package var isEmpty: Bool { count == 0 }

    package func removeAll() { count = 0 }

    /// Each voxel at most once.
    @inline(__always)
    package func append(_ voxel: Int32, _ value: Float) {
        voxels[count] = voxel
        values[count] = value
        count &+= 1
    }

    /// Calls `body` with each cluster's voxels (valid during the call), and Σ (value − threshold).
    @inline(__always)
    package func each(above threshold: Float, _ body: (UnsafeBufferPointer<Int32>, Double) -> Void) {
        for n in 0..<count { slot[Int(voxels[n])] = Int32(n + 1) }
        var end = 0
        for start in 0..<count where slot[Int(voxels[start])] > 0 {
            let first = end
            queue[end] = voxels[start]
            end += 1
            slot[Int(voxels[start])] = 0
            var mass = Double(values[start] - threshold)
            var head = first
            while head < end {
                let row = Int(queue[head]) * width
                head += 1
                for n in row..<row + width {
                    let other = Int(neighbours[n])
                    if other >= 0, slot[other] > 0 {
                        mass += Double(values[Int(slot[other]) - 1] - threshold)
                        slot[other] = 0
                        queue[end] = Int32(other)
                        end += 1
                    }
                }
            }
            body(UnsafeBufferPointer(start: queue + first, count: end - first), mass)
        }
    }
}

extension SparseClusters {
    /// Size and mass of the cluster each voxel of a map is in, 0 outside; clusters of `sign · map > threshold`.
    package static func maps(of map: [Float], above threshold: Float, sign: Float = 1, table: NeighbourTable) -> (
        size: [Float], mass: [Double]
    ) {
        let clusters = SparseClusters(table)
        for (voxel, value) in map.enumerated() where sign * value > threshold {
            clusters.append(Int32(voxel), sign * value)
        }
        var sizes = [Float](repeating: 0, count: map.count)
        var masses = [Double](repeating: 0, count: map.count)
        clusters.each(above: threshold) { voxels, mass in
            for voxel in voxels {
                sizes[Int(voxel)] = Float(voxels.count)
                masses[Int(voxel)] = mass
            }
        }
        return (sizes, masses)
    }
}
