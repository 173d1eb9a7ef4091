import Evidence
import Statistics

extension OutcomeInfluence {
    init(_ means: StudyMeans, model: OutcomeModel, effects: [SynthesisEffect]) {
        self.init()
        basis = model.hasDependence ? "studies, one mean each" : "effects"
        let estimator = model.settings.estimator
        guard means.effects.count > 2,
            let all = try? MetaRegression(
                effects: means.effects, variances: means.variances, estimator: estimator,
                test: estimator == .fixed ? .wald : model.settings.test),
            let fixed = try? MetaRegression(effects: means.effects, variances: means.variances, estimator: .fixed)
        else { return }
        whole = all.coefficient(0)
        let shares = all.weightShares
        let influences = all.influence()
        let places = all.baujat(heterogeneityBy: fixed, without: influences.map { $0?.without })
        omissions = influences.enumerated().compactMap { n, influence in
            guard let influence else { return nil }
            return Omission(
                study: means.studies[n], estimate: influence.without.coefficient(0), tau2: influence.without.tau2,
                i2: influence.without.i2, weight: shares[n], residual: influence.studentizedResidual,
                cooksDistance: influence.cooksDistance, dffits: influence.dffits, hat: influence.hatValue,
                covarianceRatio: influence.covarianceRatio, isInfluential: influence.isInfluential,
                baujatHeterogeneity: places[n].heterogeneity, baujatInfluence: places[n].influence)
        }
        pickSubsets(means)
        dropLargest(means, model.settings)
        accumulate(means, effects, model.settings)
    }

    private mutating func dropLargest(_ means: StudyMeans, _ settings: SynthesisSettings) {
        for order in LargestDropped.Order.allCases {
            guard
                let found = try? LargestDropped(
                    effects: means.effects, variances: means.variances, order: order, estimator: settings.estimator,
                    test: settings.estimator == .fixed ? .wald : settings.test)
            else { continue }
            // Of two studies nothing more is said than that they are two.
            let steps = found.steps.dropFirst().filter { means.effects.count - $0.dropped.count > 2 }
            dropped += steps.compactMap { step in
                step.dropped.last.map {
                    Dropped(
                        order: order, count: step.dropped.count, study: means.studies[$0], estimate: step.estimate)
                }
            }
            reversals[order] = found.reversal().flatMap { $0 <= steps.count ? $0 : nil }
        }
    }

    private mutating func accumulate(_ means: StudyMeans, _ effects: [SynthesisEffect], _ settings: SynthesisSettings) {
        let years = means.members.map { member in member.compactMap { effects[$0].year }.min() }
        undated = means.studies.indices.filter { years[$0] == nil }.map { means.studies[$0] }
        guard undated.isEmpty else { return }
        // Studies of one year come in by their names.
        let order = means.studies.indices.sorted {
            (years[$0] ?? 0, means.studies[$0]) < (years[$1] ?? 0, means.studies[$1])
        }
        let pooling = try? CumulativePooling(
            effects: order.map { means.effects[$0] }, variances: order.map { means.variances[$0] },
            keys: order.map { Double(years[$0] ?? 0) }, estimator: settings.estimator,
            test: settings.estimator == .fixed ? .wald : settings.test)
        cumulative = (pooling?.steps ?? []).map { step in
            let study = order[step.study]
            return Step(study: means.studies[study], year: years[study] ?? 0, estimate: step.estimate, tau2: step.tau2)
        }
    }
}
