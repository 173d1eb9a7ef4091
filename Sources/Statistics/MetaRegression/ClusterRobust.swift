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
        /// v + τ², n.
        let variances: [Double]
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
        guard members.count > 1 else {
            throw .tooFewStudies(studies: members.count, coefficients: model.coefficients.count)
        }

        let bread = model.weighted.inverseInformation
        let count = model.coefficients.count
        var meat = Matrix(rows: count, columns: count)
        var parts: [Part] = []
        for member in members {
            let part = Self.part(member, of: model, bread: bread)
            let score = part.adjusted.transposed * member.map { model.weighted.residuals[$0] }
            for i in 0..<count {
                for j in 0..<count { meat[i, j] += score[i] * score[j] }
            }
            parts.append(part)
        }
        coefficients = model.coefficients
        covariance = bread * meat * bread
        clusters = members.count
        self.bread = bread
        self.parts = parts
    }

    /// AWX with A = D B^(−½) D, B = D(Φ − XMX')D, D = Φ^½ and W = Φ⁻¹: A makes the sandwich unbiased if Φ is right.
    private static func part(_ member: [Int], of model: MetaRegression, bread: Matrix) -> Part {
        let design = model.design.selectingRows(member)
        let variances = member.map { model.variances[$0] + model.tau2 }
        let roots = Matrix.diagonal(variances.map { $0.squareRoot() })
        let residual = Matrix.diagonal(variances) - design * bread * design.transposed
        // A direction that the model fits exactly has no residual, and is left out.
        let inverseRoot = SymmetricEigen(roots * residual * roots).applying { 1 / $0.squareRoot() }
        let adjustment = roots * inverseRoot * roots
        let weighted = Matrix.diagonal(variances.map { 1 / $0 }) * design
        return Part(adjusted: adjustment * weighted, design: design, variances: variances)
    }

    /// Coefficient j.
    public func coefficient(_ j: Int) -> Estimate {
        estimate((0..<coefficients.count).map { $0 == j ? 1 : 0 })
    }

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
    private func degreesOfFreedom(_ row: [Double]) -> Double {
        let direction = bread * row
        let g = parts.map { $0.adjusted * direction }
        let projected = zip(parts, g).map { $0.design.transposed * $1 }
        let spread = projected.map { bread * $0 }
        var trace = 0.0
        var squares = 0.0
        for i in parts.indices {
            for j in parts.indices {
                var element = -dot(projected[i], spread[j])
                if i == j {
                    for k in g[i].indices { element += g[i][k] * g[i][k] * parts[i].variances[k] }
                    trace += element
                }
                squares += element * element
            }
        }
        return trace * trace / squares
    }
}
