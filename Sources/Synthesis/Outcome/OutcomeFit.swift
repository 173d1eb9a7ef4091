import Evidence
import Statistics

/// A model of effects on a design, whichever rule for dependence was chosen: what every part of a synthesis asks of it.
struct OutcomeFit {
    let coefficients: [Double]
    let components: [PooledOutcome.Component]
    let heterogeneity: JointTest
    /// Share of each effect in the first coefficient of a design that is the mean alone.
    var weights: [Double]
    let contrast: @Sendable ([Double]) -> Estimate?
    let joint: @Sendable ([[Double]]) -> JointTest?
    /// Of the first coefficient, by the likelihood, at a level; nil where there is none of this model.
    let profile: @Sendable (Double) -> Interval?
    /// The same of a component, by its position in ``components``.
    let componentProfile: @Sendable (Int, Double) -> Interval?

    var tau2: Double { components.reduce(0) { $0 + $1.variance } }

    func coefficient(_ j: Int) -> Estimate? { contrast(coefficients.indices.map { $0 == j ? 1 : 0 }) }
}

extension OutcomeFit {
    /// Independent effects.
    init(_ model: MetaRegression) {
        coefficients = model.coefficients
        components = [.init(name: "between studies", variance: model.tau2, groups: model.studies)]
        heterogeneity = model.residualHeterogeneity
        weights = model.weightShares
        contrast = { try? model.contrast($0) }
        joint = { try? model.jointTest($0) }
        profile = { model.profileInterval(0, level: $0) }
        componentProfile = { _, level in model.estimator == .fixed ? nil : model.tau2ProfileInterval(level: level) }
    }
}

extension OutcomeFit {
    /// Effects within studies, tested with CR2.
    ///
    /// - Parameter correlation: of sampling errors within a study.
    init?(
        threeLevel effects: [Double], variances: [Double], design: Matrix, studies: [String], correlation: Double,
        estimator: HeterogeneityEstimator
    ) {
        guard
            let pooled = try? DependentPooling(
                effects: effects, variances: variances, studies: studies, design: design, correlation: correlation,
                method: estimator == .maximumLikelihood ? .maximumLikelihood : .reml)
        else { return nil }
        let robust = pooled.robust
        coefficients = robust.coefficients
        components = [
            .init(name: "between studies", variance: pooled.betweenStudies, groups: pooled.studies),
            .init(name: "between effects of a study", variance: pooled.withinStudies, groups: effects.count),
        ]
        heterogeneity = pooled.model.residualHeterogeneity
        weights = Self.weights(
            variances, studies, correlation, between: pooled.betweenStudies, within: pooled.withinStudies)
        contrast = { try? robust.contrast($0) }
        joint = { try? robust.jointTest($0) }
        // The mean's errors are robust ones, which no likelihood gives.
        profile = { _ in nil }
        componentProfile = { pooled.model.interval(of: $0, level: $1) }
    }

    /// Random effects of studies, of effects within them where a study has several, and of groups that lie across studies; tested
    /// by the model's own errors, since no cluster holds all that depends on each other.
    ///
    /// - Parameter correlation: of sampling errors within a study.
    init?(
        crossed effects: [Double], variances: [Double], design: Matrix, studies: [String], column: String,
        groups: [String], correlation: Double, method: MultilevelModel.Method
    ) {
        let isNested = Set(studies).count < studies.count
        var random =
            isNested ? RandomEffect.nested("study", studies, "effect") : [RandomEffect("study", groups: studies)]
        random.append(RandomEffect(column, groups: groups))
        guard
            let sampling = try? SamplingCovariance(variances: variances, samples: studies, correlation: correlation),
            let model = try? MultilevelModel(
                effects: effects, sampling: sampling, design: design, random: random, method: method)
        else { return nil }
        let names = ["between studies"] + (isNested ? ["between effects of a study"] : []) + ["between \(column)"]
        coefficients = model.coefficients
        components = zip(names, zip(random, model.groupCovariances)).map { name, part in
            .init(name: name, variance: part.1[0, 0], groups: part.0.groupCount)
        }
        heterogeneity = model.residualHeterogeneity
        weights = Self.weights(sampling, random, model.groupCovariances.map { $0[0, 0] })
        contrast = { try? model.contrast($0) }
        joint = { try? model.jointTest($0) }
        profile = { _ in nil }
        componentProfile = { model.interval(of: $0, level: $1) }
    }

    /// The same shares where effects of all studies may depend on each other.
    private static func weights(
        _ sampling: SamplingCovariance, _ random: [RandomEffect], _ components: [Double]
    ) -> [Double] {
        let count = sampling.variances.count
        var matrix = Matrix(rows: count, columns: count)
        for block in sampling.blocks {
            for (a, i) in block.rows.enumerated() {
                for (b, j) in block.rows.enumerated() { matrix[i, j] = block.matrix[a, b] }
            }
        }
        for (effect, variance) in zip(random, components) {
            for rows in Grouping(effect.groups).members {
                for i in rows { for j in rows { matrix[i, j] += variance } }
            }
        }
        guard let precision = Cholesky(matrix)?.inverse else {
            return Array(repeating: 1 / Double(count), count: count)
        }
        let weights = precision * Array(repeating: 1.0, count: count)
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }

    /// Shares of the effects in the generalised least squares mean: 1'M⁻¹/1'M⁻¹1 with M of each study's effects.
    private static func weights(
        _ variances: [Double], _ studies: [String], _ correlation: Double, between: Double, within: Double
    ) -> [Double] {
        var weights = Array(repeating: 0.0, count: variances.count)
        for rows in Grouping(studies).members {
            var matrix = Matrix(rows: rows.count, columns: rows.count, repeating: between)
            for (a, i) in rows.enumerated() {
                for (b, j) in rows.enumerated() {
                    matrix[a, b] +=
                        a == b ? variances[i] + within : correlation * (variances[i] * variances[j]).squareRoot()
                }
            }
            guard let precision = Cholesky(matrix)?.inverse else { continue }
            for (row, weight) in zip(rows, precision * Array(repeating: 1.0, count: rows.count)) {
                weights[row] = weight
            }
        }
        let total = weights.reduce(0, +)
        return total > 0 ? weights.map { $0 / total } : weights
    }
}
