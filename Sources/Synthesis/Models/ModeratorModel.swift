public import Statistics

/// What effects depend on: a formula's coefficients with names, tests and predictions.
///
/// With one effect per study a ``MetaRegression`` with Knapp–Hartung's tests; with several, ``DependentPooling``: three
/// levels and CR2.
public struct ModeratorModel: Sendable {
    public enum Fit: Sendable {
        case independent(MetaRegression)
        case dependent(DependentPooling)
    }

    /// A coefficient of the design.
    public struct Coefficient: Hashable, Sendable {
        public var name: String
        public var estimate: Estimate
    }

    /// A term of the formula, all its columns together.
    public struct Term: Hashable, Sendable {
        public var name: String
        public var test: JointTest
    }

    public let design: ModelDesign
    public let fit: Fit
    public let coefficients: [Coefficient]
    public let terms: [Term]
    /// All coefficients but the intercept.
    public let moderators: JointTest

    /// - Parameters:
    ///   - effects, variances: one per row of the table; rows that lack a column are left out (``ModelDesign/dropped``).
    ///   - studies: nil or all different for independent effects.
    ///   - correlation: of sampling errors within a study, where studies have several effects.
    public init(
        effects: [Double], variances: [Double], studies: [String]? = nil, design: ModelDesign,
        estimator: HeterogeneityEstimator = .reml, test: MetaRegression.Test = .knappHartungAtLeastWald,
        correlation: Double = 0.6
    ) throws(SynthesisError) {
        guard let last = design.rows.last, last < effects.count, effects.count == variances.count else {
            throw .count(what: "variances", found: variances.count, expected: effects.count)
        }
        if let studies, studies.count != effects.count {
            throw .count(what: "studies", found: studies.count, expected: effects.count)
        }
        let y = design.rows.map { effects[$0] }
        let v = design.rows.map { variances[$0] }
        let clusters = studies.map { studies in design.rows.map { studies[$0] } }
        self.design = design
        if let clusters, Set(clusters).count < clusters.count {
            let pooled = try DependentPooling(
                effects: y, variances: v, studies: clusters, design: design.matrix, correlation: correlation)
            fit = .dependent(pooled)
            moderators = try pooled.moderatorTest()
        } else {
            do throws(MetaRegressionError) {
                let regression = try MetaRegression(
                    effects: y, variances: v, design: design.matrix, estimator: estimator, test: test)
                fit = .independent(regression)
                moderators = regression.moderatorTest
            } catch { throw .model(error) }
        }
        let fit = fit
        coefficients = design.columnNames.enumerated().map { j, name in
            switch fit {
            case .independent(let regression): Coefficient(name: name, estimate: regression.coefficient(j))
            case .dependent(let pooled): Coefficient(name: name, estimate: pooled.coefficient(j))
            }
        }
        var terms: [Term] = []
        for (index, term) in design.formula.terms.enumerated() {
            terms.append(Term(name: term.name, test: try Self.test(fit, design.hypothesis(ofTerm: index))))
        }
        self.terms = terms
    }

    /// All rows of Cβ = 0: F or χ² by the model's own test; the approximate Hotelling test for dependent effects.
    public func jointTest(_ rows: [[Double]]) throws(SynthesisError) -> JointTest { try Self.test(fit, rows) }

    private static func test(_ fit: Fit, _ rows: [[Double]]) throws(SynthesisError) -> JointTest {
        do throws(MetaRegressionError) {
            switch fit {
            case .independent(let regression): return try regression.jointTest(rows)
            case .dependent(let pooled): return try pooled.robust.jointTest(rows)
            }
        } catch { throw .model(error) }
    }

    /// The mean effect at a row of the design (``ModelDesign/row(_:)``).
    public func predict(_ row: [Double]) throws(SynthesisError) -> Estimate {
        do throws(MetaRegressionError) {
            switch fit {
            case .independent(let regression): return try regression.contrast(row)
            case .dependent(let pooled): return try pooled.robust.contrast(row)
            }
        } catch { throw .model(error) }
    }

    /// τ² that the moderators leave, of studies and (for dependent effects) of results of a study.
    public var residualTau2: Double {
        switch fit {
        case .independent(let regression): regression.tau2
        case .dependent(let pooled): pooled.betweenStudies + pooled.withinStudies
        }
    }
}
