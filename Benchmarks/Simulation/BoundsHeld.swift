import Foundation
public import SeedBasedMapping
public import Statistics

/// Whether the bounds of experiments given as peaks hold the effects that their own images have.
///
/// An interval likelihood takes for granted that they do, and that what is reported of an effect depends on nothing but
/// which interval it lies in (coarsening at random, doi:10.1214/aos/1176348396). Then the mean effect of the voxels of a
/// kind is that of a normal distribution cut to their bounds, ``Kind/implied``.
public struct BoundsHeld: Sendable {
    /// Voxels of experiments by what their table says of them.
    public struct Kind: Sendable {
        public var name: String
        public var count = 0.0
        var sums = SIMD4<Double>.zero
        var inside = 0.0

        /// Means over its voxels: the bounds, the effect of the experiment's own image, and what follows from the bounds.
        public var lower: Double { sums.x / count }
        public var upper: Double { sums.y / count }
        public var own: Double { sums.z / count }
        public var implied: Double { sums.w / count }
        /// Share of voxels whose own effect lies within the bounds.
        public var held: Double { inside / count }
    }

    public private(set) var kinds = ["peak", "near, lower bound > 0", "near, around 0", "silent"].map { Kind(name: $0) }

    public init() {}

    /// - Parameters:
    ///   - own: effect of the experiment's image at the voxel.
    ///   - mean, tau: true mean of all experiments there, and their SD.
    public mutating func add(
        _ report: EffectReport, at voxel: Int, own: Double, mean: Double, tau: Double, scale: EffectScale
    ) {
        guard case .peaks(let peaks) = report.content, let bounds = report.bounds(at: voxel), own.isFinite else {
            return
        }
        let b = peaks.thresholdG
        let isSilent = abs(bounds.lower + b) < 1e-5 && abs(bounds.upper - b) < 1e-5
        let isKnown = bounds.upper - bounds.lower < 1e-3
        // Decreases are turned over.
        let sign: Double = bounds.lower + bounds.upper < 0 && !isSilent ? -1 : 1
        let (lower, upper) = sign < 0 ? (-bounds.upper, -bounds.lower) : (bounds.lower, bounds.upper)
        let deviation = (scale.variance(ofG: mean) + tau * tau).squareRoot()
        let implied = isKnown ? lower : Self.mean(of: sign * mean, deviation, from: lower, to: upper)
        let kind = isSilent ? 3 : isKnown ? 0 : lower > 0 ? 1 : 2
        kinds[kind].count += 1
        kinds[kind].sums += [lower, upper, sign * own, implied]
        if sign * own >= lower - 1e-4, sign * own <= upper + 1e-4 { kinds[kind].inside += 1 }
    }

    public static func + (a: BoundsHeld, b: BoundsHeld) -> BoundsHeld {
        var result = a
        for kind in result.kinds.indices {
            result.kinds[kind].count += b.kinds[kind].count
            result.kinds[kind].sums += b.kinds[kind].sums
            result.kinds[kind].inside += b.kinds[kind].inside
        }
        return result
    }

    /// Mean of a normal distribution cut to an interval.
    private static func mean(of mean: Double, _ deviation: Double, from lower: Double, to upper: Double) -> Double {
        let (a, b) = ((lower - mean) / deviation, (upper - mean) / deviation)
        func density(_ x: Double) -> Double { exp(-0.5 * x * x) / (2 * Double.pi).squareRoot() }
        let mass = 0.5 * (erf(b / 2.squareRoot()) - erf(a / 2.squareRoot()))
        guard mass > 1e-9 else { return a > 0 ? lower : upper }
        return min(max(mean + deviation * (density(a) - density(b)) / mass, lower), upper)
    }
}
