/// Eigenvalues and eigenvectors of a small symmetric matrix, by Jacobi rotations.
public struct SymmetricEigen: Sendable {
    /// In no particular order.
    public let values: [Double]
    /// Orthonormal, one column per value.
    public let vectors: Matrix

    /// - Parameter matrix: square; taken to be symmetric.
    public init(_ matrix: Matrix) {
        let n = matrix.rows
        var a = matrix
        var v = Matrix.identity(n)
        let size = a.elements.reduce(0) { $0 + $1 * $1 }
        for _ in 0..<60 {
            var off = 0.0
            for i in 0..<n {
                for j in 0..<i { off += a[i, j] * a[i, j] }
            }
            if off <= 1e-32 * size { break }
            for p in 0..<n {
                for q in p + 1..<max(p + 1, n) where a[p, q] != 0 {
                    // The rotation that makes a[p, q] zero, by the smaller angle.
                    let theta = (a[q, q] - a[p, p]) / (2 * a[p, q])
                    let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
                    let c = 1 / (t * t + 1).squareRoot()
                    let s = t * c
                    for k in 0..<n {
                        (a[k, p], a[k, q]) = (c * a[k, p] - s * a[k, q], s * a[k, p] + c * a[k, q])
                    }
                    for k in 0..<n {
                        (a[p, k], a[q, k]) = (c * a[p, k] - s * a[q, k], s * a[p, k] + c * a[q, k])
                        (v[k, p], v[k, q]) = (c * v[k, p] - s * v[k, q], s * v[k, p] + c * v[k, q])
                    }
                }
            }
        }
        values = a.diagonal
        vectors = v
    }

    /// V·f(λ)·V' over the eigenvalues above `tolerance` times the largest; the rest are taken for zero and left out.
    public func applying(_ function: (Double) -> Double, tolerance: Double = 1e-12) -> Matrix {
        let largest = values.max() ?? 0
        let mapped = values.map { $0 > tolerance * largest && $0 > 0 ? function($0) : 0 }
        return vectors * Matrix.diagonal(mapped) * vectors.transposed
    }
}
