public import Statistics

/// Robust variance estimation with correlated-effects weights (Hedges, Tipton & Johnson 2010, doi:10.1002/jrsm.5; small
/// samples: Tipton 2015): robumeta's `robu(modelweights = "CORR", small = TRUE)`.
///
/// All results of a study weigh 1/(k(v̄ + τ²)), τ² by moments under one assumed correlation of sampling errors. Kept for
/// comparison with what was published by it; ``DependentPooling`` tells variance between and within studies apart.
public struct CorrelatedEffects: Sendable {
    public let robust: ClusterRobust
    /// Between-study variance.
    public let tau2: Double
    /// Assumed in the estimate of τ²; that hardly depends on it.
    public let correlation: Double

    /// - Parameters:
    ///   - design: k × p; a column of ones where nil.
    ///   - correlation: from 0 to 1.
    public init(
        effects: [Double], variances: [Double], studies: [String], design: Matrix? = nil, correlation: Double = 0.8
    ) throws(SynthesisError) {
        guard studies.count == effects.count, variances.count == effects.count else {
            throw .count(what: "studies", found: studies.count, expected: effects.count)
        }
        guard (0...1).contains(correlation) else {
            throw .outside(what: "the correlation of sampling errors", value: correlation, allowed: "from 0 to 1")
        }
        let design = design ?? Matrix(rows: effects.count, columns: 1, repeating: 1)
        let members = Grouping(studies).members
        var means = variances
        var sizes = variances
        for rows in members {
            let mean = rows.reduce(0) { $0 + variances[$1] } / Double(rows.count)
            for row in rows {
                means[row] = mean
                sizes[row] = Double(rows.count)
            }
        }
        func fit(_ tau2: Double) throws(SynthesisError) -> MetaRegression {
            do throws(MetaRegressionError) {
                return try MetaRegression(
                    effects: effects, variances: means.indices.map { sizes[$0] * (means[$0] + tau2) }, design: design,
                    estimator: .fixed)
            } catch { throw .model(error) }
        }
        let first = try fit(0)
        tau2 = Self.moments(first, members: members, correlation: correlation)
        let model = try fit(tau2)
        do throws(MetaRegressionError) { robust = try ClusterRobust(model, clusters: studies) } catch {
            throw .model(error)
        }
        self.correlation = correlation
    }

    /// What Q exceeds its expectation by, over what it grows by per τ².
    private static func moments(_ fit: MetaRegression, members: [[Int]], correlation: Double) -> Double {
        let p = fit.coefficients.count
        let bread = fit.covariance
        var own = Matrix(rows: p, columns: p)
        var cross = Matrix(rows: p, columns: p)
        var squared = Matrix(rows: p, columns: p)
        var total = 0.0
        for rows in members {
            let k = Double(rows.count)
            // The weight of each result of the study.
            let w = 1 / fit.variances[rows[0]]
            let x = fit.design.selectingRows(rows)
            let sums = (0..<p).map { x.column($0).reduce(0, +) }
            let squares = x.transposed * x
            for i in 0..<p {
                for j in 0..<p {
                    own[i, j] += w / k * squares[i, j]
                    cross[i, j] += w / k * (sums[i] * sums[j] - squares[i, j])
                    squared[i, j] += w * w * sums[i] * sums[j]
                }
            }
            total += k * w
        }
        let excess =
            fit.residualHeterogeneity.statistic - Double(members.count) + (bread * own).trace
            + correlation * (bread * cross).trace
        return max(0, excess / (total - (bread * squared).trace))
    }

    /// Coefficient j with CR2 error and Satterthwaite's degrees of freedom.
    public func coefficient(_ j: Int) -> Estimate { robust.coefficient(j) }
}
