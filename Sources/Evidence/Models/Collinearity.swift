/// Linear dependence among the columns of a design.
///
/// Columns are centred and brought to length 1 first, so that neither units nor a large mean (years, say) matter. What is
/// left of a column after projection on the others is √(1 − R²) of its regression on them.
struct Collinearity {
    /// √(1 − R²) below which a column counts as a combination of others: R² within 10⁻¹² of 1.
    static let tolerance = 1e-6

    /// Unit columns, the intercept not among them.
    private let columns: [[Double]]

    /// - Parameter columns: the values of each column but the intercept.
    init(_ columns: [[Double]]) {
        self.columns = columns.map { column in
            let mean = column.reduce(0, +) / Double(column.count)
            // What rounding leaves of a constant is no direction.
            let noise = 1e-12 * Self.dot(column, column).squareRoot()
            return Self.unit(column.map { $0 - mean }, atLeast: max(noise, .leastNormalMagnitude))
                ?? column.map { _ in 0 }
        }
    }

    /// The first column that those before it determine, and the fewest of them that do.
    var dependence: (column: Int, of: [Int])? {
        var basis: [[Double]] = []
        for (index, column) in columns.enumerated() {
            let rest = Self.residual(column, on: basis)
            guard let unit = Self.unit(rest, atLeast: Self.tolerance) else { return (index, culprits(index)) }
            basis.append(unit)
        }
        return nil
    }

    /// 1 / (1 − R²) of each column on all others.
    var varianceInflation: [Double] {
        columns.indices.map { index in
            let others = columns.indices.filter { $0 != index }
            let rest = Self.residual(columns[index], on: Self.basis(others.map { columns[$0] }))
            let square = Self.dot(rest, rest)
            return square > 0 ? 1 / square : .infinity
        }
    }

    /// Columns are taken away one after another while the rest still determine the dependent one.
    private func culprits(_ dependent: Int) -> [Int] {
        var kept = Array(0..<dependent)
        for candidate in 0..<dependent {
            let others = kept.filter { $0 != candidate }
            let rest = Self.residual(columns[dependent], on: Self.basis(others.map { columns[$0] }))
            if Self.dot(rest, rest).squareRoot() < Self.tolerance { kept = others }
        }
        return kept
    }

    private static func basis(_ columns: [[Double]]) -> [[Double]] {
        var basis: [[Double]] = []
        for column in columns {
            if let unit = unit(residual(column, on: basis), atLeast: tolerance) { basis.append(unit) }
        }
        return basis
    }

    /// Gram-Schmidt, twice: once leaves rounding errors of the size of the tolerance.
    private static func residual(_ column: [Double], on basis: [[Double]]) -> [Double] {
        var rest = column
        for _ in 0..<2 {
            for axis in basis {
                let share = dot(rest, axis)
                for index in rest.indices { rest[index] -= share * axis[index] }
            }
        }
        return rest
    }

    private static func unit(_ column: [Double], atLeast least: Double) -> [Double]? {
        let length = dot(column, column).squareRoot()
        guard length >= least else { return nil }
        return column.map { $0 / length }
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
