import Foundation

/// A = LL' of a symmetric positive definite matrix.
public struct Cholesky: Sendable {
    /// L, with zeros above the diagonal.
    public let lower: Matrix

    /// nil where A is not positive definite within rounding; only the lower triangle of A is read.
    ///
    /// "Within rounding": a pivot below 1e-14 of its diagonal element is taken for zero.
    public init?(_ matrix: Matrix) {
        guard matrix.rows == matrix.columns else { return nil }
        var l = Matrix(rows: matrix.rows, columns: matrix.rows)
        for j in 0..<matrix.rows {
            var pivot = matrix[j, j]
            for k in 0..<j { pivot -= l[j, k] * l[j, k] }
            guard pivot > 1e-14 * abs(matrix[j, j]), pivot > 0 else { return nil }
            l[j, j] = pivot.squareRoot()
            for i in j + 1..<max(j + 1, matrix.rows) {
                var sum = matrix[i, j]
                for k in 0..<j { sum -= l[i, k] * l[j, k] }
                l[i, j] = sum / l[j, j]
            }
        }
        lower = l
    }

    /// A⁻¹b.
    public func solve(_ b: [Double]) -> [Double] {
        var x = forward(b)
        for i in stride(from: x.count - 1, through: 0, by: -1) {
            for k in i + 1..<max(i + 1, x.count) { x[i] -= lower[k, i] * x[k] }
            x[i] /= lower[i, i]
        }
        return x
    }

    /// L⁻¹b.
    public func forward(_ b: [Double]) -> [Double] {
        var x = b
        for i in 0..<x.count {
            for k in 0..<i { x[i] -= lower[i, k] * x[k] }
            x[i] /= lower[i, i]
        }
        return x
    }

    public var inverse: Matrix {
        let size = lower.rows
        return Matrix(
            columns: (0..<size).map { j in solve((0..<size).map { $0 == j ? 1 : 0 }) })
    }

    /// b'A⁻¹b.
    public func inverseQuadraticForm(_ b: [Double]) -> Double {
        let x = forward(b)
        return dot(x, x)
    }

    /// ln det A.
    public var logDeterminant: Double { 2 * lower.diagonal.reduce(0) { $0 + log($1) } }
}
