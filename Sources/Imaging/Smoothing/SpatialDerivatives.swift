/// Finite differences of a volume, as `numpy.gradient` takes them: central inside, one-sided at the border.
package enum SpatialDerivatives {
    /// `scale · |∇v|` with `scale` in mm: dimensionless.
    package static func scaledGradient(_ volume: Volume, scale: Double) -> [Float] {
        var squares = [Float](repeating: 0, count: volume.grid.count)
        for axis in 0..<3 {
            let slope = derivative(volume.values, volume.grid, axis: axis)
            for i in 0..<squares.count { squares[i] += slope[i] * slope[i] }
        }
        return squares.map { Float(scale) * $0.squareRoot() }
    }

    /// `scale² · Δv`, each second derivative a central difference taken twice.
    package static func scaledLaplacian(_ volume: Volume, scale: Double) -> [Float] {
        var sum = [Float](repeating: 0, count: volume.grid.count)
        for axis in 0..<3 {
            let once = derivative(volume.values, volume.grid, axis: axis)
            let twice = derivative(once, volume.grid, axis: axis)
            for i in 0..<sum.count { sum[i] += twice[i] }
        }
        return sum.map { Float(scale * scale) * $0 }
    }

    /// Derivative per mm along one axis of the array.
    private static func derivative(_ values: [Float], _ grid: Grid, axis: Int) -> [Float] {
        let shape = [grid.shape.x, grid.shape.y, grid.shape.z]
        let step = [1, shape[0], shape[0] * shape[1]][axis]
        let length = shape[axis]
        guard length > 1 else { return [Float](repeating: 0, count: values.count) }
        let spacing = Float([grid.affine.voxelSize.x, grid.affine.voxelSize.y, grid.affine.voxelSize.z][axis])
        let inner = 1 / (2 * spacing)
        let outer = 1 / spacing
        return values.withUnsafeBufferPointer { values in
            [Float](unsafeUninitializedCapacity: values.count) { result, count in
                // A block holds all voxels of equal index on the axes that vary faster; lines of the axis run across blocks.
                for start in stride(from: 0, to: values.count, by: step * length) {
                    let last = start + step * (length - 1)
                    for i in start..<start + step { result[i] = (values[i + step] - values[i]) * outer }
                    for i in start + step..<last { result[i] = (values[i + step] - values[i - step]) * inner }
                    for i in last..<last + step { result[i] = (values[i] - values[i - step]) * outer }
                }
                count = values.count
            }
        }
    }
}
