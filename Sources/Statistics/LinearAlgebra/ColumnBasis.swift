import Foundation

/// A = QR, column by column from the left, with columns that depend on earlier ones set aside.
///
/// Modified Gram–Schmidt, each column orthogonalised twice, which keeps Q orthonormal to rounding (Giraud et al. 2005,
/// doi:10.1007/s00211-005-0615-4). A column counts as dependent when what is left of it is below `tolerance` of its
/// length, the rule and the default of R's `lm`.
public struct ColumnBasis: Sendable {
    /// A column that earlier ones add up to.
    public struct Dependence: Hashable, Sendable {
        public let column: Int
        /// The earlier columns that make it, with the factor of each; empty for a column of zeros.
        public let terms: [Term]

        public struct Term: Hashable, Sendable {
            public let column: Int
            public let factor: Double
        }
    }

    /// Columns of A that form the basis, in order.
    public private(set) var independent: [Int] = []
    public private(set) var dependent: [Dependence] = []
    /// Orthonormal columns, one per independent column.
    public private(set) var q: [[Double]] = []
    /// R column by column: `r[j][k]` for k ≤ j.
    private var r: [[Double]] = []

    public var rank: Int { independent.count }

    /// - Parameter tolerance: share of a column's length below which the rest of it is taken for rounding.
    public init(_ matrix: Matrix, tolerance: Double = 1e-7) {
        for j in 0..<matrix.columns {
            var rest = matrix.column(j)
            let length = norm(rest)
            let coefficients = takeOut(of: &rest)
            let left = norm(rest)
            if left > tolerance * length, left > 0 {
                independent.append(j)
                q.append(rest.map { $0 / left })
                r.append(coefficients + [left])
            } else {
                dependent.append(dependence(of: j, coefficients, length: length, in: matrix))
            }
        }
    }

    /// Takes the basis out of a vector, twice, so that rounding leaves nothing of it.
    ///
    /// - Returns: how much of each column of Q was in it.
    private func takeOut(of rest: inout [Double]) -> [Double] {
        var coefficients = Array(repeating: 0.0, count: rank)
        for _ in 0..<2 {
            for k in 0..<rank {
                let c = dot(q[k], rest)
                coefficients[k] += c
                for i in 0..<rest.count { rest[i] -= c * q[k][i] }
            }
        }
        return coefficients
    }

    private func dependence(
        of column: Int, _ coefficients: [Double], length: Double, in matrix: Matrix
    ) -> Dependence {
        let factors = solve(coefficients)
        let terms = zip(independent, factors).filter { abs($1) * norm(matrix.column($0)) > 1e-6 * length }
        return Dependence(column: column, terms: terms.map { .init(column: $0, factor: $1) })
    }

    /// R⁻¹b.
    public func solve(_ b: [Double]) -> [Double] {
        var x = b
        for j in stride(from: x.count - 1, through: 0, by: -1) {
            x[j] /= r[j][j]
            for k in 0..<j { x[k] -= r[j][k] * x[j] }
        }
        return x
    }

    /// Q'b.
    public func project(_ b: [Double]) -> [Double] { q.map { dot($0, b) } }

    /// b − QQ'b, what the columns leave of b.
    public func residual(_ b: [Double]) -> [Double] {
        var rest = b
        _ = takeOut(of: &rest)
        return rest
    }

    /// (A'A)⁻¹ of the independent columns, as R⁻¹R⁻¹'.
    public var inverseGram: Matrix {
        let columns = (0..<rank).map { j in solve((0..<rank).map { $0 == j ? 1 : 0 }) }
        let inverse = Matrix(columns: columns)
        return inverse * inverse.transposed
    }

    /// ln det(A'A) of the independent columns.
    public var logDeterminantOfGram: Double {
        2 * r.reduce(0) { $0 + log($1[$1.count - 1]) }
    }
}

func norm(_ x: [Double]) -> Double { dot(x, x).squareRoot() }
