import Foundation
public import Statistics

/// A robust regression at one voxel: Tukey's bisquare by iteratively reweighted least squares (Holland & Welsch 1977,
/// doi:10.1080/03610927708827533; of brain maps Wager et al. 2005, doi:10.1016/j.neuroimage.2005.01.011).
///
/// Residuals are divided by √(1 − leverage), by c = 4.685 and by s = median|r|/0.6745, the p smallest left out of the median; weights are
/// (1 − u²)² within |u| < 1. The standard error is that of DuMouchel & O'Brien (1989), with their robust σ drawn towards the
/// ordinary one: σ = max(σ_r, √((p²σ_ols² + nσ_r²)/(p² + n))), times (X'X)⁻¹ of the unweighted design. Degrees of freedom n − p.
public struct RobustFit: Hashable, Sendable {
    public let coefficients: [Double]
    public let standardErrors: [Double]
    /// 0 to 1, one per row.
    public let weights: [Double]
    public let sigma: Double
    public let degreesOfFreedom: Int
    public let iterations: Int

    /// (X'X)⁻¹.
    private let unscaled: Matrix

    public var t: [Double] { zip(coefficients, standardErrors).map { $0 / $1 } }

    /// Wald's F of several coefficients together: b'V⁻¹b/q, V their part of σ²(X'X)⁻¹, to be held against F(q, n − p). Of one
    /// coefficient t².
    ///
    /// - Parameter columns: of the design, at least one, each once.
    public func joint(_ columns: [Int]) -> Double {
        let part = Matrix(rows: columns.map { row in columns.map { unscaled[row, $0] } })
        guard let root = Cholesky(part) else { return .nan }
        return root.inverseQuadraticForm(columns.map { coefficients[$0] }) / (Double(columns.count) * sigma * sigma)
    }

    private static let tuning = 4.685

    /// nil where the design is not of full rank, or has no row more than columns.
    ///
    /// - Parameters:
    ///   - y: finite.
    ///   - mostIterations: of reweighting.
    public init?(_ y: [Double], _ x: Matrix, mostIterations: Int = 50) {
        let (n, p) = (x.rows, x.columns)
        let basis = ColumnBasis(x)
        guard y.count == n, n > p, basis.rank == p else { return nil }
        let leverage = (0..<n).map { i in min(0.9999, basis.q.reduce(0) { $0 + $1[i] * $1[i] }) }
        let adjust = leverage.map { 1 / (1 - $0).squareRoot() }
        func residuals(_ b: [Double]) -> [Double] { zip(y, x * b).map { $0 - $1 } }
        var b = basis.solve(basis.project(y))
        let first = residuals(b)
        let ordinary = (first.reduce(0) { $0 + $1 * $1 } / Double(n - p)).squareRoot()
        let mean = y.reduce(0, +) / Double(n)
        let spread = (y.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(n - 1)).squareRoot()
        let tiny = spread > 0 ? 1e-6 * spread : 1
        let small = 0x1p-26
        var weights = [Double](repeating: 1, count: n)
        var rounds = 0
        var moved = true
        while moved, rounds < mostIterations {
            rounds += 1
            let r = zip(residuals(b), adjust).map { $0 * $1 }
            let s = max(Self.median(r, leavingOut: p), tiny)
            weights = r.map { Self.weight($0 / (s * Self.tuning)) }
            guard let next = Self.weighted(y, x, weights) else { return nil }
            moved = zip(next, b).contains { abs($0 - $1) > small * max(abs($0), abs($1)) }
            b = next
        }
        let raw = residuals(b)
        let r = zip(raw, adjust).map { $0 * $1 }
        let robust: Double
        if weights.allSatisfy({ $0 < small || $0 > 1 - small }) {
            // All or nothing: ordinary least squares of those that count.
            let kept = weights.indices.filter { weights[$0] > 1 - small }
            robust = (kept.reduce(0) { $0 + raw[$1] * raw[$1] } / Double(max(1, kept.count - p))).squareRoot()
        } else {
            robust = Self.sigma(r, columns: p, scale: max(Self.median(r, leavingOut: p), tiny), leverage: leverage)
        }
        let p2 = Double(p * p)
        let drawn = ((ordinary * ordinary * p2 + robust * robust * Double(n)) / (p2 + Double(n))).squareRoot()
        sigma = max(robust, drawn)
        let scale = sigma
        coefficients = b
        unscaled = basis.inverseGram
        standardErrors = unscaled.diagonal.map { $0.squareRoot() * scale }
        self.weights = weights
        degreesOfFreedom = n - p
        iterations = rounds
    }

    private static func weight(_ u: Double) -> Double { abs(u) < 1 ? (1 - u * u) * (1 - u * u) : 0 }

    /// The robust σ of DuMouchel and O'Brien.
    private static func sigma(_ r: [Double], columns: Int, scale: Double, leverage: [Double]) -> Double {
        let n = Double(r.count)
        let st = scale * tuning
        let step = 1e-4
        func influence(_ u: Double) -> Double { u * weight(u) }
        var slope = 0.0
        var square = 0.0
        for (residual, h) in zip(r, leverage) {
            let u = residual / st
            slope += (influence(u + step) - influence(u - step)) / (2 * step)
            square += (1 - h) * influence(u) * influence(u)
        }
        let m1 = slope / n
        let m2 = square / (n - Double(columns))
        let k = 1 + Double(columns) / n * (1 - m1) / m1
        return k * m2.squareRoot() * st / m1
    }

    private static func median(_ r: [Double], leavingOut p: Int) -> Double {
        let sorted = r.map { abs($0) }.sorted().dropFirst(max(0, p - 1))
        let values = Array(sorted)
        let middle = values.count / 2
        return (values.count % 2 == 1 ? values[middle] : 0.5 * (values[middle - 1] + values[middle])) / 0.6745
    }

    private static func weighted(_ y: [Double], _ x: Matrix, _ weights: [Double]) -> [Double]? {
        let roots = weights.map { $0.squareRoot() }
        let scaled = Matrix(columns: (0..<x.columns).map { j in zip(x.column(j), roots).map { $0 * $1 } })
        let basis = ColumnBasis(scaled)
        guard basis.rank == x.columns else { return nil }
        return basis.solve(basis.project(zip(y, roots).map { $0 * $1 }))
    }
}
