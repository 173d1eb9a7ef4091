import Foundation
public import Mapping

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
        p = NormalTail.upper(abs(z))
        tau2 = value(maps.tau2)
        i2 = value(maps.i2)
    }

    /// 95 % confidence interval of g (normal).
    public var interval: (low: Double, high: Double) {
        (g - NormalTail.z975 * se, g + NormalTail.z975 * se)
    }
}

/// The normal distribution's upper tail, accurate far out (no `1 − Φ`).
enum NormalTail {
    /// The 97.5 % quantile.
    static let z975 = 1.959963984540054

    static func upper(_ z: Double) -> Double { 0.5 * erfc(z * 0.5.squareRoot()) }
}
