import Imaging
import Inference

/// The clusters' values as a smooth layer.
struct Overlay {
    private let weight: LinearSampler
    private let value: LinearSampler
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
        weight = LinearSampler(grid: mask.grid, values: weights)
        value = LinearSampler(grid: mask.grid, values: values)
        self.largest = Double(largest)
    }

    /// The statistic and the layer's opacity; nil where no cluster is near.
    func callAsFunction(_ world: SIMD3<Double>) -> (value: Double, opacity: Double)? {
        let w = Double(weight(world))
        guard w > 0.4 else { return nil }
        return (Double(value(world)) / w, min((w - 0.4) * 5, 1))
    }
}
