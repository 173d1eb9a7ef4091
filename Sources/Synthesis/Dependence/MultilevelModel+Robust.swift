public import Statistics

extension MultilevelModel {
    /// Errors that hold whatever the dependence within clusters really is: CR2 with Satterthwaite's degrees of freedom and
    /// this model as the working model (Pustejovsky & Tipton 2022, doi:10.1007/s11121-021-01246-3), as clubSandwich's
    /// `coef_test(fit, vcov = "CR2", cluster = )`.
    ///
    /// - Parameter labels: the cluster of each effect; what the model makes dependent must be in one cluster.
    public func robust<Label: Hashable>(clusters labels: [Label]) throws(SynthesisError) -> ClusterRobust {
        guard labels.count == count else {
            throw .count(what: "clusters", found: labels.count, expected: count)
        }
        let grouping = Grouping(labels)
        let matrices = likelihood.matrices(theta)
        var position = [Int](repeating: 0, count: count)
        for rows in grouping.members {
            for (i, row) in rows.enumerated() { position[row] = i }
        }
        var working = grouping.members.map { Matrix(rows: $0.count, columns: $0.count) }
        for block in likelihood.blocks {
            let cluster = grouping.codes[block.rows[0]]
            guard block.rows.allSatisfy({ grouping.codes[$0] == cluster }) else {
                throw .clusterCut(rows: block.rows)
            }
            let m = likelihood.marginal(block, matrices)
            let n = block.rows.count
            for (a, i) in block.rows.enumerated() {
                for (b, j) in block.rows.enumerated() { working[cluster][position[i], position[j]] = m[a * n + b] }
            }
        }
        let residuals = residuals
        let parts = zip(grouping.members, working).map { rows, matrix in
            ClusterRobust.Cluster(
                design: design.selectingRows(rows), residuals: rows.map { residuals[$0] }, working: matrix)
        }
        do throws(MetaRegressionError) {
            return try ClusterRobust(coefficients: coefficients, bread: covariance, clusters: parts)
        } catch { throw .model(error) }
    }
}
