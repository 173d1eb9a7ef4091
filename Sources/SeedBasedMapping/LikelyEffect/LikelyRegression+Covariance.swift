extension LikelyRegression {
    /// Covariance of the coefficients: the inverse of the observed information of β, all experiments in, at these coefficients and
    /// this τ².
    ///
    /// Imputing around the fitted values of coefficients drawn from Normal(β, this) instead of around xβ itself lets what is not
    /// known of β enter the imputation variance (Rubin's *proper* imputation); then nothing need be left out.
    ///
    /// - Parameters: as of ``init(_:at:design:leaveOut:isPlain:)``, whose result this is.
    /// - Returns: [column · columns + column], g² per units of the columns; rows and columns of ``dropped`` are 0. Nil where no experiment
    ///   speaks, or where the likelihood is flat in some direction.
    package func covariance(
        _ experiments: [IntervalEffect], at positions: [Int], design: LikelyDesign
    ) -> [Double]? {
        guard !experiments.isEmpty else { return nil }
        let columns = design.columns
        let kept = (0..<columns).filter { !dropped.contains($0) }
        var information = PackedMatrix(size: kept.count)
        for (experiment, position) in zip(experiments, positions) {
            var mean = 0.0
            for column in 0..<columns { mean += design.values[position * columns + column] * coefficients[column] }
            // τ² adds to the variance at either bound.
            var spread = experiment
            spread.lowerVariance += tau2
            spread.upperVariance += tau2
            let row = kept.map { design.values[position * columns + $0] }
            information.add(max(0, spread.score(at: mean).information), row, 0)
        }
        guard let inverse = information.factored()?.inverse, inverse.allSatisfy({ $0.isFinite }) else { return nil }
        var covariance = [Double](repeating: 0, count: columns * columns)
        for (i, row) in kept.enumerated() {
            for (j, column) in kept.enumerated() {
                covariance[row * columns + column] = inverse[i * kept.count + j]
            }
        }
        return covariance
    }
}
