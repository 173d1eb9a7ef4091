public import Statistics

/// What is known of the sampling errors: their variances, and how those of one sample go together.
///
/// Block-diagonal over sets of rows whose errors are correlated.
public struct SamplingCovariance: Sendable {
    /// Rows whose errors are correlated, and their covariance.
    public struct Block: Hashable, Sendable {
        public let rows: [Int]
        /// rows.count × rows.count.
        public let matrix: Matrix
    }

    /// One per effect.
    public let variances: [Double]
    /// Every row is in exactly one.
    public let blocks: [Block]

    /// Independent errors.
    public init(variances: [Double]) {
        self.variances = variances
        blocks = variances.enumerated().map { Block(rows: [$0], matrix: Matrix(rows: 1, columns: 1, elements: [$1])) }
    }

    /// Errors of one sample have one stated correlation: the covariance of i and j is r·√(vᵢvⱼ), as clubSandwich's
    /// `impute_covariance_matrix` and metafor's `vcalc`.
    ///
    /// - Parameters:
    ///   - samples: of each effect.
    ///   - correlation: above −1 and below 1; what a sample's results share, such as .6. It is an assumption: show what
    ///     another would give.
    public init<Label: Hashable>(
        variances: [Double], samples: [Label], correlation: Double
    ) throws(SynthesisError) {
        guard samples.count == variances.count else {
            throw .count(what: "samples", found: samples.count, expected: variances.count)
        }
        guard correlation > -1, correlation < 1 else {
            throw .outside(what: "the correlation of sampling errors", value: correlation, allowed: "between −1 and 1")
        }
        try self.init(variances: variances, samples: samples) { i, j in
            correlation * (variances[i] * variances[j]).squareRoot()
        }
    }

    /// Covariances of errors within a sample by any rule, such as a variance that all contrasts with one arm share.
    ///
    /// - Parameter covariance: of two different rows of one sample.
    public init<Label: Hashable>(
        variances: [Double], samples: [Label], covariance: (Int, Int) -> Double
    ) throws(SynthesisError) {
        guard samples.count == variances.count else {
            throw .count(what: "samples", found: samples.count, expected: variances.count)
        }
        self.variances = variances
        blocks = Grouping(samples).members.map { rows in
            var matrix = Matrix(rows: rows.count, columns: rows.count)
            for (a, i) in rows.enumerated() {
                matrix[a, a] = variances[i]
                for (b, j) in rows.enumerated().prefix(a) {
                    let value = covariance(i, j)
                    matrix[a, b] = value
                    matrix[b, a] = value
                }
            }
            return Block(rows: rows, matrix: matrix)
        }
    }

    /// Any covariance matrix; rows with covariances other than 0 form the blocks.
    ///
    /// - Parameter matrix: k × k, symmetric.
    public init(_ matrix: Matrix) throws(SynthesisError) {
        guard matrix.rows == matrix.columns else {
            throw .count(what: "columns of the covariance", found: matrix.columns, expected: matrix.rows)
        }
        var sets = DisjointSets(matrix.rows)
        for i in 0..<matrix.rows {
            for j in 0..<i {
                guard abs(matrix[i, j] - matrix[j, i]) <= 1e-10 * (abs(matrix[i, i]) + abs(matrix[j, j])) else {
                    throw .notPositiveDefinite(rows: [i, j])
                }
                if matrix[i, j] != 0 { sets.join(i, j) }
            }
        }
        variances = matrix.diagonal
        blocks = sets.members.map { Block(rows: $0, matrix: matrix.selectingRows($0).selectingColumns($0)) }
    }

    /// The rows at `indices`, in that order.
    public func selecting(_ indices: [Int]) -> SamplingCovariance {
        var position: [Int: Int] = [:]
        for (new, old) in indices.enumerated() { position[old] = new }
        let kept = blocks.compactMap { block -> Block? in
            let local = block.rows.indices.filter { position[block.rows[$0]] != nil }
            guard !local.isEmpty else { return nil }
            return Block(
                rows: local.compactMap { position[block.rows[$0]] },
                matrix: block.matrix.selectingRows(local).selectingColumns(local))
        }
        return SamplingCovariance(variances: indices.map { variances[$0] }, blocks: kept)
    }

    private init(variances: [Double], blocks: [Block]) {
        self.variances = variances
        self.blocks = blocks
    }
}
