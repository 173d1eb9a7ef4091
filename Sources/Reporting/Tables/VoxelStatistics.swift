public import Evidence
public import SeedBasedMapping
import Statistics

extension EffectMeasure {
    /// The letter of the effect in tables: g, or r.
    var symbol: String { self == .correlation ? "r" : "g" }
}

/// The pooled statistics at one voxel.
public struct VoxelStatistics: Hashable, Sendable {
    public var measure: EffectMeasure
    /// Hedges' g, or Fisher's z of correlations.
    public var g: Double
    public var se: Double
    public var z: Double
    /// One-tailed, in the direction of ``z``.
    public var p: Double
    public var tau2: Double
    /// Percent.
    public var i2: Double

    /// - Parameter position: position in the maps' mask.
    public init(_ maps: PooledMaps, at position: Int, measure: EffectMeasure = .change) {
        self.measure = measure
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

    /// The effect as it is read: g, or the correlation that Fisher's z stands for.
    public var effect: Double { shown(g) }

    /// 95 % confidence interval of ``effect`` (normal; of a correlation by way of Fisher's z).
    public var interval: (low: Double, high: Double) {
        (shown(g - Self.z975 * se), shown(g + Self.z975 * se))
    }

    private func shown(_ g: Double) -> Double { measure == .correlation ? FisherZ.r(fromZ: g) : g }
}
