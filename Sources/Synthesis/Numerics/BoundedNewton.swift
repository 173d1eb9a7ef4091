import Foundation
import Statistics

/// The least value of a smooth function of a handful of parameters, each between two bounds.
///
/// Newton's steps with the Hessian by differences of the gradient, damped (Levenberg–Marquardt) until the function falls. A
/// parameter at a bound that the gradient pushes against is held there.
struct BoundedNewton {
    /// Value and gradient; a value that is not a number is never accepted.
    let function: ([Double]) -> (value: Double, gradient: [Double])
    let lower: [Double]
    let upper: [Double]

    struct Minimum {
        var at: [Double]
        var value: Double
        var gradient: [Double]
        /// Whether no parameter could be moved any further to gain by.
        var isConverged: Bool
        /// Which parameters end inside their bounds.
        var isFree: [Bool]
    }

    /// - Parameter held: parameters that stay where they start.
    func minimum(from start: [Double], held: Set<Int> = []) -> Minimum {
        var x = zip(start, zip(lower, upper)).map { min(max($0, $1.0), $1.1) }
        var (value, gradient) = function(x)
        var damping = 1e-6
        var isConverged = false
        for _ in 0..<200 {
            let free = free(x, gradient, held)
            if free.isEmpty {
                isConverged = true
                break
            }
            let hessian = hessian(at: x, parameters: free)
            var gained = 0.0
            var isMoved = false
            var expected = 0.0
            for _ in 0..<60 {
                guard let step = step(hessian, free.map { gradient[$0] }, damping) else {
                    damping = max(damping * 10, 1e-6)
                    continue
                }
                expected = zip(free, step).reduce(0) { $0 - $1.1 * gradient[$1.0] }
                var next = x
                for (n, j) in free.enumerated() { next[j] = min(max(x[j] + step[n], lower[j]), upper[j]) }
                let tried = function(next)
                if tried.value < value {
                    gained = value - tried.value
                    (x, value, gradient) = (next, tried.value, tried.gradient)
                    damping = max(damping * 0.1, 1e-14)
                    isMoved = true
                    break
                }
                // A step that can gain less than rounding allows is the end.
                if expected < 1e-13 * max(1, abs(value)) { break }
                damping = max(damping * 10, 1e-8)
            }
            if !isMoved || (gained < 1e-15 * max(1, abs(value)) && expected < 1e-12) {
                isConverged = isMoved || expected < 1e-7 * max(1, abs(value))
                break
            }
        }
        let isFree = x.indices.map { !held.contains($0) && x[$0] > lower[$0] && x[$0] < upper[$0] }
        return Minimum(at: x, value: value, gradient: gradient, isConverged: isConverged, isFree: isFree)
    }

    /// The Hessian of some parameters: central differences of the gradient, one-sided next to a bound.
    func hessian(at x: [Double], parameters: [Int]) -> Matrix {
        var result = Matrix(rows: parameters.count, columns: parameters.count)
        for (a, j) in parameters.enumerated() {
            let size = 6e-6 * max(abs(x[j]), min(upper[j] - lower[j], 0.05))
            var (high, low) = (x, x)
            high[j] = min(x[j] + size, upper[j])
            low[j] = max(x[j] - size, lower[j])
            let (above, below) = (function(high).gradient, function(low).gradient)
            for (b, i) in parameters.enumerated() { result[a, b] = (above[i] - below[i]) / (high[j] - low[j]) }
        }
        return 0.5 * (result + result.transposed)
    }

    private func free(_ x: [Double], _ gradient: [Double], _ held: Set<Int>) -> [Int] {
        x.indices.filter { j in
            if held.contains(j) { return false }
            if x[j] <= lower[j] && gradient[j] >= 0 { return false }
            return !(x[j] >= upper[j] && gradient[j] <= 0)
        }
    }

    private func step(_ hessian: Matrix, _ gradient: [Double], _ damping: Double) -> [Double]? {
        var damped = hessian
        let largest = hessian.diagonal.map { abs($0) }.max() ?? 1
        for i in 0..<damped.rows { damped[i, i] += damping * max(abs(hessian[i, i]), 1e-8 * largest) }
        return Cholesky(damped)?.solve(gradient.map { -$0 })
    }
}
