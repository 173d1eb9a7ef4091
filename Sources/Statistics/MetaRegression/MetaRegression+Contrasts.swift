/// Combinations of coefficients, and predictions.
extension MetaRegression {
    /// c'β with its error and test.
    ///
    /// - Parameter row: p numbers, not all zero.
    public func contrast(_ row: [Double]) throws(MetaRegressionError) -> Estimate {
        guard row.count == coefficients.count, row.contains(where: { $0 != 0 }) else {
            throw .badContrast(columns: row.count, coefficients: coefficients.count)
        }
        return estimate(row)
    }

    private func estimate(_ row: [Double]) -> Estimate {
        Estimate(
            value: dot(row, coefficients), standardError: covariance.quadraticForm(row).squareRoot(),
            degreesOfFreedom: testDegreesOfFreedom)
    }

    /// All rows of C tested together, Cβ = 0: χ², or F by Knapp & Hartung.
    ///
    /// Rows that repeat what earlier ones say are left out; the degrees of freedom are the rank of C.
    ///
    /// - Parameter rows: each of p numbers.
    public func jointTest(_ rows: [[Double]]) throws(MetaRegressionError) -> JointTest {
        let count = coefficients.count
        for row in rows where row.count != count {
            throw .badContrast(columns: row.count, coefficients: count)
        }
        guard !rows.isEmpty else { throw .badContrast(columns: 0, coefficients: count) }
        let independent = ColumnBasis(Matrix(columns: rows)).independent
        guard !independent.isEmpty else { throw .badContrast(columns: count, coefficients: count) }
        let contrast = Matrix(rows: independent.map { rows[$0] })
        return JointTest(
            values: contrast * coefficients, covariance: contrast * covariance * contrast.transposed,
            denominator: testDegreesOfFreedom)
    }

    /// What the model says of studies with given properties.
    public struct Prediction: Hashable, Sendable {
        /// The mean effect of such studies, and its error.
        public var mean: Estimate
        /// Where the true effect of one such study is expected.
        public var predictionInterval: Interval
    }

    /// The t distribution behind a prediction interval.
    public enum PredictionDistribution: Hashable, Sendable {
        /// That of the coefficients' tests: normal for Wald, t on S − p by Knapp & Hartung (metafor's default).
        case asTested
        /// t on S − p − 1 (Higgins, Thompson & Spiegelhalter 2009, doi:10.1111/j.1467-985X.2008.00552.x).
        case higgins
    }

    /// - Parameters:
    ///   - row: p numbers, a row as those of the design.
    ///   - level: of both intervals.
    public func predict(
        _ row: [Double], level: Double = 0.95, distribution: PredictionDistribution = .asTested
    ) throws(MetaRegressionError) -> Prediction {
        guard row.count == coefficients.count else {
            throw .badContrast(columns: row.count, coefficients: coefficients.count)
        }
        let mean = estimate(row)
        let df =
            switch distribution {
            case .asTested: testDegreesOfFreedom
            case .higgins: Double(residualDegreesOfFreedom - 1)
            }
        return Prediction(
            mean: mean,
            predictionInterval: mean.predictionInterval(tau2: tau2, degreesOfFreedom: df, level: level)
                ?? Interval(lower: .nan, upper: .nan))
    }
}

extension JointTest {
    /// The Wald test of values that are all zero under the null; F where the denominator is finite.
    ///
    /// - Parameter covariance: of the values, of full rank (else the statistic is not a number).
    public init(values: [Double], covariance: Matrix, denominator: Double = .infinity) {
        let rank = Double(values.count)
        let chiSquare = Cholesky(covariance)?.inverseQuadraticForm(values) ?? .nan
        self.init(
            statistic: denominator.isInfinite ? chiSquare : chiSquare / rank, degreesOfFreedom: rank,
            denominator: denominator)
    }
}
