/// One value per voxel of a grid. Missing values are NaN.
public struct Volume: Equatable, Sendable {
    public let grid: Grid
    /// `grid.count` values, first voxel index fastest.
    public var values: [Float]

    public init(grid: Grid, values: [Float]) {
        precondition(values.count == grid.count, "a volume holds one value per voxel of its grid")
        self.grid = grid
        self.values = values
    }

    public init(grid: Grid, repeating value: Float) {
        self.init(grid: grid, values: Array(repeating: value, count: grid.count))
    }

    public subscript(_ voxel: SIMD3<Int>) -> Float {
        get { values[grid.index(voxel)] }
        set { values[grid.index(voxel)] = newValue }
    }
}
