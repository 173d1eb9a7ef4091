public import SeedBasedMapping

/// What a method says of the effect at every mask voxel: estimate, z, and the 95 % interval.
public struct EffectEstimate: Sendable {
    public var g: [Float]
    /// Estimate by its standard error or posterior SD.
    public var z: [Float]
    public var lower: [Float]
    public var upper: [Float]

    public init(g: [Float], z: [Float], lower: [Float], upper: [Float]) {
        self.g = g
        self.z = z
        self.lower = lower
        self.upper = upper
    }

    /// g ± 1.96 se.
    public init(g: [Float], se: [Float]) {
        self.init(
            g: g, z: zip(g, se).map { $0 / $1 }, lower: zip(g, se).map { $0 - 1.959964 * $1 },
            upper: zip(g, se).map { $0 + 1.959964 * $1 })
    }

    public init(_ maps: PooledMaps) { self.init(g: maps.g, se: maps.se) }

    public init(_ maps: PosteriorMaps) { self.init(g: maps.g, z: maps.z, lower: maps.lower, upper: maps.upper) }

    public init(_ maps: ShrunkenMaps) {
        self.init(g: maps.g, z: zip(maps.g, maps.se).map { $0 / $1 }, lower: maps.lower, upper: maps.upper)
    }
}
