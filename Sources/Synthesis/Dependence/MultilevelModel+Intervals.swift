public import Statistics

extension MultilevelModel {
    /// Where the likelihood of one variance component, with all others at their likeliest, is within χ²₁/2 of its maximum:
    /// metafor's `confint` of `rma.mv`.
    ///
    /// - Parameter component: position in ``components``.
    /// - Returns: nil where ``VarianceComponent/hasInterval`` is false. The lower end of a variance is 0 where 0 is likely
    ///   enough; a correlation's ends are at most its bounds.
    public func interval(of component: Int, level: Double = 0.95) -> Interval? {
        guard components.indices.contains(component) else { return nil }
        var start = 0
        var found: (parameter: Int, isRoot: Bool)?
        for (e, shape) in likelihood.shapes.enumerated() {
            let reported = shape.reported
            if component < start + reported.count, found == nil, component >= start {
                guard let own = reported[component - start].parameter else { return nil }
                found = (likelihood.offsets[e] + own, reported[component - start].isRoot)
            }
            start += reported.count
        }
        guard let (parameter, isRoot) = found else { return nil }
        let profile = VarianceProfile(likelihood, theta: theta, parameter: parameter, level: level)
        guard let interval = profile.interval else { return nil }
        return isRoot
            ? Interval(lower: interval.lower * interval.lower, upper: interval.upper * interval.upper) : interval
    }

    /// The likelihood-ratio test of this model against one with fewer random effects of the same design and method: χ² on
    /// the difference in parameters. Where a variance lies at its edge of 0 the p value is too large (conservative).
    public func likelihoodRatio(without simpler: MultilevelModel) -> JointTest {
        JointTest(
            statistic: max(0, 2 * (logLikelihood - simpler.logLikelihood)),
            degreesOfFreedom: Double(theta.count - simpler.theta.count))
    }
}
