/// Standard errors that hold when effects of one cluster (sample, laboratory) are correlated in unknown ways.
///
/// The bias-reduced sandwich CR2 (Bell & McCaffrey 2002) with Satterthwaite's degrees of freedom (Tipton 2015,
/// doi:10.1037/met0000011; Pustejovsky & Tipton 2018, doi:10.1080/07350015.2016.1247004), by the working model of
/// independent effects with variances v + τ². As clubSandwich's `coef_test(fit, vcov = "CR2")` of `rma.uni`.
///
/// Degrees of freedom below 4 are a warning: the t distribution is then itself a poor approximation.
public struct ClusterRobust: Sendable {
    public let coefficients: [Double]
    /// p × p.
    public let covariance: Matrix
    public let clusters: Int
    /// M = (X'WX)⁻¹ of the working model.
    private let bread: Matrix
    private let parts: [Part]

    /// What one cluster brings.
    private struct Part: Sendable {
        /// AWX, n × p.
        let adjusted: Matrix
        /// X, n × p.
        let design: Matrix
        /// Φ, n × n.
        let working: Matrix
    }

    /// One cluster of a fitted model.
    package struct Cluster {
        /// X, n × p.
        package var design: Matrix
        /// y − Xβ, n.
        package var residuals: [Double]
        /// Φ: covariance of the effects by the working model, n × n. The weights of the fit are its inverse.
        package var working: Matrix

        package init(design: Matrix, residuals: [Double], working: Matrix) {
            self.design = design
            self.residuals = residuals
            self.working = working
        }
    }

    /// - Parameters:
    ///   - model: gives coefficients, residuals and weights; its own test does not matter.
    ///   - labels: the cluster of each study, S of them.
    public init<Label: Hashable>(_ model: MetaRegression, clusters labels: [Label]) throws(MetaRegressionError) {
        guard labels.count == model.studies else {
            throw .shape(effects: model.studies, variances: model.studies, designRows: labels.count)
        }
        // In order of first appearance, so that sums do not depend on hashing.
        var position: [Label: Int] = [:]
        var members: [[Int]] = []
        for (i, label) in labels.enumerated() {
            if let known = position[label] {
                members[known].append(i)
            } else {
                position[label] = members.count
                members.append([i])
            }
        }
        try self.init(
            coefficients: model.coefficients, bread: model.weighted.inverseInformation,
            clusters: members.map { member in
                Cluster(
                    design: model.design.selectingRows(member),
                    residuals: member.map { model.weighted.residuals[$0] },
                    working: Matrix.diagonal(member.map { model.variances[$0] + model.tau2 }))
            })
    }

    /// Of any model y = Xβ + e with e ~ N(0, Φ), Φ block-diagonal over the clusters, fitted by weights Φ⁻¹.
    ///
    /// - Parameter bread: (X'Φ⁻¹X)⁻¹, p × p.
    package init(
        coefficients: [Double], bread: Matrix, clusters: [Cluster]
    ) throws(MetaRegressionError) {
        let count = coefficients.count
        guard clusters.count > 1 else {
            throw .tooFewStudies(studies: clusters.count, coefficients: count)
        }
        var meat = Matrix(rows: count, columns: count)
        var parts: [Part] = []
        for cluster in clusters {
            let part = try Self.part(cluster, bread: bread)
            let score = part.adjusted.transposed * cluster.residuals
            for i in 0..<count {
                for j in 0..<count { meat[i, j] += score[i] * score[j] }
            }
            parts.append(part)
        }
        self.coefficients = coefficients
        covariance = bread * meat * bread
        self.clusters = clusters.count
        self.bread = bread
        self.parts = parts
    }

    /// AWX with A = D'B^(−½)D, B = D(Φ − XMX')D', D'D = Φ and W = Φ⁻¹: A makes the sandwich unbiased if Φ is right.
    ///
    /// D is the transposed Cholesky factor, as in clubSandwich: for unequal Φ another root gives another, equally
    /// unbiased, A.
    private static func part(_ cluster: Cluster, bread: Matrix) throws(MetaRegressionError) -> Part {
        let design = cluster.design
        guard let factor = Cholesky(cluster.working) else { throw .badValue(row: 0) }
        let root = factor.lower.transposed
        let residual = cluster.working - design * bread * design.transposed
        // A direction that the model fits exactly has no residual, and is left out.
        let inverseRoot = SymmetricEigen(root * residual * factor.lower).applying { 1 / $0.squareRoot() }
        let weighted = Matrix(columns: (0..<design.columns).map { factor.solve(design.column($0)) })
        let adjusted = factor.lower * (inverseRoot * (root * weighted))
        return Part(adjusted: adjusted, design: design, working: cluster.working)
    }

    /// Coefficient j.
    public func coefficient(_ j: Int) -> Estimate {
        estimate((0..<coefficients.count).map { $0 == j ? 1 : 0 })
    }

    public var standardErrors: [Double] { covariance.diagonal.map { $0.squareRoot() } }

    /// c'β.
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
            degreesOfFreedom: degreesOfFreedom(row))
    }

    /// Satterthwaite: (tr G)²/tr(GG) of G_ij = g_i'(δ_ij Φ_i − X_i M X_j')g_j, with g = AWXMc of each cluster.
    ///
    /// With d = g'Φg, a = X'g and S = Σaa' of the clusters, tr G = Σd − tr MS and tr GG = Σ(d² − 2d·a'Ma) + tr MSMS: no pairs
    /// of clusters are needed.
    private func degreesOfFreedom(_ row: [Double]) -> Double {
        let direction = bread * row
        let count = row.count
        var spread = Matrix(rows: count, columns: count)
        var trace = 0.0
        var squares = 0.0
        for part in parts {
            let g = part.adjusted * direction
            let own = part.working.quadraticForm(g)
            let projected = part.design.transposed * g
            trace += own
            squares += own * (own - 2 * bread.quadraticForm(projected))
            for i in 0..<count {
                for j in 0..<count { spread[i, j] += projected[i] * projected[j] }
            }
        }
        let weighted = bread * spread
        trace -= weighted.trace
        squares += (weighted * weighted).trace
        return trace * trace / squares
    }

    /// All rows of C tested together, Cβ = 0: the approximate Hotelling test (HTZ of Tipton & Pustejovsky 2015,
    /// doi:10.3102/1076998615606099), F on q and η − q + 1; as clubSandwich's `Wald_test`.
    ///
    /// Rows that repeat what earlier ones say are left out. Where η − q + 1 is not above 0, the clusters are too few for
    /// the question, and the statistic is not a number.
    ///
    /// - Parameter rows: each of p numbers.
    public func jointTest(_ rows: [[Double]]) throws(MetaRegressionError) -> JointTest {
        let count = coefficients.count
        for row in rows where row.count != count { throw .badContrast(columns: row.count, coefficients: count) }
        guard !rows.isEmpty else { throw .badContrast(columns: 0, coefficients: count) }
        let independent = ColumnBasis(Matrix(columns: rows)).independent
        guard !independent.isEmpty else { throw .badContrast(columns: count, coefficients: count) }
        let contrast = Matrix(rows: independent.map { rows[$0] })
        let q = independent.count
        let size = Double(q)
        let directions = bread * contrast.transposed
        let pieces = parts.map { part in
            let g = part.adjusted * directions
            return (own: g.transposed * part.working * g, projected: part.design.transposed * g)
        }
        // What the sandwich of C'β is on average if the working model is right: its covariance CMC', but where clusters have
        // directions that the model fits exactly. The test is made in directions in which that is the identity.
        var expected = Matrix(rows: q, columns: q)
        for piece in pieces {
            expected = expected + piece.own - piece.projected.transposed * bread * piece.projected
        }
        let root = SymmetricEigen(expected).applying { 1 / $0.squareRoot() }
        // Σ over s, t of the variance of element s, t of the sandwich: G_ij[s,t]G_ij[t,s] + G_ij[s,s]G_ij[t,t] over pairs of
        // clusters, with G_ij = δ_ij D_i − A_i'MA_j. The sum over pairs is taken through T_st = Σ a_s a_t'.
        var variance = 0.0
        var products = Array(repeating: Matrix(rows: count, columns: count), count: q * q)
        for piece in pieces {
            let own = root * piece.own * root
            let projected = piece.projected * root
            let shared = projected.transposed * bread * projected
            for s in 0..<q {
                for t in 0..<q {
                    variance += own[s, t] * (own[s, t] - 2 * shared[s, t])
                    variance += own[s, s] * own[t, t] - 2 * own[s, s] * shared[t, t]
                    for i in 0..<count {
                        for j in 0..<count { products[s * q + t][i, j] += projected[i, s] * projected[j, t] }
                    }
                }
            }
        }
        let weighted = products.map { bread * $0 }
        for s in 0..<q {
            for t in 0..<q {
                variance += (weighted[t * q + s] * (weighted[t * q + s] + weighted[s * q + t])).trace
            }
        }
        let eta = size * (size + 1) / variance
        let denominator = eta - size + 1
        guard denominator > 0,
            let precision = Cholesky(contrast * covariance * contrast.transposed)
        else { return JointTest(statistic: .nan, degreesOfFreedom: size, denominator: max(denominator, 0)) }
        let wald = precision.inverseQuadraticForm(contrast * coefficients)
        return JointTest(f: denominator / (eta * size) * wald, degreesOfFreedom: size, denominator: denominator)
    }
}
