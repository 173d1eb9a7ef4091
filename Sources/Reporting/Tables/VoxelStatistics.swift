public import Evidence
public import SeedBasedMapping
import Statistics

extension EffectMeasure {
    /// The letter of the effect in tables: g, or r.
    var symbol: String { self == .correlation ? "r" : "g" }
}

/// The pooled statistics at one voxel.
public struct VoxelStatistics: Sendable {
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

    /// Ends of a posterior's interval; nil takes the normal's.
    private var ends: (low: Double, high: Double)?

    /// At a voxel of a model, with the interval of its posterior where it has one.
    public init(_ result: ModelResult, at position: Int) {
        self.init(result.maps, at: position, measure: result.measure)
        guard let maps = result.posterior?.maps, maps.lower.indices.contains(position) else { return }
        ends = (Double(maps.lower[position]), Double(maps.upper[position]))
    }

    /// The normal distribution's 97.5 % quantile.
    private static let z975 = 1.959963984540054

    /// The effect as it is read: g, or the correlation that Fisher's z stands for.
    public var effect: Double { shown(g) }

    /// 95 % confidence interval of ``effect`` (normal; of a correlation by way of Fisher's z).
    public var interval: (low: Double, high: Double) {
        guard let ends else { return (shown(g - Self.z975 * se), shown(g + Self.z975 * se)) }
        return (shown(ends.low), shown(ends.high))
    }

    private func shown(_ g: Double) -> Double { measure == .correlation ? FisherZ.r(fromZ: g) : g }
}

extension ModelResult {
    /// g at a position of the mask under the learnt prior: how large, at our best guess. Not a number where there is none; nil of a
    /// result that is no posterior.
    func bestGuess(at position: Int) -> Double? {
        guard let posterior else { return nil }
        guard let g = posterior.shrunken?.g, g.indices.contains(position) else { return .nan }
        return Double(g[position])
    }
}
