/// A design as directions over its rows, for a test by correlations.
extension RegressionDesign {
    /// The tested combinations, [combination][row]: orthonormal, orthogonal to every column of the reduced model. Of a single one the
    /// sign is that of the combination: its product with effects is positive where the combination's estimate is.
    var testedDirections: [[Double]] {
        // In coefficients of ``values``, whose columns are orthogonal: directions that are orthogonal there are so over rows.
        let weights = Self.orthonormal(tests)
        let size = Double(rows).squareRoot()
        return weights.map { own in
            (0..<rows).map { row in
                var sum = 0.0
                for column in 0..<columns { sum += values[row * columns + column] * own[column] }
                return sum / size
            }
        }
    }

    /// What the reduced model spans, [column][row], orthonormal: the mean of all rows first.
    ///
    /// - Precondition: the reduced model has a mean (``permutesStudies``).
    var reducedDirections: [[Double]] {
        precondition(permutesStudies, "only studies with a mean in common change places")
        let columns = (0..<reducedColumns).map { column in (0..<rows).map { reduced[$0 * reducedColumns + column] } }
        return Self.orthonormal([Array(repeating: 1, count: rows)] + columns)
    }

    /// Gram–Schmidt; vectors that depend on those before them are passed over.
    private static func orthonormal(_ vectors: [[Double]]) -> [[Double]] {
        var result: [[Double]] = []
        for vector in vectors {
            var rest = vector
            let before = vector.reduce(0) { $0 + $1 * $1 }
            remove(result, from: &rest)
            let length = rest.reduce(0) { $0 + $1 * $1 }
            guard length > 1e-16 * before else { continue }
            result.append(rest.map { $0 / length.squareRoot() })
        }
        return result
    }
}
