import Foundation

/// The inverse of a positive definite matrix in place.
enum SmallInverse {
    /// - Parameter a: n × n, symmetric; holds the inverse afterwards.
    /// - Returns: ln det of the matrix; nil where it is not positive definite within rounding.
    static func invert(_ a: inout [Double], _ n: Int) -> Double? {
        if n == 1 {
            guard a[0] > 0, a[0].isFinite else { return nil }
            let logDet = log(a[0])
            a[0] = 1 / a[0]
            return logDet
        }
        if n == 2 {
            let determinant = a[0] * a[3] - a[1] * a[1]
            guard a[0] > 0, determinant > 1e-14 * a[0] * a[3] else { return nil }
            a = [a[3] / determinant, -a[1] / determinant, -a[1] / determinant, a[0] / determinant]
            return log(determinant)
        }
        return a.withUnsafeMutableBufferPointer { a -> Double? in
            var logDet = 0.0
            // The Cholesky factor L in the lower triangle.
            for j in 0..<n {
                let whole = a[j * n + j]
                var pivot = whole
                for k in 0..<j { pivot -= a[j * n + k] * a[j * n + k] }
                guard pivot > 1e-14 * abs(whole), pivot > 0, pivot.isFinite else { return nil }
                let root = pivot.squareRoot()
                a[j * n + j] = root
                logDet += log(root)
                for i in j + 1..<max(n, j + 1) {
                    var sum = a[i * n + j]
                    for k in 0..<j { sum -= a[i * n + k] * a[j * n + k] }
                    a[i * n + j] = sum / root
                }
            }
            // L⁻¹, transposed, in the upper triangle: element (j, i) is L⁻¹[i, j], so that the sums run along rows.
            var diagonal = [Double](repeating: 0, count: n)
            for j in 0..<n { diagonal[j] = 1 / a[j * n + j] }
            for j in 0..<n {
                for i in j + 1..<max(n, j + 1) {
                    var sum = a[i * n + j] * diagonal[j]
                    for k in j + 1..<max(i, j + 1) { sum += a[i * n + k] * a[j * n + k] }
                    a[j * n + i] = -sum * diagonal[i]
                }
            }
            // A⁻¹ = L⁻ᵀL⁻¹: element (i, j) is the sum over k ≥ max(i, j) of L⁻¹[k, i]·L⁻¹[k, j]. Row i of the upper
            // triangle is needed only for rows up to i, so that results go to the lower triangle and the diagonal.
            for i in 0..<n {
                for j in 0..<i {
                    var sum = diagonal[i] * a[j * n + i]
                    for k in i + 1..<max(n, i + 1) { sum += a[i * n + k] * a[j * n + k] }
                    a[i * n + j] = sum
                }
                var sum = diagonal[i] * diagonal[i]
                for k in i + 1..<max(n, i + 1) { sum += a[i * n + k] * a[i * n + k] }
                a[i * n + i] = sum
            }
            for i in 0..<n {
                for j in 0..<i { a[j * n + i] = a[i * n + j] }
            }
            return 2 * logDet
        }
    }
}
