import Imaging

/// Reads a volume between its voxels: trilinear, 0 outside the grid; NaN counts as 0.
struct LinearSampler {
    private let shape: SIMD3<Int>
    private let inverse: Affine
    private let values: [Float]

    init(_ volume: Volume) {
        self.init(grid: volume.grid, values: volume.values)
    }

    init(grid: Grid, values: [Float]) {
        shape = grid.shape
        inverse = grid.inverse
        self.values = values.map { $0.isFinite ? $0 : 0 }
    }

    func callAsFunction(_ world: SIMD3<Double>) -> Float {
        let p = inverse(world)
        guard p.min() > -1, p.x < Double(shape.x), p.y < Double(shape.y), p.z < Double(shape.z) else { return 0 }
        // Voxels count from −1 here so that truncation is the floor.
        let (i, j, k) = (Int(p.x + 1) - 1, Int(p.y + 1) - 1, Int(p.z + 1) - 1)
        let (fi, fj, fk) = (Float(p.x - Double(i)), Float(p.y - Double(j)), Float(p.z - Double(k)))
        func row(_ j: Int, _ k: Int) -> Float {
            guard j >= 0, k >= 0, j < shape.y, k < shape.z else { return 0 }
            let start = shape.x * (j + shape.y * k)
            let low = i >= 0 ? values[start + i] : 0
            let high = i + 1 < shape.x ? values[start + i + 1] : 0
            return low + fi * (high - low)
        }
        func plane(_ k: Int) -> Float {
            let low = row(j, k)
            return low + fj * (row(j + 1, k) - low)
        }
        let low = plane(k)
        return low + fk * (plane(k + 1) - low)
    }
}
