import Foundation
public import Statistics

/// Are effects and variances ordered alike? Kendall's τ of standardised effects with variances (Begg & Mazumdar 1994,
/// doi:10.2307/2533446): metafor's `ranktest`.
///
/// Effects are standardised about their fixed-effect mean: y* = (y − ȳ)/√(v − 1/Σ(1/v)). Weak with few studies.
public struct RankCorrelationTest: Hashable, Sendable {
    /// Kendall's τ-b.
    public let tau: Double
    /// Two-sided.
    public let pValue: Double
    /// From all orders of the ranks; else, with ties, by the normal approximation (no continuity correction), as R's
    /// `cor.test`.
    public let isExact: Bool
    public let studies: Int

    /// - Parameter effects, variances: at least 2 each, the variances positive.
    public init(effects: [Double], variances: [Double]) throws(MetaRegressionError) {
        guard effects.count == variances.count else {
            throw .shape(effects: effects.count, variances: variances.count, designRows: effects.count)
        }
        guard effects.count >= 2 else { throw .tooFewStudies(studies: effects.count, coefficients: 1) }
        for i in effects.indices where !(effects[i].isFinite && variances[i].isFinite && variances[i] > 0) {
            throw .badValue(row: i)
        }
        let total = variances.reduce(0) { $0 + 1 / $1 }
        let mean = zip(effects, variances).reduce(0) { $0 + $1.0 / $1.1 } / total
        let standardised = zip(effects, variances).map { ($0 - mean) / ($1 - 1 / total).squareRoot() }
        self.init(standardised, variances)
    }

    private init(_ x: [Double], _ y: [Double]) {
        let n = x.count
        var score = 0
        var (pairsX, pairsY) = (0, 0)
        for i in 0..<n {
            for j in 0..<i {
                let (a, b) = (Self.sign(x[i] - x[j]), Self.sign(y[i] - y[j]))
                score += a * b
                pairsX += a * a
                pairsY += b * b
            }
        }
        studies = n
        tau =
            pairsX > 0 && pairsY > 0
            ? Double(score) / (Double(pairsX).squareRoot() * Double(pairsY).squareRoot()) : .nan
        let pairs = n * (n - 1) / 2
        // Counting orders is exact up to sizes where the normal approximation is too; past them it would only be slow.
        isExact = pairsX == pairs && pairsY == pairs && n <= 400
        pValue = isExact ? Self.exactP(score: score, count: n) : Self.normalP(score: score, x, y)
    }

    private static func sign(_ x: Double) -> Int { x > 0 ? 1 : x < 0 ? -1 : 0 }

    /// Twice the smaller tail of the number of concordant pairs over all n! orders.
    private static func exactP(score: Int, count n: Int) -> Double {
        let pairs = n * (n - 1) / 2
        // Share of the orders of m ranks that have c inversions: m + 1 ranks add 0…m to it, each with chance 1/(m + 1).
        var shares = [1.0]
        for m in 1..<n {
            var next = [Double](repeating: 0, count: shares.count + m)
            var window = 0.0
            for c in next.indices {
                if c < shares.count { window += shares[c] }
                if c - m - 1 >= 0 { window -= shares[c - m - 1] }
                next[c] = max(0, window) / Double(m + 1)
            }
            shares = next
        }
        let concordant = (score + pairs) / 2
        // The distribution is symmetric, so the smaller tail can be summed from the end that has it.
        let least = min(concordant, pairs - concordant)
        return min(1, 2 * shares[0...least].reduce(0, +))
    }

    /// Kendall's variance with ties.
    private static func normalP(score: Int, _ x: [Double], _ y: [Double]) -> Double {
        let n = Double(x.count)
        func ties(_ values: [Double]) -> [Double] {
            Dictionary(grouping: values, by: { $0 }).values.map { Double($0.count) }.sorted()
        }
        let (tx, ty) = (ties(x), ties(y))
        func sum(_ counts: [Double], _ term: (Double) -> Double) -> Double { counts.reduce(0) { $0 + term($1) } }
        let v0 = n * (n - 1) * (2 * n + 5)
        let vt = sum(tx) { $0 * ($0 - 1) * (2 * $0 + 5) }
        let vu = sum(ty) { $0 * ($0 - 1) * (2 * $0 + 5) }
        let v1 = sum(tx) { $0 * ($0 - 1) } * sum(ty) { $0 * ($0 - 1) }
        let v2 = sum(tx) { $0 * ($0 - 1) * ($0 - 2) } * sum(ty) { $0 * ($0 - 1) * ($0 - 2) }
        var variance = (v0 - vt - vu) / 18 + v1 / (2 * n * (n - 1))
        if n > 2 { variance += v2 / (9 * n * (n - 1) * (n - 2)) }
        guard variance > 0 else { return .nan }
        return 2 * Normal.upperTail(abs(Double(score)) / variance.squareRoot())
    }
}
