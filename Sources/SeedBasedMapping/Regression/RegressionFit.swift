package import Statistics

/// Random-effects meta-regression of one imputation at one voxel, in memory that is used over and over.
///
/// The arithmetic of Statistics' `MetaRegression` (DerSimonian–Laird or REML, Wald), without its allocations; tests hold
/// one against the other. Symmetric matrices are packed by rows of the lower triangle.
package struct RegressionFit {
    package let columns: Int
    package private(set) var coefficients: [Double]
    /// Packed covariance of the coefficients.
    package private(set) var covariance: [Double]
    package private(set) var tau2 = 0.0
    /// Residual heterogeneity of the fixed-effect model.
    package private(set) var q = 0.0
    /// tr(P) of the fixed-effect model.
    package private(set) var trace = 0.0
    private var factor: [Double]
    private var square: [Double]
    private var cube: [Double]
    private var right: [Double]
    private var half: [Double]

    package init(columns: Int) {
        self.columns = columns
        let packed = columns * (columns + 1) / 2
        coefficients = Array(repeating: 0, count: columns)
        covariance = Array(repeating: 0, count: packed)
        factor = covariance
        square = covariance
        cube = covariance
        right = coefficients
        half = coefficients
    }

    @inline(__always) private func at(_ i: Int, _ j: Int) -> Int { i * (i + 1) / 2 + j }

    /// - Parameters:
    ///   - design: [row][column].
    ///   - effects, variances: of each row; a row whose variance is infinite does not count.
    /// - Returns: false when the rows that count do not determine the coefficients.
    package mutating func fit(
        design: UnsafePointer<Double>, effects: UnsafePointer<Double>, variances: UnsafePointer<Double>, rows: Int,
        estimator: RandomEffects.Estimator
    ) -> Bool {
        let p = columns
        var present = 0
        for row in 0..<rows where variances[row].isFinite { present += 1 }
        guard present >= p else { return false }
        var sums = normal(design, effects, variances, rows, tau2: 0, wantsCube: false)
        guard factorise() else { return false }
        forward()
        q = sums.yy
        for i in 0..<p { q -= half[i] * half[i] }
        q = max(0, q)
        trace = sums.w - traceOfRatio(square)
        let df = Double(present - p)
        tau2 = df > 0 ? max(0, (q - df) / trace) : 0
        if estimator == .reml, df > 0 {
            var meanVariance = 0.0
            for row in 0..<rows where variances[row].isFinite { meanVariance += variances[row] / Double(present) }
            for _ in 0..<200 {
                sums = normal(design, effects, variances, rows, tau2: tau2, wantsCube: true)
                guard factorise() else { return false }
                forward()
                backward()
                // With P = W − WXA⁻¹X'W: tr P, tr PP and y'PPy.
                var score = 0.0
                for row in 0..<rows where variances[row].isFinite {
                    var fitted = 0.0
                    for i in 0..<p { fitted += design[row * p + i] * coefficients[i] }
                    let residual = (effects[row] - fitted) / (variances[row] + tau2)
                    score += residual * residual
                }
                let traceP = sums.w - traceOfRatio(square)
                let tracePP = sums.ww - 2 * traceOfRatio(cube) + traceOfSquare(square)
                let next = max(0, tau2 + (score - traceP) / tracePP)
                let change = abs(next - tau2)
                tau2 = next
                if change <= 1e-10 * (tau2 + meanVariance) { break }
            }
        }
        _ = normal(design, effects, variances, rows, tau2: tau2, wantsCube: false)
        guard factorise() else { return false }
        forward()
        backward()
        invert()
        return true
    }

    /// X'WX into `factor`, X'W²X (and X'W³X) into `square` (and `cube`), X'Wy into `right`.
    private mutating func normal(
        _ design: UnsafePointer<Double>, _ effects: UnsafePointer<Double>, _ variances: UnsafePointer<Double>,
        _ rows: Int, tau2: Double, wantsCube: Bool
    ) -> (w: Double, ww: Double, yy: Double) {
        let p = columns
        for k in factor.indices {
            factor[k] = 0
            square[k] = 0
            cube[k] = 0
        }
        for k in 0..<p { right[k] = 0 }
        var sums = (w: 0.0, ww: 0.0, yy: 0.0)
        for row in 0..<rows where variances[row].isFinite {
            let w = 1 / (variances[row] + tau2)
            let y = effects[row]
            sums.w += w
            sums.ww += w * w
            sums.yy += w * y * y
            let x = design + row * p
            for i in 0..<p {
                let wx = w * x[i]
                right[i] += wx * y
                for j in 0...i {
                    let product = wx * x[j]
                    factor[at(i, j)] += product
                    square[at(i, j)] += w * product
                    if wantsCube { cube[at(i, j)] += w * w * product }
                }
            }
        }
        return sums
    }

    private mutating func factorise() -> Bool {
        for i in 0..<columns {
            for j in 0...i {
                var sum = factor[at(i, j)]
                let diagonal = sum
                for k in 0..<j { sum -= factor[at(i, k)] * factor[at(j, k)] }
                if i == j {
                    guard sum > 1e-9 * diagonal else { return false }
                    factor[at(i, i)] = sum.squareRoot()
                } else {
                    factor[at(i, j)] = sum / factor[at(j, j)]
                }
            }
        }
        return true
    }

    private mutating func forward() {
        for i in 0..<columns {
            var sum = right[i]
            for k in 0..<i { sum -= factor[at(i, k)] * half[k] }
            half[i] = sum / factor[at(i, i)]
        }
    }

    private mutating func backward() {
        for i in stride(from: columns - 1, through: 0, by: -1) {
            var sum = half[i]
            for k in stride(from: i + 1, to: columns, by: 1) { sum -= factor[at(k, i)] * coefficients[k] }
            coefficients[i] = sum / factor[at(i, i)]
        }
    }

    /// The inverse of LL' into `covariance`.
    private mutating func invert() {
        for c in 0..<columns {
            var column = solved { $0 == c ? 1 : 0 }
            for i in c..<columns { covariance[at(i, c)] = column[i] }
            column.removeAll()
        }
    }

    private func solved(_ b: (Int) -> Double) -> [Double] {
        var x = [Double](repeating: 0, count: columns)
        for i in 0..<columns {
            var sum = b(i)
            for k in 0..<i { sum -= factor[at(i, k)] * x[k] }
            x[i] = sum / factor[at(i, i)]
        }
        for i in stride(from: columns - 1, through: 0, by: -1) {
            var sum = x[i]
            for k in stride(from: i + 1, to: columns, by: 1) { sum -= factor[at(k, i)] * x[k] }
            x[i] = sum / factor[at(i, i)]
        }
        return x
    }

    private func element(_ packed: [Double], _ i: Int, _ j: Int) -> Double {
        i >= j ? packed[at(i, j)] : packed[at(j, i)]
    }

    /// tr(A⁻¹B)
    private func traceOfRatio(_ b: [Double]) -> Double {
        var trace = 0.0
        for c in 0..<columns { trace += solved { element(b, $0, c) }[c] }
        return trace
    }

    /// tr(A⁻¹BA⁻¹B)
    private func traceOfSquare(_ b: [Double]) -> Double {
        let ratio = (0..<columns).map { c in solved { element(b, $0, c) } }
        var trace = 0.0
        for i in 0..<columns { for j in 0..<columns { trace += ratio[i][j] * ratio[j][i] } }
        return trace
    }
}
