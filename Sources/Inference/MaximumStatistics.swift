public import Imaging

/// The largest statistics of a z map: voxel, TFCE, cluster size and cluster mass, both tails.
public struct MaximumStatistics: Sendable {
    public let tfce: ThresholdFreeClusterEnhancement
    public let clusterTable: NeighbourTable
    /// z a voxel must exceed to be part of a cluster.
    public let clusterForming: Float

    public init(tfce: ThresholdFreeClusterEnhancement, clusterTable: NeighbourTable, clusterForming: Double) {
        self.tfce = tfce
        self.clusterTable = clusterTable
        self.clusterForming = Float(clusterForming)
    }

    /// Memory reused between maps. One per worker.
    public struct Scratch {
        var tfce = ThresholdFreeClusterEnhancement.Scratch()
        var isSeen: [Bool] = []
        var queue: [Int32] = []

        public init() {}
    }

    public func callAsFunction(_ map: [Float], scratch: inout Scratch) -> NullDistribution.Maxima {
        func tail(_ sign: Int) -> SIMD4<Float> {
            let direction: Float = sign < 0 ? -1 : 1
            var height: Float = 0
            for value in map where direction * value > height { height = direction * value }
            let enhanced = tfce.maximum(of: map, sign: sign, scratch: &scratch.tfce)
            let cluster = largestCluster(map, direction: direction, scratch: &scratch)
            return [height, enhanced, cluster.size, cluster.mass]
        }
        return NullDistribution.Maxima(positive: tail(1), negative: tail(-1))
    }

    /// Size (voxels) and mass (Σ of |z| − threshold) of the largest clusters by either measure.
    private func largestCluster(
        _ map: [Float], direction: Float, scratch: inout Scratch
    ) -> (size: Float, mass: Float) {
        var largest: (size: Float, mass: Float) = (0, 0)
        each(map, direction: direction, scratch: &scratch) { _, size, mass in
            largest.size = max(largest.size, size)
            largest.mass = max(largest.mass, mass)
        }
        return largest
    }

    /// Calls `body` with every cluster's voxels, size and mass.
    func each(
        _ map: [Float], direction: Float, scratch: inout Scratch, _ body: ([Int32], Float, Float) -> Void
    ) {
        if scratch.isSeen.count != map.count { scratch.isSeen = Array(repeating: false, count: map.count) }
        var touched: [Int32] = []
        for start in map.indices where direction * map[start] > clusterForming && !scratch.isSeen[start] {
            scratch.queue.removeAll(keepingCapacity: true)
            scratch.queue.append(Int32(start))
            scratch.isSeen[start] = true
            var mass: Float = 0
            var head = 0
            while head < scratch.queue.count {
                let voxel = Int(scratch.queue[head])
                head += 1
                mass += direction * map[voxel] - clusterForming
                for n in voxel * clusterTable.width..<(voxel + 1) * clusterTable.width {
                    let other = Int(clusterTable.neighbours[n])
                    if other >= 0, direction * map[other] > clusterForming, !scratch.isSeen[other] {
                        scratch.isSeen[other] = true
                        scratch.queue.append(Int32(other))
                    }
                }
            }
            touched += scratch.queue
            body(scratch.queue, Float(scratch.queue.count), mass)
        }
        for voxel in touched { scratch.isSeen[Int(voxel)] = false }
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
