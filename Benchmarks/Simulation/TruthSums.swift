/// Sums over voxels from which coverage, slope and errors against a truth follow; those of several maps add up.
public struct TruthSums: Sendable {
    /// Voxels of some kind, and those whose interval holds the truth.
    public struct Count: Sendable {
        public var all = 0.0
        public var held = 0.0

        /// NaN where there are none.
        public var share: Double { all > 0 ? held / all : .nan }

        mutating func add(isHeld: Bool) {
            all += 1
            if isHeld { held += 1 }
        }
    }

    public var mask = Count()
    /// The true effect is not 0.
    public var blob = Count()
    /// It is at least half the largest.
    public var core = Count()
    /// |z| > 3.1.
    public var found = Count()
    /// Both: no effect there, and yet |z| > 3.1 (`held` counts nothing).
    public var foundWrongly = 0.0
    private var null = (count: 0.0, g: 0.0)
    /// Σ (g − truth) there, in the direction of the truth and of the estimate.
    private var bias = (core: 0.0, found: 0.0)
    private var sums = (g: 0.0, truth: 0.0, gg: 0.0, gTruth: 0.0, squaredError: 0.0)

    public init() {}

    /// - Parameters:
    ///   - truthError: half-width of the truth's own 95 % interval; 0 where it is known. It is added to the interval in squares.
    ///   - core: |truth| from which on a voxel is of the core.
    public mutating func add(
        _ estimate: EffectEstimate, at voxel: Int, truth: Double, truthError: Double = 0, core limit: Double
    ) {
        let g = Double(estimate.g[voxel])
        guard g.isFinite, truth.isFinite else { return }
        let half = truth > g ? Double(estimate.upper[voxel]) - g : g - Double(estimate.lower[voxel])
        let error = g - truth
        let isHeld = error * error <= half * half + truthError * truthError
        let isFound = abs(estimate.z[voxel]) > 3.1
        mask.add(isHeld: isHeld)
        if truth != 0 {
            blob.add(isHeld: isHeld)
            if abs(truth) >= limit {
                core.add(isHeld: isHeld)
                bias.core += truth < 0 ? -error : error
            }
        } else {
            null.count += 1
            null.g += g
            if isFound { foundWrongly += 1 }
        }
        if isFound {
            found.add(isHeld: isHeld)
            bias.found += g < 0 ? -error : error
        }
        sums.g += g
        sums.truth += truth
        sums.gg += g * g
        sums.gTruth += g * truth
        sums.squaredError += error * error
    }

    public var rmse: Double { (sums.squaredError / mask.all).squareRoot() }
    /// Mean estimate where there is no effect.
    public var nullBias: Double { null.g / null.count }
    /// Mean of what the estimate has too much, in the direction of the truth.
    public var coreBias: Double { bias.core / core.all }
    /// The same where |z| > 3.1, in the direction of the estimate.
    public var foundBias: Double { bias.found / found.all }
    /// Share of the voxels without effect that have |z| > 3.1.
    public var wrongShare: Double { foundWrongly / null.count }

    /// Least squares of the truth on the estimate, with an intercept: 1 where estimates are right on average.
    public var slope: Double {
        let n = mask.all
        return (sums.gTruth - sums.g * sums.truth / n) / (sums.gg - sums.g * sums.g / n)
    }

    public static func + (a: TruthSums, b: TruthSums) -> TruthSums { combined(a, b, 1) }
    /// What is left without some of the maps.
    public static func - (a: TruthSums, b: TruthSums) -> TruthSums { combined(a, b, -1) }

    private static func combined(_ a: TruthSums, _ b: TruthSums, _ sign: Double) -> TruthSums {
        var result = a
        for kind in [\TruthSums.mask, \.blob, \.core, \.found] {
            result[keyPath: kind].all += sign * b[keyPath: kind].all
            result[keyPath: kind].held += sign * b[keyPath: kind].held
        }
        result.foundWrongly += sign * b.foundWrongly
        result.null.count += sign * b.null.count
        result.null.g += sign * b.null.g
        result.bias.core += sign * b.bias.core
        result.bias.found += sign * b.bias.found
        result.sums.g += sign * b.sums.g
        result.sums.truth += sign * b.sums.truth
        result.sums.gg += sign * b.sums.gg
        result.sums.gTruth += sign * b.sums.gTruth
        result.sums.squaredError += sign * b.sums.squaredError
        return result
    }

    /// A measure of all maps together and its standard error over them (delete-one jackknife; NaN below two).
    public static func estimate(
        _ parts: [TruthSums], _ measure: (TruthSums) -> Double
    ) -> (value: Double, standardError: Double) {
        let total = parts.reduce(TruthSums(), +)
        let without = parts.map { measure(total - $0) }.filter(\.isFinite)
        let count = Double(without.count)
        let mean = without.reduce(0, +) / count
        let spread = without.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (measure(total), count > 1 ? ((count - 1) / count * spread).squareRoot() : .nan)
    }
}
