package import Imaging

/// A map read along the cortical ribbon: at each vertex the mean of five places from the white to the pial surface.
package struct RibbonSampler {
    private let weight: LinearSampler
    private let value: LinearSampler

    /// Shares of the way from white to pial.
    private static let depths = [0.0, 0.25, 0.5, 0.75, 1]

    /// - Parameter isShown: whether a voxel takes part, by index of the grid; others count as not there, rather than as 0.
    package init(_ volume: Volume, isShown: (Int) -> Bool) {
        var weights = [Float](repeating: 0, count: volume.values.count)
        var values = weights
        for n in volume.values.indices where volume.values[n].isFinite && isShown(n) {
            weights[n] = 1
            values[n] = volume.values[n]
        }
        weight = LinearSampler(grid: volume.grid, values: weights)
        value = LinearSampler(grid: volume.grid, values: values)
    }

    /// The mean of what is shown, and the share of the ribbon that is, 0…1.
    package func callAsFunction(
        white: SIMD3<Double>, pial: SIMD3<Double>
    ) -> (value: Double, share: Double) {
        var (weights, values) = (0.0, 0.0)
        for depth in Self.depths {
            let place = white + (pial - white) * depth
            weights += Double(weight(place))
            values += Double(value(place))
        }
        return weights > 1e-6 ? (values / weights, weights / Double(Self.depths.count)) : (0, 0)
    }
}
