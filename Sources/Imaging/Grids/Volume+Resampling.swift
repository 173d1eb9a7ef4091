/// How a value between voxel centres is found.
public enum Interpolation: String, Sendable, CaseIterable, Codable {
    /// The nearest voxel's value: for masks and labels.
    case nearest
    /// Weighted mean of the eight voxels around.
    case trilinear
}

extension Volume {
    /// The volume on another grid.
    ///
    /// A point is *missing* when its nearest voxel lies outside this volume or is NaN; it becomes `background`.
    /// Elsewhere trilinear weights of missing neighbours are left out and the others made to sum to 1, so that
    /// neither the edge of the volume nor the rim of a mask fades. (Other tools differ there: SPM and
    /// `scipy.ndimage` spread NaN to the neighbours.)
    ///
    /// No smoothing is done before going to a coarser grid.
    public func resampled(
        to target: Grid, method: Interpolation = .trilinear, background: Float = .nan
    ) -> Volume {
        if target == grid, background.isNaN { return self }
        let map = grid.inverse.after(target.affine)
        var result = Volume(grid: target, repeating: background)
        values.withUnsafeBufferPointer { source in
            let sampler = Sampler(shape: grid.shape, values: source)
            result.values.withUnsafeMutableBufferPointer { out in
                var index = 0
                for k in 0..<target.shape.z {
                    for j in 0..<target.shape.y {
                        let row = map.j * Double(j) + map.k * Double(k) + map.origin
                        for i in 0..<target.shape.x {
                            let point = map.i * Double(i) + row
                            let value = method == .nearest ? sampler.nearest(point) : sampler.trilinear(point)
                            if !value.isNaN { out[index] = value }
                            index += 1
                        }
                    }
                }
            }
        }
        return result
    }

    /// The value at a world point (mm), by the rules of ``resampled(to:method:background:)``; NaN where missing.
    public func value(at world: SIMD3<Double>, method: Interpolation = .trilinear) -> Float {
        values.withUnsafeBufferPointer { source in
            let sampler = Sampler(shape: grid.shape, values: source)
            let point = grid.voxel(at: world)
            return method == .nearest ? sampler.nearest(point) : sampler.trilinear(point)
        }
    }
}

/// Values at fractional voxel positions; NaN where missing.
private struct Sampler {
    let shape: SIMD3<Int>
    let values: UnsafeBufferPointer<Float>
    private let upper: SIMD3<Double>

    init(shape: SIMD3<Int>, values: UnsafeBufferPointer<Float>) {
        self.shape = shape
        self.values = values
        self.upper = SIMD3<Double>(shape) - 0.5
    }

    /// As in ``Grid/nearestVoxel(to:)``; false for NaN, too.
    @inline(__always)
    private func isInside(_ p: SIMD3<Double>) -> Bool {
        p.x > -0.5 && p.y > -0.5 && p.z > -0.5 && p.x < upper.x && p.y < upper.y && p.z < upper.z
    }

    /// The nearest voxel; ties go up.
    @inline(__always)
    func nearest(_ p: SIMD3<Double>) -> Float {
        guard isInside(p) else { return .nan }
        // Positive, so that conversion rounds down.
        let (i, j, k) = (Int(p.x + 0.5), Int(p.y + 0.5), Int(p.z + 0.5))
        return values[i + shape.x * (j + shape.y * k)]
    }

    @inline(__always)
    func trilinear(_ p: SIMD3<Double>) -> Float {
        let centre = nearest(p)
        if centre.isNaN { return centre }
        let (i, j, k) = (Int(p.x + 1) - 1, Int(p.y + 1) - 1, Int(p.z + 1) - 1)
        let (x, y, z) = (p.x - Double(i), p.y - Double(j), p.z - Double(k))
        var sum = 0.0
        var total = 0.0
        for dk in 0...1 where k + dk >= 0 && k + dk < shape.z {
            for dj in 0...1 where j + dj >= 0 && j + dj < shape.y {
                let plane = (dk == 0 ? 1 - z : z) * (dj == 0 ? 1 - y : y)
                for di in 0...1 where i + di >= 0 && i + di < shape.x {
                    let weight = plane * (di == 0 ? 1 - x : x)
                    let value = values[i + di + shape.x * (j + dj + shape.y * (k + dk))]
                    // A weight of 0 must not meet an infinity.
                    if weight > 0, !value.isNaN {
                        sum += weight * Double(value)
                        total += weight
                    }
                }
            }
        }
        return Float(sum / total)
    }
}
