public import Evidence

/// A model's design in the form the computation wants: columns made orthonormal, the tested combinations written for them,
/// and the reduced model in which they are 0.
///
/// Coefficients of orthonormal columns are well conditioned whatever the units of the covariates (years beside shares), and
/// every combination c of the original coefficients is a combination of theirs: with X = QR, Xβ = Qγ and cβ = (cR⁻¹)γ.
package struct RegressionDesign: Sendable {
    package let rows: Int
    package let columns: Int
    /// [row][column], orthogonal columns of mean square 1.
    package let values: [Double]
    /// The tested combinations, [combination][column], linearly independent.
    package let tests: [[Double]]
    /// [row][reduced column]: the model under the hypothesis, its columns orthogonal, of mean square 1.
    package let reduced: [Double]
    package let reducedColumns: Int
    /// Whether the reduced model still has a mean: then studies are exchangeable under the hypothesis, and they are
    /// permuted; else it is the subjects.
    package let permutesStudies: Bool
    /// Upper triangle of X = QR, [row][column].
    private let triangle: [[Double]]

    package init(_ design: DesignMatrix) {
        self.init(
            columns: (0..<design.columnCount).map { design.column($0) }, tests: design.test.map(\.weights))
    }

    /// - Parameters:
    ///   - columns: of the design, linearly independent.
    ///   - tests: combinations of the coefficients, linearly independent.
    package init(columns: [[Double]], tests: [[Double]]) {
        let rows = columns[0].count
        let count = columns.count
        let size = Double(rows).squareRoot()
        var basis: [[Double]] = []
        var triangle = [[Double]](repeating: Array(repeating: 0, count: count), count: count)
        for (j, column) in columns.enumerated() {
            var rest = column
            // Twice: once leaves rounding errors where columns are nearly collinear.
            for _ in 0..<2 {
                for (i, q) in basis.enumerated() {
                    let share = Self.dot(q, rest) / Double(rows)
                    triangle[i][j] += share
                    for row in 0..<rows { rest[row] -= share * q[row] }
                }
            }
            let length = Self.dot(rest, rest).squareRoot() / size
            triangle[j][j] = length
            basis.append(rest.map { $0 / length })
        }
        self.rows = rows
        self.columns = count
        self.triangle = triangle
        values = (0..<rows).flatMap { row in basis.map { $0[row] } }
        let own = tests.map { Self.solve(triangle, $0) }
        self.tests = own

        // Directions in which the tested combinations are 0.
        var spanned: [[Double]] = []
        func append(_ direction: [Double]) -> [Double]? {
            var rest = direction
            Self.remove(spanned, from: &rest)
            let length = Self.dot(rest, rest).squareRoot()
            guard length > 1e-9 * max(1, Self.dot(direction, direction).squareRoot()) else { return nil }
            spanned.append(rest.map { $0 / length })
            return spanned.last
        }
        for test in own { _ = append(test) }
        var free: [[Double]] = []
        for k in 0..<count {
            var unit = [Double](repeating: 0, count: count)
            unit[k] = 1
            if spanned.count < count, let direction = append(unit) { free.append(direction) }
        }
        let reduced = free.map { direction in
            (0..<rows).map { row in
                (0..<count).reduce(0.0) { $0 + basis[$1][row] * direction[$1] }
            }
        }
        reducedColumns = reduced.count
        self.reduced = (0..<rows).flatMap { row in reduced.map { $0[row] } }
        let constant = [Double](repeating: 1, count: rows)
        let explained = reduced.reduce(0.0) { sum, column in
            let share = Self.dot(column, constant) / Double(rows)
            return sum + share * share
        }
        permutesStudies = explained > 1 - 1e-9
    }

    /// A combination of the original coefficients, for those of ``values``: cR⁻¹.
    package func weights(_ combination: [Double]) -> [Double] { Self.solve(triangle, combination) }

    private static func solve(_ triangle: [[Double]], _ c: [Double]) -> [Double] {
        var x = c
        for j in c.indices {
            for i in 0..<j { x[j] -= x[i] * triangle[i][j] }
            x[j] /= triangle[j][j]
        }
        return x
    }

    /// Takes what orthonormal vectors explain out of a vector of their length (Gram & Schmidt).
    static func remove(_ vectors: [[Double]], from rest: inout [Double]) {
        // Twice: once leaves rounding errors where little is left.
        for _ in 0..<2 {
            for own in vectors {
                let share = dot(own, rest)
                for k in rest.indices { rest[k] -= share * own[k] }
            }
        }
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for k in a.indices { sum += a[k] * b[k] }
        return sum
    }
}
