public import Statistics

/// A study's place in the plot of Baujat, Mahé, Pignon & Hill 2002 (doi:10.1002/sim.1221), as metafor's `baujat` draws it.
public struct BaujatPlace: Hashable, Sendable {
    public var study: Int
    /// Squared Pearson residual, (y − ŷ)²/(v + τ²): for a common effect its part of Q.
    public var heterogeneity: Double
    /// (fitted value with all − without it)²/variance of the latter; not a number where the model cannot be fitted without it.
    public var influence: Double

    public init(study: Int, heterogeneity: Double, influence: Double) {
        self.study = study
        self.heterogeneity = heterogeneity
        self.influence = influence
    }

    /// One per study.
    public static func all(_ model: MetaRegression) -> [BaujatPlace] {
        let fitted = model.fitted
        return (0..<model.studies).map { i in
            let residual = model.effects[i] - fitted[i]
            var influence = Double.nan
            if let without = try? model.leaving(out: i)?.contrast(model.design.row(i)) {
                let change = without.value - fitted[i]
                influence = change * change / (without.standardError * without.standardError)
            }
            return BaujatPlace(
                study: i, heterogeneity: residual * residual / (model.variances[i] + model.tau2), influence: influence)
        }
    }
}
