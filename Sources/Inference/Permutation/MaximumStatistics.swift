public import Imaging

/// The largest statistics of a z map: voxel, TFCE, cluster size and cluster mass, both tails.
public struct MaximumStatistics: Sendable {
    public let tfce: ThresholdFreeClusterEnhancement
    public let clusterTable: NeighbourTable
    /// z a voxel must exceed to be part of a cluster.
    public let clusterForming: Float
    /// Whether TFCE is taken at all; 0 where not.
    package var includesTFCE = true

    public init(tfce: ThresholdFreeClusterEnhancement, clusterTable: NeighbourTable, clusterForming: Double) {
        self.tfce = tfce
        self.clusterTable = clusterTable
        self.clusterForming = Float(clusterForming)
    }

    /// Memory reused between maps. One per worker.
    public struct Scratch {
        var tfce = ThresholdFreeClusterEnhancement.Scratch()
        /// By voxel, one place moved up: 1 where a voxel exceeds the threshold and no cluster has it yet. The place before
        /// the first voxel stays 0, so that a neighbour −1, outside the mask, needs no test.
        var isOpen = Memory<UInt8>(capacity: 0)
        /// The clusters' voxels, one cluster after the other.
        var queue = Memory<Int32>(capacity: 0)
        var capacity = -1

        public init() {}
    }

    public func callAsFunction(_ map: [Float], scratch: inout Scratch) -> NullDistribution.Maxima {
        func tail(_ sign: Int) -> SIMD4<Float> {
            let direction: Float = sign < 0 ? -1 : 1
            let enhanced = includesTFCE ? tfce.maximum(of: map, sign: sign, scratch: &scratch.tfce) : 0
            var largest: (size: Float, mass: Float) = (0, 0)
            each(map, direction: direction, scratch: &scratch) { _, size, mass in
                largest.size = max(largest.size, size)
                largest.mass = max(largest.mass, mass)
            }
            return [highest(map, direction: direction), enhanced, largest.size, largest.mass]
        }
        return NullDistribution.Maxima(positive: tail(1), negative: tail(-1))
    }

    /// The largest of `direction · map`, at least 0; NaN is no value.
    private func highest(_ map: [Float], direction: Float) -> Float {
        map.withUnsafeBytes { bytes in
            var lanes = SIMD16<Float>.zero
            let whole = map.count / 16
            for block in 0..<whole {
                let values = direction * bytes.loadUnaligned(fromByteOffset: 64 * block, as: SIMD16<Float>.self)
                lanes.replace(with: values, where: values .> lanes)
            }
            var height = lanes.max()
            for value in map[(16 * whole)...] where direction * value > height { height = direction * value }
            return height
        }
    }

    /// Calls `body` with every cluster's voxels, size and mass (Σ of |z| − threshold).
    private func each(
        _ map: [Float], direction: Float, scratch: inout Scratch,
        _ body: (UnsafeBufferPointer<Int32>, Float, Float) -> Void
    ) {
        if scratch.capacity != map.count {
            scratch.capacity = map.count
            scratch.isOpen = Memory(capacity: map.count + 1)
            scratch.queue = Memory(capacity: map.count)
        }
        let isOpen = scratch.isOpen.start + 1
        let queue = scratch.queue.start
        let width = clusterTable.width
        map.withUnsafeBufferPointer { map in
            clusterTable.neighbours.withUnsafeBufferPointer { neighbours in
                isOpen[-1] = 0
                for voxel in 0..<map.count { isOpen[voxel] = direction * map[voxel] > clusterForming ? 1 : 0 }
                var head = 0
                var end = 0
                for start in 0..<map.count where isOpen[start] != 0 {
                    let first = head
                    isOpen[start] = 0
                    queue[end] = Int32(truncatingIfNeeded: start)
                    end += 1
                    var mass: Float = 0
                    while head < end {
                        let voxel = Int(queue[head])
                        head += 1
                        mass += direction * map[voxel] - clusterForming
                        for n in voxel * width..<(voxel + 1) * width {
                            let other = neighbours[n]
                            if isOpen[Int(other)] == 0 { continue }
                            isOpen[Int(other)] = 0
                            queue[end] = other
                            end += 1
                        }
                    }
                    body(UnsafeBufferPointer(start: queue + first, count: end - first), Float(end - first), mass)
                }
            }
        }
    }

    /// Size and mass of the cluster every voxel is in; 0 outside clusters.
    public func clusterMaps(of map: [Float], sign: Int) -> (size: [Float], mass: [Float]) {
        var sizes = [Float](repeating: 0, count: map.count)
        var masses = sizes
        var scratch = Scratch()
        each(map, direction: sign < 0 ? -1 : 1, scratch: &scratch) { voxels, size, mass in
            for voxel in voxels {
                sizes[Int(voxel)] = size
                masses[Int(voxel)] = mass
            }
        }
        return (sizes, masses)
    }
}
