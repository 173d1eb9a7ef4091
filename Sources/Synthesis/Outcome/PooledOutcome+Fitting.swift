import Evidence
import Statistics

extension PooledOutcome {
    init(_ model: OutcomeModel, of synthesis: OutcomeSynthesis) throws(InputError) {
        let rows = Array(model.effects.indices)
        let ones = Matrix(rows: rows.count, columns: 1, repeating: 1)
        guard let fit = model.fit(rows, ones), let estimate = fit.coefficient(0) else {
            throw InputError(
                at: model.effects.first?.source, "the effects of \"\(synthesis.name)\" cannot be pooled.",
                remedy: "Try --dependence aggregate, or another estimator.")
        }
        let studies = Set(model.studies).count
        self.init(
            model: model.words, estimate: estimate, interval: estimate.interval(level: model.settings.level),
            prediction: nil, weights: fit.weights, components: fit.components, tau2Interval: nil, i2: 0,
            i2Interval: nil, heterogeneity: fit.heterogeneity)
        guard rows.count > 1 else { return }
        i2 = Self.i2(tau2: tau2, variances: model.effects.map(\.variance))
        if studies > 2, model.settings.estimator != .fixed {
            prediction = estimate.predictionInterval(
                tau2: tau2, degreesOfFreedom: model.settings.prediction.degreesOfFreedom(studies: studies),
                level: model.settings.level)
        }
        if components.count > 1 {
            for n in components.indices { components[n].interval = fit.componentProfile(n, model.settings.level) }
        }
        if !model.hasDependence, model.settings.estimator != .fixed,
            let plain = try? MetaRegression(
                effects: model.effects.map(\.value), variances: model.effects.map(\.variance),
                estimator: model.settings.estimator)
        {
            tau2Interval = plain.tau2Interval(level: model.settings.level)
            i2Interval = plain.i2Interval(level: model.settings.level)
        }
        if model.settings.interval == .profile, let profile = fit.profile(model.settings.level) {
            interval = profile
            tau2Interval = fit.componentProfile(0, model.settings.level)
            self.model += ", intervals by the profile likelihood"
        }
    }

    /// The share of true differences in what is seen, with the sampling variance of a typical effect by Higgins &
    /// Thompson 2002 (doi:10.1002/sim.1186): (k − 1)Σw/((Σw)² − Σw²).
    static func i2(tau2: Double, variances: [Double]) -> Double {
        let weights = variances.map { 1 / $0 }
        let total = weights.reduce(0, +)
        let squares = weights.reduce(0) { $0 + $1 * $1 }
        let typical = Double(variances.count - 1) * total / (total * total - squares)
        return tau2 > 0 ? tau2 / (tau2 + typical) : 0
    }
}
