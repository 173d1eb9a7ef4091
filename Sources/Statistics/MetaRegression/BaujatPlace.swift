/// A study's place in the plot of Baujat, Mahé, Pignon & Hill 2002 (doi:10.1002/sim.1221): what it adds to the heterogeneity
/// against what it does to the pooled effect.
public struct BaujatPlace: Hashable, Sendable {
    /// Squared Pearson residual, (y − ŷ)²/(v + τ²): for a common effect its part of Q.
    public var heterogeneity: Double
    /// (effect with all − without it)²/variance of the latter; not a number where the model cannot be fitted without it.
    public var influence: Double
}

extension MetaRegression {
    /// A place per study.
    ///
    /// - Parameters:
    ///   - other: the model whose residuals make the heterogeneity, such as a common effect of the same studies; this one where
    ///     nil, as metafor's `baujat` has it.
    ///   - row: what of the coefficients is judged, p numbers; each study's own fitted value where nil.
    ///   - without: the model without each study, where that is known already.
    public func baujat(
        heterogeneityBy other: MetaRegression? = nil, at row: [Double]? = nil, without: [MetaRegression?]? = nil
    ) -> [BaujatPlace] {
        let model = other ?? self
        let fitted = model.fitted
        return (0..<studies).map { i in
            let residual = effects[i] - fitted[i]
            let judged = row ?? design.row(i)
            var influence = Double.nan
            if let left = without.map({ $0[i] }) ?? leaving(out: i), let rest = try? left.contrast(judged),
                let all = try? contrast(judged)
            {
                let change = rest.value - all.value
                influence = change * change / (rest.standardError * rest.standardError)
            }
            return BaujatPlace(
                heterogeneity: residual * residual / (model.variances[i] + model.tau2), influence: influence)
        }
    }
}
