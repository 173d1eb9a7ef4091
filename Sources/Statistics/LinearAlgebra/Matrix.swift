/// A small dense matrix, stored row by row.
///
/// For designs and covariances of meta-analyses: tens of rows, a handful of columns. Clarity before speed.
public struct Matrix: Hashable, Sendable {
    public let rows: Int
    public let columns: Int
    public private(set) var elements: [Double]

    /// - Parameter elements: `rows · columns` numbers, row by row.
    public init(rows: Int, columns: Int, elements: [Double]) {
        precondition(elements.count == rows * columns, "a matrix holds rows · columns numbers")
        self.rows = rows
        self.columns = columns
        self.elements = elements
    }

    public init(rows: Int, columns: Int, repeating value: Double = 0) {
        self.init(rows: rows, columns: columns, elements: Array(repeating: value, count: rows * columns))
    }

    /// - Parameter columns: all of one length; at least one.
    public init(columns: [[Double]]) {
        let rows = columns.first?.count ?? 0
        precondition(columns.allSatisfy { $0.count == rows }, "columns of one matrix have one length")
        self.init(rows: rows, columns: columns.count)
        for (j, column) in columns.enumerated() {
            for (i, value) in column.enumerated() { self[i, j] = value }
        }
    }

    /// - Parameter rows: all of one length; at least one.
    public init(rows: [[Double]]) {
        let columns = rows.first?.count ?? 0
        precondition(rows.allSatisfy { $0.count == columns }, "rows of one matrix have one length")
        self.init(rows: rows.count, columns: columns, elements: rows.flatMap { $0 })
    }

    public static func identity(_ size: Int) -> Matrix {
        diagonal(Array(repeating: 1, count: size))
    }

    public static func diagonal(_ values: [Double]) -> Matrix {
        var matrix = Matrix(rows: values.count, columns: values.count)
        for (i, value) in values.enumerated() { matrix[i, i] = value }
        return matrix
    }

    public subscript(row: Int, column: Int) -> Double {
        get { elements[row * columns + column] }
        set { elements[row * columns + column] = newValue }
    }

    public func row(_ i: Int) -> [Double] { Array(elements[i * columns..<(i + 1) * columns]) }

    public func column(_ j: Int) -> [Double] { (0..<rows).map { self[$0, j] } }

    public var diagonal: [Double] { (0..<min(rows, columns)).map { self[$0, $0] } }

    public var trace: Double { diagonal.reduce(0, +) }

    public var transposed: Matrix {
        var result = Matrix(rows: columns, columns: rows)
        for i in 0..<rows {
            for j in 0..<columns { result[j, i] = self[i, j] }
        }
        return result
    }

    /// The rows at `indices`, in that order.
    public func selectingRows(_ indices: some Sequence<Int>) -> Matrix {
        let picked = Array(indices)
        return Matrix(rows: picked.count, columns: columns, elements: picked.flatMap { row($0) })
    }

    /// The columns at `indices`, in that order.
    public func selectingColumns(_ indices: some Sequence<Int>) -> Matrix {
        let picked = Array(indices)
        return Matrix(
            rows: rows, columns: picked.count,
            elements: (0..<rows).flatMap { i in picked.map { self[i, $0] } })
    }

    /// This matrix with one more column at the right.
    public func appending(column: [Double]) -> Matrix {
        precondition(column.count == rows, "a new column has as many values as the matrix has rows")
        return Matrix(
            rows: rows, columns: columns + 1, elements: (0..<rows).flatMap { row($0) + [column[$0]] })
    }

    public static func * (a: Matrix, b: Matrix) -> Matrix {
        precondition(a.columns == b.rows, "inner sizes of a product are equal")
        var result = Matrix(rows: a.rows, columns: b.columns)
        for i in 0..<a.rows {
            for k in 0..<a.columns {
                let factor = a[i, k]
                for j in 0..<b.columns { result[i, j] += factor * b[k, j] }
            }
        }
        return result
    }

    public static func * (a: Matrix, x: [Double]) -> [Double] {
        precondition(a.columns == x.count, "inner sizes of a product are equal")
        return (0..<a.rows).map { i in
            var sum = 0.0
            for j in 0..<a.columns { sum += a[i, j] * x[j] }
            return sum
        }
    }

    public static func * (factor: Double, a: Matrix) -> Matrix {
        Matrix(rows: a.rows, columns: a.columns, elements: a.elements.map { factor * $0 })
    }

    public static func + (a: Matrix, b: Matrix) -> Matrix { combine(a, b, +) }

    public static func - (a: Matrix, b: Matrix) -> Matrix { combine(a, b, -) }

    private static func combine(_ a: Matrix, _ b: Matrix, _ operation: (Double, Double) -> Double) -> Matrix {
        precondition(a.rows == b.rows && a.columns == b.columns, "sizes of a sum are equal")
        return Matrix(
            rows: a.rows, columns: a.columns, elements: zip(a.elements, b.elements).map { operation($0, $1) })
    }

    /// x'Ax of a square matrix.
    public func quadraticForm(_ x: [Double]) -> Double { dot(x, self * x) }
}

/// Σ aᵢbᵢ.
package func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in 0..<a.count { sum += a[i] * b[i] }
    return sum
}
