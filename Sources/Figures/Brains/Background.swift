package import Imaging

/// The anatomical image in grey.
package struct Background: Sendable {
    /// The image, how much of the place is brain, and the same with its voxel steps smoothed away, for the outline.
    private let sampler: VectorSampler<SIMD4<Float>>
    private let black: Float
    private let white: Float

    /// Without a T1 the mask itself is shown, in flat grey.
    package init(_ t1: Volume?, mask: Mask) {
        guard let t1 else {
            let flat = mask.scatter([Float](repeating: 1, count: mask.count))
            sampler = Self.sampler(flat, inside: flat)
            (black, white) = (-0.5, 1.5)
            return
        }
        let brain = Volume(grid: t1.grid, values: t1.values.map { $0 > 0 ? 1 : 0 })
        sampler = Self.sampler(t1, inside: brain)
        let sorted = t1.values.filter { $0 > 0 && $0.isFinite }.sorted()
        func quantile(_ q: Double) -> Float {
            sorted.isEmpty ? 1 : sorted[min(Int(Double(sorted.count) * q), sorted.count - 1)]
        }
        (black, white) = (quantile(0.01) * 0.6, max(quantile(0.995), .leastNormalMagnitude))
    }

    private static func sampler(_ image: Volume, inside: Volume) -> VectorSampler<SIMD4<Float>> {
        VectorSampler(grid: image.grid, channels: [image.values, inside.values, inside.softened.values])
    }

    /// How many times as bright a slice is drawn. Along the midline the T1 is half fissure, and dark beside other slices.
    func lift(of plane: SlicePlane, at depth: Double) -> Double {
        let (extent, step) = (plane.extent, 4.0)
        var greys: [Double] = []
        for up in stride(from: extent.up.lowerBound, through: extent.up.upperBound, by: step) {
            for across in stride(from: extent.across.lowerBound, through: extent.across.upperBound, by: step) {
                let (grey, coverage) = self(plane.world(across: across, up: up, depth: depth))
                if coverage > 0.5 { greys.append(grey) }
            }
        }
        guard !greys.isEmpty else { return 1 }
        greys.sort()
        return min(max(0.72 / max(greys[greys.count * 9 / 10], 0.01), 1), 1.7)
    }

    /// Grey in 0…1 and how much of the point is brain.
    func callAsFunction(_ world: SIMD3<Double>) -> (grey: Double, coverage: Double) {
        let here = sampler(world)
        let (image, inside, outline) = (here.x, here.y, here.z)
        let coverage = (Double(outline) - 0.4) * 5
        guard coverage > 0 else { return (0, 0) }
        let weight = max(Double(inside), 0.1)
        // The image is 0 outside the brain; dividing keeps its edge from darkening.
        let value = Double(image) / weight
        let share = (value - Double(black)) / Double(max(white - black, .leastNormalMagnitude))
        let grey = 0.06 + 0.86 * min(max(share, 0), 1)
        return (grey, min(coverage, 1))
    }
}

extension Volume {
    /// Averaged with the neighbours along each axis.
    fileprivate var softened: Volume {
        var result = self
        result.values = values.softened(along: [1, grid.shape.x, grid.shape.x * grid.shape.y])
        return result
    }
}
