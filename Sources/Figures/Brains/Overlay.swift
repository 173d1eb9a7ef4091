import Imaging
import Inference

/// The clusters' values as a smooth layer.
struct Overlay: Sendable {
    /// Whether a voxel is in a cluster, and its value.
    private let sampler: VectorSampler<SIMD2<Float>>
    /// Largest |z| in any cluster, 0 without clusters.
    let largest: Double

    init(z: [Float], mask: Mask, clusters: [Cluster]) {
        var weights = [Float](repeating: 0, count: mask.grid.count)
        var values = weights
        var largest: Float = 0
        for cluster in clusters {
            for voxel in cluster.voxels where z.indices.contains(Int(voxel)) && z[Int(voxel)].isFinite {
                let at = Int(mask.voxels[Int(voxel)])
                weights[at] = 1
                values[at] = z[Int(voxel)]
                largest = max(largest, abs(z[Int(voxel)]))
            }
        }
        sampler = VectorSampler(grid: mask.grid, channels: [weights, values])
        self.largest = Double(largest)
    }

    /// The statistic and the layer's opacity; nil where no cluster is near.
    func callAsFunction(_ world: SIMD3<Double>) -> (value: Double, opacity: Double)? {
        let here = sampler(world)
        let weight = Double(here.x)
        guard weight > 0.4 else { return nil }
        return (Double(here.y) / weight, min((weight - 0.4) * 5, 1))
    }
}
