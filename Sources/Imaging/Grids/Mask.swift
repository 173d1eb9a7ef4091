/// The voxels an analysis looks at, as a compact list.
///
/// Maps inside the library hold one value per mask voxel, in the order of ``voxels`` (x fastest, then y, then z:
/// the order of SDM's own binary maps).
public struct Mask: Equatable, Sendable {
    public let grid: Grid
    /// Linear grid indices of the voxels inside, ascending.
    public let voxels: [Int32]
    /// Position in ``voxels`` of every grid voxel, −1 outside.
    public let position: [Int32]

    public var count: Int { voxels.count }

    public init(grid: Grid, isInside: (Int) -> Bool) {
        var voxels: [Int32] = []
        var position = [Int32](repeating: -1, count: grid.count)
        for index in 0..<grid.count where isInside(index) {
            position[index] = Int32(voxels.count)
            voxels.append(Int32(index))
        }
        self.grid = grid
        self.voxels = voxels
        self.position = position
    }

    /// Voxels where `volume` exceeds `threshold`; NaN is outside.
    public init(_ volume: Volume, above threshold: Float = 0) {
        self.init(grid: volume.grid) { volume.values[$0] > threshold }
    }

    public func contains(_ voxel: SIMD3<Int>) -> Bool {
        grid.contains(voxel) && position[grid.index(voxel)] >= 0
    }

    /// The values of a volume at the mask's voxels.
    public func gather(_ volume: Volume) -> [Float] {
        precondition(volume.grid == grid, "volume and mask must share a grid")
        return voxels.map { volume.values[Int($0)] }
    }

    /// The volume's values at the mask's voxels, resampled (trilinear) where its grid is another.
    ///
    /// Headers hold single precision: grids of one space seldom agree to the bit, and need no resampling
    /// (``Grid/matches(_:tolerance:)``).
    public func values(of volume: Volume) -> [Float] {
        guard volume.grid.matches(grid) else { return gather(volume.resampled(to: grid)) }
        return voxels.map { volume.values[Int($0)] }
    }

    /// A volume with the given values inside the mask and `background` elsewhere.
    public func scatter(_ values: [Float], background: Float = 0) -> Volume {
        precondition(values.count == count, "one value per mask voxel")
        var volume = Volume(grid: grid, repeating: background)
        for (index, value) in zip(voxels, values) { volume.values[Int(index)] = value }
        return volume
    }

    /// World position (mm) of the mask voxel at `position`.
    public func world(at position: Int) -> SIMD3<Double> { grid.world(atIndex: Int(voxels[position])) }
}
