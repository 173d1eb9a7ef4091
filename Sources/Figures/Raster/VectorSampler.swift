import Imaging

/// Reads several values of the same grid between its voxels in one go: trilinear, 0 outside the grid; NaN counts as 0.
///
/// Of each value the same as ``LinearSampler``, to the bit: pictures ask for the anatomy and its edge, or a map and where it is
/// shown, at every pixel, and where in the grid a pixel lies has to be found once only.
struct VectorSampler<Values: SIMD & Sendable>: Sendable where Values.Scalar == Float {
    private let shape: SIMD3<Int>
    private let inverse: Affine
    private let values: [Values]

    /// - Parameter channels: values of every voxel, no more of them than `Values` has places.
    init(grid: Grid, channels: [[Float]]) {
        shape = grid.shape
        inverse = grid.inverse
        var values = [Values](repeating: Values(), count: grid.count)
        for (n, channel) in channels.enumerated() {
            for (at, value) in channel.enumerated() where value.isFinite { values[at][n] = value }
        }
        self.values = values
    }

    func callAsFunction(_ world: SIMD3<Double>) -> Values {
        let p = inverse(world)
        guard p.min() > -1, p.x < Double(shape.x), p.y < Double(shape.y), p.z < Double(shape.z) else {
            return Values()
        }
        // Voxels count from −1 here so that truncation is the floor.
        let (i, j, k) = (Int(p.x + 1) - 1, Int(p.y + 1) - 1, Int(p.z + 1) - 1)
        let (fi, fj, fk) = (Float(p.x - Double(i)), Float(p.y - Double(j)), Float(p.z - Double(k)))
        let (across, up) = (shape.x, shape.x * shape.y)
        let start = i + across * j + up * k
        let isInside = i >= 0 && j >= 0 && k >= 0 && i + 1 < shape.x && j + 1 < shape.y && k + 1 < shape.z
        return values.withUnsafeBufferPointer { values in
            func row(_ start: Int, _ isThere: Bool) -> Values {
                guard isThere else { return Values() }
                let low = isInside || i >= 0 ? values[start] : Values()
                let high = isInside || i + 1 < shape.x ? values[start + 1] : Values()
                return low + (high - low) * fi
            }
            func plane(_ start: Int, _ k: Int) -> Values {
                let low = row(start, isInside || (j >= 0 && k >= 0 && k < shape.z))
                let high = row(start + across, isInside || (j + 1 < shape.y && k >= 0 && k < shape.z))
                return low + (high - low) * fj
            }
            let low = plane(start, k)
            return low + (plane(start + up, k + 1) - low) * fk
        }
    }
}
