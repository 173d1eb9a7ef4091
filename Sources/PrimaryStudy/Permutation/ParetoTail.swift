import Foundation
import Statistics

/// The upper tail of a permutation distribution, continued by a generalised Pareto distribution: p finer than 1 in the number of
/// permutations when few were made (Knijnenburg et al. 2009, doi:10.1093/bioinformatics/btp211; Winkler et al. 2016,
/// doi:10.1016/j.neuroimage.2016.05.068).
///
/// P(X > u + y | X > u) = (1 − k·y/a)^(1/k). k and a by moments (Hosking & Wallis 1987, doi:10.2307/1269343): k = (m²/s² − 1)/2,
/// a = m(m²/s² + 1)/2, of what exceeds u; where k would be above 0 (a tail that ends, and p = 0 beyond) it is 0, which errs on the
/// careful side. u starts at the upper quarter and rises until an Anderson–Darling test does not reject
/// the fit at .05; its null is simulated from the fit, 200 times, with parameters fitted anew. A p from here is an
/// extrapolation and has to be marked as one.
public struct ParetoTail: Hashable, Sendable {
    /// u: where the tail begins.
    public let start: Double
    /// How many of all permutations are above u.
    public let exceedances: Int
    public let permutations: Int
    public let scale: Double
    /// k: 0 an exponential tail, below 0 a heavier one.
    public let shape: Double
    /// Of the Anderson–Darling test.
    public let fitP: Double

    /// - Parameter sorted: all permutations' values, ascending, the data's among them. nil where fewer than 40 are given or no tail of
    ///   at least 10 values fits.
    public init?(_ sorted: [Double]) {
        guard sorted.count >= 40 else { return nil }
        var share = 0.25
        while share * Double(sorted.count) >= 10 {
            let count = Int(share * Double(sorted.count))
            let start = 0.5 * (sorted[sorted.count - count - 1] + sorted[sorted.count - count])
            let excess = sorted.suffix(count).map { $0 - start }
            if let fit = Self.fit(excess) {
                let p = Self.fitP(excess, fit)
                if p > 0.05 {
                    self.start = start
                    exceedances = count
                    permutations = sorted.count
                    scale = fit.scale
                    shape = fit.shape
                    fitP = p
                    return
                }
            }
            share -= share > 0.1 ? 0.01 : 0.005
        }
        return nil
    }

    /// p of a value at or beyond the tail's start; nil below it, where permutations are counted. 0 is never said: the least is the
    /// smallest normal number.
    public func p(_ value: Double) -> Double? {
        guard value >= start else { return nil }
        let above = Self.upperTail(value - start, scale: scale, shape: shape)
        return max(Double(exceedances) / Double(permutations) * above, .leastNormalMagnitude)
    }

    private static func upperTail(_ y: Double, scale: Double, shape: Double) -> Double {
        if abs(shape) < 1e-9 { return exp(-y / scale) }
        let base = 1 - shape * y / scale
        return base > 0 ? exp(log(base) / shape) : 0
    }

    private static func fit(_ excess: [Double]) -> (scale: Double, shape: Double)? {
        let n = Double(excess.count)
        let mean = excess.reduce(0, +) / n
        let variance = excess.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
        guard mean > 0, variance > 0 else { return nil }
        let ratio = mean * mean / variance
        // A tail that ends would say p = 0 of anything beyond; what is estimated so is taken for an exponential one.
        if ratio >= 1 { return (mean, 0) }
        let (scale, shape) = (0.5 * mean * (ratio + 1), 0.5 * (ratio - 1))
        return scale > 0 && scale.isFinite ? (scale, shape) : nil
    }

    /// A² of sorted values.
    private static func andersonDarling(_ excess: [Double], _ fit: (scale: Double, shape: Double)) -> Double {
        let n = excess.count
        let tails = excess.map { min(1 - 1e-12, max(1e-12, upperTail($0, scale: fit.scale, shape: fit.shape))) }
        var sum = 0.0
        for i in 0..<n { sum += Double(2 * i + 1) * (log1p(-tails[i]) + log(tails[n - 1 - i])) }
        return -Double(n) - sum / Double(n)
    }

    private static func fitP(_ excess: [Double], _ fit: (scale: Double, shape: Double)) -> Double {
        let observed = andersonDarling(excess, fit)
        let stream = Philox(seed: 0, name: "Pareto tail", purpose: 7)
        let rounds = 200
        var beyond = 1
        for round in 0..<rounds {
            let drawn = excess.indices.map { index -> Double in
                let words = stream([UInt32(truncatingIfNeeded: index), UInt32(round), 0, 0])
                let u = Philox.uniform(words.x)
                return abs(fit.shape) < 1e-9
                    ? -fit.scale * log(u) : fit.scale / fit.shape * (1 - exp(fit.shape * log(u)))
            }.sorted()
            guard let again = Self.fit(drawn) else { continue }
            if andersonDarling(drawn, again) >= observed { beyond += 1 }
        }
        return Double(beyond) / Double(rounds + 1)
    }
}
