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
    }
}

extension OutcomeFit {
    /// Effects within studies, tested with CR2.
    init?(
        threeLevel effects: [Double], variances: [Double], design: Matrix, studies: [String], correlation: Double,
        estimator: HeterogeneityEstimator
    ) {
        return nil
    }
}
