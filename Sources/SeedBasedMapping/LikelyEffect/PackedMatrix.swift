/// A small symmetric matrix, packed by rows of the lower triangle: (i, j), j ≤ i, lies at i(i+1)/2 + j.
struct PackedMatrix {
    let size: Int
    /// The packed numbers, for kernels.
    var values: [Double]

    init(size: Int) {
        self.size = size
        values = Array(repeating: 0, count: size * (size + 1) / 2)
    }

    /// - Parameter j: at most i.
    subscript(i: Int, j: Int) -> Double {
        get { values[i * (i + 1) / 2 + j] }
        set { values[i * (i + 1) / 2 + j] = newValue }
    }

    mutating func clear() {
        for index in values.indices { values[index] = 0 }
    }

    /// Adds weight · row row', the row starting at `first`.
    @inline(__always)
    mutating func add(_ weight: Double, _ rows: [Double], _ first: Int) {
        rows.withUnsafeBufferPointer { rows in
            values.withUnsafeMutableBufferPointer { values in
                var k = 0
                for i in 0..<size {
                    let weighted = weight * rows[first + i]
                    for j in 0...i {
                        values[k] += weighted * rows[first + j]
                        k += 1
                    }
                }
            }
        }
    }

    /// Cholesky's factor; nil where the matrix is not positive.
    func factored() -> Factor? {
        var factor = values
        var start = 0
        for i in 0..<size {
            var other = 0
            for j in 0...i {
                var sum = factor[start + j]
                for k in 0..<j { sum -= factor[start + k] * factor[other + k] }
                if i == j {
                    guard sum > 0 else { return nil }
                    factor[start + j] = sum.squareRoot()
                } else {
                    factor[start + j] = sum / factor[other + j]
                }
                other += j + 1
            }
            start += i + 1
        }
        return Factor(size: size, values: factor)
    }

    /// L of A = LL'.
    struct Factor {
        let size: Int
        fileprivate let values: [Double]

        fileprivate init(size: Int, values: [Double]) {
            self.size = size
            self.values = values
        }

        /// A⁻¹, [row][column].
        var inverse: [Double] {
            var inverse: [Double] = []
            inverse.reserveCapacity(size * size)
            for column in 0..<size {
                var unit = [Double](repeating: 0, count: size)
                unit[column] = 1
                inverse += solved(unit)
            }
            return inverse
        }

        /// A⁻¹b
        func solved(_ b: [Double]) -> [Double] {
            var x = b
            var start = 0
            for i in 0..<size {
                var sum = x[i]
                for k in 0..<i { sum -= values[start + k] * x[k] }
                x[i] = sum / values[start + i]
                start += i + 1
            }
            for i in stride(from: size - 1, through: 0, by: -1) {
                var sum = x[i]
                for k in stride(from: i + 1, to: size, by: 1) { sum -= values[k * (k + 1) / 2 + i] * x[k] }
                x[i] = sum / values[i * (i + 1) / 2 + i]
            }
            return x
        }
    }
}
