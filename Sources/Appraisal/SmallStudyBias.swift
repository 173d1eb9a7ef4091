import Evidence
public import Statistics

/// Do small studies show larger effects at a place? The metabias regression over imputations, and PET-PEESE beside it.
///
/// In every imputation √v becomes the last column of the design; REML; slopes are pooled by Rubin's rules and tested on
/// the normal distribution, as in MetaNSUE. See Docs/bias-tests.md and Docs/trust.md.
public struct SmallStudyBias: Hashable, Sendable {
    /// Slope of √v.
    public let asymmetry: Estimate
    /// The judged effect at √v = 0 by the same regression: where the Egger line meets the top of the funnel.
    public let limit: Estimate
    /// By weighted least squares on √v, with t on S − p degrees of freedom.
    public let pet: Estimate
    /// The same on v.
    public let peese: Estimate
    public let studies: Int

    /// Fewer than these and neither test nor correction says much.
    public static let fewestStudies = 10

    public var isReliable: Bool { studies >= Self.fewestStudies }

    /// PEESE where PET finds an effect (p < 0.10 two-sided), else PET (Stanley & Doucouliagos 2014).
    public var usesPEESE: Bool { pet.pValue < 0.1 }

    public var corrected: Estimate { usesPEESE ? peese : pet }

    /// nil where the design with √v cannot be fitted: too few studies, or √v determined by the other columns.
    init?(_ studies: [StudyEffects.Study], design: PlaceDesign) {
        let row = design.combination.weights + [0]
        let imputations = studies[0].effects.count
        var fits: [[MetaRegression]] = [[], [], []]
        let kinds: [(SmallStudyRegression.Predictor, HeterogeneityEstimator, MetaRegression.Test)] = [
            (.standardError, .reml, .wald), (.standardError, .fixed, .knappHartung),
            (.variance, .fixed, .knappHartung),
        ]
        for imputation in 0..<imputations {
            for (n, kind) in kinds.enumerated() {
                guard
                    let fit = try? SmallStudyRegression(
                        effects: studies.map { $0.effects[imputation] },
                        variances: studies.map { $0.variances[imputation] }, design: design.matrix,
                        predictor: kind.0, estimator: kind.1, test: kind.2
                    ).model, fit.residualDegreesOfFreedom > 0
                else { return nil }
                fits[n].append(fit)
            }
        }
        func pooled(_ fits: [MetaRegression]) -> PooledEstimates {
            PooledEstimates(coefficients: fits.map(\.coefficients), covariances: fits.map(\.covariance))
        }
        let egger = pooled(fits[0])
        asymmetry = egger.coefficient(design.matrix.columns)
        limit = egger.contrast(row)
        let df = Double(fits[1][0].residualDegreesOfFreedom)
        func byT(_ pooled: PooledEstimates) -> Estimate {
            var estimate = pooled.contrast(row)
            // Rubin's degrees of freedom where much was imputed; never more than without imputation.
            let rubin = imputations > 1 ? pooled.missingInformation(contrast: row).degreesOfFreedom : .infinity
            estimate.degreesOfFreedom = min(df, rubin)
            return estimate
        }
        pet = byT(pooled(fits[1]))
        peese = byT(pooled(fits[2]))
        self.studies = studies.count
    }
}
