import Foundation
import Imaging
public import Inference
public import Statistics

/// Random effects of effect images without variances: study i's variance is τ² + σ²/nᵢ, both found by maximum likelihood at
/// every voxel.
///
/// With ρ = τ²/(τ² + σ²), the coefficients and the common scale have closed forms; the likelihood is then searched over ρ
/// from 0 to 1: all sign changes of its slope on a grid of 1/64, each refined, and both ends. NiMARE's
/// `SampleSizeBasedLikelihood` (PyMARE 0.0.13) minimises the same function. Sample sizes must differ.
public struct SampleSizeLikelihood: ImageMethod {
    public var isRestricted: Bool
    public var test: MetaRegression.Test

    /// - Parameter isRestricted: REML instead of ML.
    public init(isRestricted: Bool = false, test: MetaRegression.Test = .knappHartung) {
        self.isRestricted = isRestricted
        self.test = test
    }

    public var name: String { "SampleSizeBasedLikelihood-" + (isRestricted ? "reml" : "ml") }

    public var needs: Set<ImageQuantity> { [.effect] }

    public func run(
        _ stack: ImageStack, workers: Workers, progress: any ProgressObserver
    ) async throws -> ImageMaps {
        let rows = try stack.rows(.effect)
        guard !stack.hasSharedSamples else {
            throw ImageError.design(
                "Several images of one sample: the sample-size based likelihood takes one image per sample.")
        }
        guard rows.count >= 3 else { throw ImageError.tooFewStudies(needed: 3, found: rows.count) }
        var sizes: [Double] = []
        for study in stack.studies {
            guard let n = study.sampleSize, n > 1, n.isFinite else { throw ImageError.noSampleSize(study: study.id) }
            sizes.append(n)
        }
        guard Set(sizes).count > 1 else {
            throw ImageError.design("All sample sizes are equal: τ² and σ² cannot be told apart.")
        }
        let names: [MapName.Value] = [.z, .p, .logp, .est, .se, .tau2, .sigma2, .dof]
        let voxels = stack.mask.count
        let maps = names.map { _ in SharedArray(repeating: Float.nan, count: voxels) }
        let tables = TailTables(1..<rows.count)
        let normal = TailTable(degreesOfFreedom: .infinity)
        let pieces = ImageTiles.count(voxels)
        progress.began(name, units: pieces)
        try await workers.forEach(pieces) { [sizes] piece in
            var effects: [Double] = []
            var counts: [Double] = []
            for voxel in ImageTiles.range(piece, of: voxels) {
                effects.removeAll(keepingCapacity: true)
                counts.removeAll(keepingCapacity: true)
                for study in 0..<rows.count where !rows[study][voxel].isNaN {
                    effects.append(Double(rows[study][voxel]))
                    counts.append(sizes[study])
                }
                // Equal sizes cannot tell σ² from τ².
                guard effects.count >= 3, counts.contains(where: { $0 != counts[0] }) else { continue }
                let fit = VarianceRatio(effects: effects, sizes: counts, isRestricted: isRestricted).fit()
                let df = effects.count - 1
                let factor =
                    switch test {
                    case .wald: 1.0
                    case .knappHartung: fit.spread / Double(df)
                    case .knappHartungAtLeastWald: max(1, fit.spread / Double(df))
                    }
                let error = (fit.variance * factor).squareRoot()
                let table = test == .wald ? normal : tables[df] ?? normal
                let (z, logP) = table(fit.estimate / error)
                let values = [
                    z, Double(LogProbability.p(logP)), LogProbability.minusLog10(logP), fit.estimate, error, fit.tau2,
                    fit.sigma2,
                    Double(df),
                ]
                for (slot, value) in values.enumerated() { maps[slot].buffer[voxel] = Float(value) }
            }
            progress.advanced(by: 1)
        }
        progress.ended()
        var result = ImageMaps(mask: stack.mask)
        for (name, map) in zip(names, maps) { result[name] = map.array }
        return result
    }
}

/// The likelihood of one voxel as a function of ρ.
struct VarianceRatio {
    let effects: [Double]
    let sizes: [Double]
    let isRestricted: Bool

    struct Fit {
        var estimate, variance, tau2, sigma2: Double
        /// Σwr² by the final weights.
        var spread: Double
    }

    private struct Sums {
        var weights = 0.0
        var squares = 0.0
        var mean = 0.0
        var residual = 0.0
        var steep = 0.0
        var slopes = 0.0
    }

    /// Weights 1/(ρ + (1 − ρ)/n), and what the slope is made of.
    private func sums(_ ratio: Double) -> Sums {
        var sums = Sums()
        var total = 0.0
        for (y, n) in zip(effects, sizes) {
            let w = 1 / (ratio + (1 - ratio) / n)
            sums.weights += w
            total += w * y
        }
        sums.mean = total / sums.weights
        for (y, n) in zip(effects, sizes) {
            let w = 1 / (ratio + (1 - ratio) / n)
            let r = y - sums.mean
            let slope = 1 - 1 / n
            sums.residual += w * r * r
            sums.steep += w * w * slope * r * r
            sums.slopes += w * slope
            sums.squares += w * w * slope
        }
        return sums
    }

    private var scaleCount: Double { Double(effects.count) - (isRestricted ? 1 : 0) }

    /// d(−2 ln L)/dρ.
    private func slope(_ ratio: Double) -> Double {
        let s = sums(ratio)
        return s.slopes - scaleCount * s.steep / max(s.residual, .leastNormalMagnitude)
            - (isRestricted ? s.squares / s.weights : 0)
    }

    private func deviance(_ ratio: Double) -> Double {
        let s = sums(ratio)
        let logs = sizes.reduce(0) { $0 + log(ratio + (1 - ratio) / $1) }
        return logs + scaleCount * log(max(s.residual, .leastNormalMagnitude)) + (isRestricted ? log(s.weights) : 0)
    }

    func fit() -> Fit {
        let grid = 64
        var candidates: [Double] = []
        var before = slope(0)
        if before >= 0 { candidates.append(0) }
        for step in 1...grid {
            let right = Double(step) / Double(grid)
            let here = slope(right)
            if before < 0, here >= 0 { candidates.append(root(right - 1 / Double(grid), before, right, here)) }
            before = here
        }
        if before <= 0 { candidates.append(1) }
        let best =
            candidates.count == 1
            ? candidates[0] : candidates.min { deviance($0) < deviance($1) } ?? 0
        let s = sums(best)
        let scale = s.residual / scaleCount
        return Fit(
            estimate: s.mean, variance: scale / s.weights, tau2: scale * best, sigma2: scale * (1 - best),
            spread: scaleCount)
    }

    /// The slope's zero between two ends where it changes from falling to rising: secants, every fourth step a bisection.
    private func root(_ low: Double, _ atLow: Double, _ high: Double, _ atHigh: Double) -> Double {
        var (a, b, fa, fb) = (low, high, atLow, atHigh)
        for iteration in 0..<200 where b - a > 1e-15 * b && fb != 0 {
            var next = iteration % 4 == 3 ? 0.5 * (a + b) : (a * fb - b * fa) / (fb - fa)
            if !(next > a && next < b) { next = 0.5 * (a + b) }
            if next == a || next == b { break }
            let value = slope(next)
            if value < 0 { (a, fa) = (next, value) } else { (b, fb) = (next, value) }
        }
        return fb == 0 ? b : 0.5 * (a + b)
    }
}
