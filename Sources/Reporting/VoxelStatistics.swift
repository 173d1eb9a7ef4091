public import Mapping
import Statistics

/// The pooled statistics at one voxel.
public struct VoxelStatistics: Hashable, Sendable {
    public var g: Double
    public var se: Double
    public var z: Double
    /// One-tailed, in the direction of ``z``.
    public var p: Double
    public var tau2: Double
    /// Percent.
    public var i2: Double

    /// - Parameter position: position in the maps' mask.
    public init(_ maps: PooledMaps, at position: Int) {
        func value(_ map: [Float]) -> Double { map.indices.contains(position) ? Double(map[position]) : .nan }
        g = value(maps.g)
        se = value(maps.se)
        z = value(maps.z)
        p = Normal.upperTail(abs(z))
        tau2 = value(maps.tau2)
        i2 = value(maps.i2)
    }

    /// The normal distribution's 97.5 % quantile.
    private static let z975 = 1.959963984540054

    /// 95 % confidence interval of g (normal).
    public var interval: (low: Double, high: Double) {
        (g - Self.z975 * se, g + Self.z975 * se)
    }
}
