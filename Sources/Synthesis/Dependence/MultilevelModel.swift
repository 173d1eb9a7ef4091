public import Statistics

/// Meta-analysis of effects that depend on each other: y = Xβ + ΣZu + e with e ~ N(0, V) known and u ~ N(0, G) estimated.
///
/// Three levels, crossed random effects, several outcomes, random slopes, by REML or ML, as metafor's `rma.mv`
/// (Konstantopoulos 2011, doi:10.1002/jrsm.35; Berkey et al. 1998; Pustejovsky & Tipton 2022,
/// doi:10.1007/s11121-021-01246-3). See Docs/multilevel-models.md.
public struct MultilevelModel: Sendable {
    public enum Method: String, CaseIterable, Hashable, Sendable {
        case reml = "REML"
        case maximumLikelihood = "ML"
    }

    /// How coefficients are tested, as if the variance components were known.
    public enum Test: String, CaseIterable, Hashable, Sendable {
        /// Normal.
        case wald = "z"
        /// t on effects − coefficients.
        case t = "t"
        /// t on the groups within which the column of the design is constant, less coefficients: metafor's
        /// `dfs = "contain"`.
        case contained = "contain"
    }

    public let effects: [Double]
    public let sampling: SamplingCovariance
    /// k × p.
    public let design: Matrix
    public let random: [RandomEffect]
    public let method: Method
    public let test: Test

    /// p coefficients.
    public let coefficients: [Double]
    /// p × p, (X'M⁻¹X)⁻¹.
    public let covariance: Matrix
    /// Variances and correlations, effect by effect.
    public let components: [VarianceComponent]
    /// G of each random effect, r × r.
    public let groupCovariances: [Matrix]
    /// With all constants, as metafor's `logLik`.
    public let logLikelihood: Double
    /// Residual heterogeneity QE of the model without random effects: χ² on k − p.
    public let residualHeterogeneity: JointTest

    let likelihood: MarginalLikelihood
    let theta: [Double]
    /// tr P of the model without random effects.
    private let fixedTrace: Double
    private let degrees: [Double]

    /// - Parameters:
    ///   - effects: y, k of them.
    ///   - sampling: V, k × k by blocks.
    ///   - design: k × p, of full rank; a column of ones where nil.
    ///   - random: at least one; ``RandomEffect/nested(_:_:_:_:)`` for three levels.
    public init(
        effects: [Double], sampling: SamplingCovariance, design: Matrix? = nil, random: [RandomEffect],
        method: Method = .reml, test: Test = .t
    ) throws(SynthesisError) {
        let design = design ?? Matrix(rows: effects.count, columns: 1, repeating: 1)
        try Self.check(effects, sampling, design, random)
        let likelihood = MarginalLikelihood(
            effects: effects, covariance: sampling, design: design, random: random, restricted: method == .reml)
        for block in sampling.blocks where Cholesky(block.matrix) == nil {
            throw .notPositiveDefinite(rows: block.rows)
        }
        let alone = MarginalLikelihood(
            effects: effects, covariance: sampling, design: design, random: [], restricted: method == .reml)
        guard let fixed = alone.evaluate([], derivatives: true) else { throw .noMaximum }
        let found: LikelihoodSearch.Result
        if random.isEmpty {
            found = LikelihoodSearch.Result(theta: [], evaluation: fixed)
        } else {
            let search = LikelihoodSearch(likelihood)
            guard let best = search.best(totalVariance: Self.totalVariance(effects, sampling.variances, design)) else {
                throw .noMaximum
            }
            found = best
        }
        self.init(
            effects: effects, sampling: sampling, design: design, random: random, method: method, test: test,
            likelihood: likelihood, found: found, fixed: fixed)
    }

    private init(
        effects: [Double], sampling: SamplingCovariance, design: Matrix, random: [RandomEffect], method: Method,
        test: Test, likelihood: MarginalLikelihood, found: LikelihoodSearch.Result,
        fixed: MarginalLikelihood.Evaluation
    ) {
        self.effects = effects
        self.sampling = sampling
        self.design = design
        self.random = random
        self.method = method
        self.test = test
        self.likelihood = likelihood
        theta = found.theta
        (coefficients, covariance) = likelihood.unscaled(found.evaluation)
        logLikelihood = -0.5 * found.evaluation.deviance
        let matrices = likelihood.matrices(found.theta)
        groupCovariances = zip(likelihood.shapes, matrices).map {
            Matrix(rows: $0.size, columns: $0.size, elements: $1)
        }
        components = Self.components(random, likelihood, groupCovariances)
        let freedom = effects.count - design.columns
        residualHeterogeneity = JointTest(
            statistic: freedom > 0 ? fixed.q : 0, degreesOfFreedom: Double(freedom))
        fixedTrace = fixed.traceP
        degrees = Self.degrees(test, design, random)
    }

    private static func check(
        _ effects: [Double], _ sampling: SamplingCovariance, _ design: Matrix, _ random: [RandomEffect]
    ) throws(SynthesisError) {
        let count = effects.count
        guard sampling.variances.count == count, design.rows == count else {
            throw .model(.shape(effects: count, variances: sampling.variances.count, designRows: design.rows))
        }
        for i in 0..<count {
            let v = sampling.variances[i]
            guard effects[i].isFinite, v.isFinite, v > 0, design.row(i).allSatisfy(\.isFinite) else {
                throw .model(.badValue(row: i))
            }
        }
        guard design.columns >= 1, count > design.columns else {
            throw .model(.tooFewStudies(studies: count, coefficients: design.columns))
        }
        let dependent = ColumnBasis(design).dependent
        guard dependent.isEmpty else { throw .model(.collinear(dependent)) }
        for effect in random {
            guard effect.groups.count == count else {
                throw .count(what: "groups of \(effect.name)", found: effect.groups.count, expected: count)
            }
            for column in effect.columns where column.count != count {
                throw .count(what: "numbers of a column of \(effect.name)", found: column.count, expected: count)
            }
            guard !effect.columns.isEmpty, effect.columns.count == effect.columnNames.count else {
                throw .count(
                    what: "names of columns of \(effect.name)", found: effect.columnNames.count,
                    expected: effect.columns.count)
            }
            for row in 0..<count where !effect.columns.allSatisfy({ $0[row].isFinite }) {
                throw .model(.badValue(row: row))
            }
        }
    }

    /// A first guess of all variance beyond sampling: by moments, and not 0.
    private static func totalVariance(_ effects: [Double], _ variances: [Double], _ design: Matrix) -> Double {
        let guess = HeterogeneityEstimator.hedges.tau2(effects: effects, variances: variances, design: design)
        return max(guess, 0.05 * variances.reduce(0, +) / Double(variances.count))
    }

    private static func components(
        _ random: [RandomEffect], _ likelihood: MarginalLikelihood, _ matrices: [Matrix]
    ) -> [VarianceComponent] {
        random.indices.flatMap { e in
            likelihood.shapes[e].reported.map { reported in
                let g = matrices[e]
                let names = random[e].columnNames
                func correlation(_ a: Int, _ b: Int) -> Double { g[a, b] / (g[a, a] * g[b, b]).squareRoot() }
                switch reported.what {
                case .variance(let column):
                    return VarianceComponent(
                        effect: random[e].name, name: column.map { names[$0] } ?? random[e].name, kind: .variance,
                        value: g[column ?? 0, column ?? 0], groups: random[e].groupCount,
                        hasInterval: reported.parameter != nil)
                case .correlation(let pair):
                    let (a, b) = pair ?? (0, 1)
                    return VarianceComponent(
                        effect: random[e].name,
                        name: pair == nil && names.count > 2 ? random[e].name : "\(names[a]) ~ \(names[b])",
                        kind: .correlation, value: correlation(a, b), groups: random[e].groupCount,
                        hasInterval: reported.parameter != nil)
                }
            }
        }
    }

    private static func degrees(_ test: Test, _ design: Matrix, _ random: [RandomEffect]) -> [Double] {
        let residual = Double(design.rows - design.columns)
        switch test {
        case .wald: return Array(repeating: .infinity, count: design.columns)
        case .t: return Array(repeating: residual, count: design.columns)
        case .contained:
            return (0..<design.columns).map { j in
                let column = design.column(j)
                var least = Double(design.rows)
                for effect in random {
                    var value = [Double?](repeating: nil, count: effect.groupCount)
                    let isConstant = column.indices.allSatisfy { i in
                        let group = effect.groups[i]
                        if let known = value[group] { return known == column[i] }
                        value[group] = column[i]
                        return true
                    }
                    if isConstant { least = min(least, Double(effect.groupCount)) }
                }
                return max(1, least - Double(design.columns))
            }
        }
    }
}

// MARK: - Coefficients

extension MultilevelModel {
    public var count: Int { effects.count }

    public var standardErrors: [Double] { covariance.diagonal.map { $0.squareRoot() } }

    /// Coefficient j with its error and test.
    public func coefficient(_ j: Int) -> Estimate {
        Estimate(
            value: coefficients[j], standardError: covariance[j, j].squareRoot(), degreesOfFreedom: degrees[j])
    }

    /// c'β; the fewest degrees of freedom of the coefficients it takes.
    ///
    /// - Parameter row: p numbers, not all zero.
    public func contrast(_ row: [Double]) throws(SynthesisError) -> Estimate {
        guard row.count == coefficients.count, row.contains(where: { $0 != 0 }) else {
            throw .model(.badContrast(columns: row.count, coefficients: coefficients.count))
        }
        return Estimate(
            value: dot(row, coefficients), standardError: covariance.quadraticForm(row).squareRoot(),
            degreesOfFreedom: fewest(row.indices.filter { row[$0] != 0 }))
    }

    private func fewest(_ columns: [Int]) -> Double { columns.map { degrees[$0] }.min() ?? .infinity }

    /// All rows of C tested together, Cβ = 0: χ², or F.
    public func jointTest(_ rows: [[Double]]) throws(SynthesisError) -> JointTest {
        let p = coefficients.count
        for row in rows where row.count != p { throw .model(.badContrast(columns: row.count, coefficients: p)) }
        let independent = rows.isEmpty ? [] : ColumnBasis(Matrix(columns: rows)).independent
        guard !independent.isEmpty else { throw .model(.badContrast(columns: 0, coefficients: p)) }
        let contrast = Matrix(rows: independent.map { rows[$0] })
        let used = (0..<p).filter { j in independent.contains { rows[$0][j] != 0 } }
        return JointTest(
            values: contrast * coefficients, covariance: contrast * covariance * contrast.transposed,
            denominator: fewest(used))
    }

    /// QM: all coefficients but a constant first column, or the only one.
    public var moderatorTest: JointTest {
        let tested = tested
        return JointTest(
            values: tested.map { coefficients[$0] },
            covariance: covariance.selectingRows(tested).selectingColumns(tested), denominator: fewest(tested))
    }

    /// Coefficients of ``moderatorTest``.
    var tested: [Int] {
        let first = design.column(0)
        let hasIntercept = first[0] != 0 && first.allSatisfy { $0 == first[0] }
        return Array((hasIntercept && coefficients.count > 1 ? 1 : 0)..<coefficients.count)
    }

    /// Xβ.
    public var fitted: [Double] { design * coefficients }

    public var residuals: [Double] { zip(effects, fitted).map { $0 - $1 } }

    /// Akaike's criterion, with p + variance parameters; compare REML fits only of one design.
    public var aic: Double { -2 * logLikelihood + 2 * Double(theta.count + coefficients.count) }
}

// MARK: - Heterogeneity

extension MultilevelModel {
    /// The sampling variance of a typical effect, (k − p)/tr(P) of the model without random effects.
    public var typicalVariance: Double { Double(count - coefficients.count) / fixedTrace }

    /// Sum of the variances of random intercepts: how much true effects of new groups vary.
    ///
    /// nil where a random effect has several columns: there is then a variance per column.
    public var totalHeterogeneity: Double? {
        guard random.allSatisfy({ $0.columns.count == 1 && $0.columns[0].allSatisfy { $0 == 1 } }) else { return nil }
        return groupCovariances.reduce(0) { $0 + $1[0, 0] }
    }

    /// The share of total variance that each random intercept has (Nakagawa & Santos 2012; metafor's I² of multilevel
    /// models), in the order of ``random``; nil as ``totalHeterogeneity``.
    public var i2: [Double]? {
        guard let total = totalHeterogeneity else { return nil }
        return groupCovariances.map { $0[0, 0] / (total + typicalVariance) }
    }

    /// Where the true effect of a new group and effect is expected, at a row of the design.
    ///
    /// - Parameters:
    ///   - row: p numbers.
    ///   - df: of the t distribution; those of the coefficients' test where nil.
    /// - Returns: nil where ``totalHeterogeneity`` is nil.
    public func predictionInterval(
        _ row: [Double], level: Double = 0.95, degreesOfFreedom df: Double? = nil
    ) throws(SynthesisError) -> Interval? {
        let mean = try contrast(row)
        guard let total = totalHeterogeneity else { return nil }
        return mean.predictionInterval(tau2: total, degreesOfFreedom: df ?? mean.degreesOfFreedom, level: level)
    }
}
