/// Intervals by the likelihood instead of by standard errors.
extension MetaRegression {
    /// Where the likelihood of τ² is within χ²₁/2 of its maximum: the profile interval of Viechtbauer 2007
    /// (doi:10.1002/sim.2514), metafor's `confint(fit, type = "PL")`.
    ///
    /// - Returns: by the restricted likelihood, unless the estimator is maximum likelihood; nil without a degree of
    ///   freedom. The lower end is 0 where τ² = 0 is likely enough.
    public func tau2ProfileInterval(level: Double = 0.95) -> Interval? {
        guard residualDegreesOfFreedom > 0 else { return nil }
        let restricted = estimator != .maximumLikelihood
        let model = Heterogeneity(effects: effects, variances: variances, design: design)
        let best = model.likeliest(restricted: restricted)
        let limit =
            model.deviance(best, restricted: restricted)
            + ChiSquare(degreesOfFreedom: 1).quantile(upperTail: 1 - level)
        /// Positive where τ² is likely enough.
        func room(_ tau2: Double) -> Double { limit - model.deviance(tau2, restricted: restricted) }
        let scale = variances.reduce(0, +) / Double(variances.count)
        let lower = room(0) >= 0 ? 0 : FallingRoot.find(0, best, tolerance: 1e-14 * scale) { -room($0) }
        var far = 2 * best + scale
        while room(far) > 0, far < 1e200 { far *= 2 }
        return Interval(lower: lower, upper: FallingRoot.find(best, far, tolerance: 1e-14 * scale, room))
    }

    /// Where the likelihood of coefficient j, with τ² and all other coefficients at their likeliest, is within χ²₁/2 of
    /// its maximum (Hardy & Thompson 1996, doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A).
    ///
    /// By the plain likelihood, whatever the estimator: the restricted one does not compare means.
    public func profileInterval(_ j: Int, level: Double = 0.95) -> Interval {
        let full = Heterogeneity(effects: effects, variances: variances, design: design)
        let isFixed = estimator == .fixed
        let tau2 = isFixed ? 0 : full.likeliest(restricted: false)
        let fit = WeightedLeastSquares(
            design: design, effects: effects, weights: variances.map { 1 / ($0 + tau2) })
        let column = design.column(j)
        let rest = design.selectingColumns((0..<design.columns).filter { $0 != j })
        let limit =
            full.deviance(tau2, restricted: false) + ChiSquare(degreesOfFreedom: 1).quantile(upperTail: 1 - level)
        /// Positive where the value is likely enough.
        func room(_ value: Double) -> Double {
            let shifted = zip(effects, column).map { $0 - value * $1 }
            let model = Heterogeneity(effects: shifted, variances: variances, design: rest)
            return limit - model.deviance(isFixed ? 0 : model.likeliest(restricted: false), restricted: false)
        }
        let centre = fit.coefficients[j]
        let step = fit.inverseInformation[j, j].squareRoot()
        func end(_ sign: Double) -> Double {
            var distance = 2 * step
            while room(centre + sign * distance) > 0, distance < 1e200 { distance *= 2 }
            return centre + sign * FallingRoot.find(0, distance, tolerance: 1e-13 * step) { room(centre + sign * $0) }
        }
        return Interval(lower: end(-1), upper: end(1))
    }
}
