import Foundation

/// Several coefficients estimated on each of m imputed data sets, pooled by Rubin's rules (1987).
///
/// ``RubinRules`` is the same for one number. See Docs/pooling.md.
public struct PooledEstimates: Hashable, Sendable {
    /// Means over imputations, p of them.
    public let coefficients: [Double]
    /// W: mean of the covariances, p × p.
    public let within: Matrix
    /// B: covariance of the coefficients between imputations (over m − 1).
    public let between: Matrix
    /// W + (1 + 1/m)B.
    public let covariance: Matrix
    public let imputations: Int
    /// Degrees of freedom had nothing been missing; infinite where large.
    public let completeDegreesOfFreedom: Double

    /// - Parameters:
    ///   - coefficients: of each of m ≥ 1 imputations, p each.
    ///   - covariances: p × p, of each imputation.
    ///   - completeDegreesOfFreedom: such as S − p; finite for the rule of Barnard & Rubin.
    public init(
        coefficients: [[Double]], covariances: [Matrix], completeDegreesOfFreedom: Double = .infinity
    ) {
        precondition(!coefficients.isEmpty && coefficients.count == covariances.count, "one covariance per imputation")
        let m = Double(coefficients.count)
        let count = coefficients[0].count
        let mean = (0..<count).map { j in coefficients.reduce(0) { $0 + $1[j] } / m }
        var between = Matrix(rows: count, columns: count)
        if coefficients.count > 1 {
            for sample in coefficients {
                for i in 0..<count {
                    for j in 0..<count {
                        between[i, j] += (sample[i] - mean[i]) * (sample[j] - mean[j]) / (m - 1)
                    }
                }
            }
        }
        let within = (1 / m) * covariances.dropFirst().reduce(covariances[0], +)
        self.coefficients = mean
        self.within = within
        self.between = between
        self.completeDegreesOfFreedom = completeDegreesOfFreedom
        covariance = within + (1 + 1 / m) * between
        imputations = coefficients.count
    }

    /// How much of what is known of one combination of coefficients was imputed.
    public struct MissingInformation: Hashable, Sendable {
        /// r: relative increase in variance due to what is missing, (1 + 1/m)B/W.
        public var relativeIncrease: Double
        /// λ: share of the variance due to what is missing, (1 + 1/m)B/T.
        public var lambda: Double
        /// γ: fraction of missing information, (r + 2/(ν + 3))/(1 + r).
        public var fraction: Double
        /// ν: Rubin's (m − 1)(1 + 1/r)², or Barnard & Rubin's 1999 (doi:10.1093/biomet/86.4.948) for finite complete
        /// data.
        public var degreesOfFreedom: Double
    }

    /// Of coefficient j.
    public func missingInformation(_ j: Int) -> MissingInformation {
        missingInformation(within: within[j, j], between: between[j, j])
    }

    /// Of the combination c'β.
    public func missingInformation(contrast row: [Double]) -> MissingInformation {
        missingInformation(within: within.quadraticForm(row), between: between.quadraticForm(row))
    }

    /// Of several combinations together, from their mean relative increase in variance, r = (1 + 1/m) tr(B W⁻¹)/k, as in
    /// ``jointTest(_:)``; nil where they are not independent.
    public func missingInformation(contrasts rows: [[Double]]) -> MissingInformation? {
        let contrast = Matrix(rows: rows)
        guard let precision = Cholesky(contrast * within * contrast.transposed) else { return nil }
        let increase = (contrast * between * contrast.transposed * precision.inverse).trace / Double(rows.count)
        return missingInformation(within: 1, between: increase)
    }

    /// Are all rows of Cβ zero? Wald's χ² with T for the covariance, which maps of joint tests hold; for groups the
    /// analogue of Q between. Nil where the rows are not independent.
    public func waldTest(_ rows: [[Double]]) -> JointTest? {
        let contrast = Matrix(rows: rows)
        guard !rows.isEmpty, let factor = Cholesky(contrast * covariance * contrast.transposed) else { return nil }
        return JointTest(
            statistic: factor.inverseQuadraticForm(contrast * coefficients), degreesOfFreedom: Double(rows.count))
    }

    private func missingInformation(within w: Double, between b: Double) -> MissingInformation {
        let m = Double(imputations)
        let extra = (1 + 1 / m) * b
        let r = extra / w
        let lambda = extra / (w + extra)
        let df = Self.degreesOfFreedom(lambda: lambda, imputations: imputations, complete: completeDegreesOfFreedom)
        return MissingInformation(
            relativeIncrease: r, lambda: lambda, fraction: (r + 2 / (df + 3)) / (1 + r), degreesOfFreedom: df)
    }

    /// ν for a share λ of the variance: (m − 1)/λ², lowered as by Barnard & Rubin where complete data are few.
    public static func degreesOfFreedom(lambda: Double, imputations: Int, complete: Double) -> Double {
        let large = lambda > 0 ? Double(imputations - 1) / (lambda * lambda) : .infinity
        guard complete.isFinite else { return large }
        let observed = (complete + 1) / (complete + 3) * complete * (1 - lambda)
        return large.isFinite ? large * observed / (large + observed) : observed
    }

    /// The distribution that pooled numbers are tested with.
    public enum Distribution: Hashable, Sendable {
        /// Normal, as SDM-PSI does.
        case normal
        /// t with ``MissingInformation/degreesOfFreedom``.
        case t
    }

    /// Coefficient j.
    public func coefficient(_ j: Int, distribution: Distribution = .normal) -> Estimate {
        Estimate(
            value: coefficients[j], standardError: covariance[j, j].squareRoot(),
            degreesOfFreedom: distribution == .normal ? .infinity : missingInformation(j).degreesOfFreedom)
    }

    /// c'β; p numbers.
    public func contrast(_ row: [Double], distribution: Distribution = .normal) -> Estimate {
        Estimate(
            value: dot(row, coefficients), standardError: covariance.quadraticForm(row).squareRoot(),
            degreesOfFreedom: distribution == .normal
                ? .infinity : missingInformation(contrast: row).degreesOfFreedom)
    }

    /// Are all rows of Cβ zero? D₁ of Li, Raghunathan & Rubin 1991 (doi:10.1080/01621459.1991.10475152).
    ///
    /// F on the rank of C, with B taken to be proportional to W on average. A row that repeats others does not count.
    ///
    /// - Parameter rows: each of p numbers; nil where they are all zero.
    public func jointTest(_ rows: [[Double]]) -> JointTest? {
        guard !rows.isEmpty else { return nil }
        let independent = ColumnBasis(Matrix(columns: rows)).independent
        guard !independent.isEmpty else { return nil }
        let contrast = Matrix(rows: independent.map { rows[$0] })
        let values = contrast * coefficients
        let within = contrast * self.within * contrast.transposed
        let between = contrast * self.between * contrast.transposed
        guard let precision = Cholesky(within) else { return nil }
        let k = Double(values.count)
        let m = Double(imputations)
        let r = (1 + 1 / m) * (between * precision.inverse).trace / k
        let statistic = precision.inverseQuadraticForm(values) / (k * (1 + r))
        return JointTest(
            f: statistic, degreesOfFreedom: k,
            denominator: Self.d1Denominator(tested: k, imputations: m, increase: r))
    }

    private static func d1Denominator(tested k: Double, imputations m: Double, increase r: Double) -> Double {
        guard r > 0 else { return .infinity }
        let t = k * (m - 1)
        if t > 4 {
            let a = 1 + (1 - 2 / t) / r
            return 4 + (t - 4) * a * a
        }
        return t * (1 + 1 / k) * (1 + 1 / r) * (1 + 1 / r) / 2
    }

    /// The chi-square statistics of m imputations as one: D₂ of Li, Meng, Raghunathan & Rubin 1991
    /// (*Statistica Sinica* 1:65), F on `df`.
    ///
    /// - Parameter statistics: χ² on `df` degrees of freedom each.
    public static func d2(statistics: [Double], degreesOfFreedom df: Double) -> JointTest {
        let m = Double(statistics.count)
        let mean = statistics.reduce(0, +) / m
        let roots = statistics.map { $0.squareRoot() }
        let meanRoot = roots.reduce(0, +) / m
        let spread = m > 1 ? roots.reduce(0) { $0 + ($1 - meanRoot) * ($1 - meanRoot) } / (m - 1) : 0
        let r = (1 + 1 / m) * spread
        guard r > 0 else { return JointTest(statistic: mean, degreesOfFreedom: df) }
        let a = 1 + 1 / r
        return JointTest(
            statistic: max(0, (mean / df - (m + 1) / (m - 1) * r) / (1 + r)), degreesOfFreedom: df,
            denominator: (m - 1) / pow(df, 3 / m) * a * a)
    }
}
