import Foundation

/// Effects from correlations.
///
/// Sources: Fisher (1921), Hedges & Olkin (1985), Aloë & Becker (2012, doi:10.3102/1076998610396901) and Aloë & Thompson
/// (2013, doi:10.1086/674134) for partial correlations.
public enum CorrelationEffects {
    /// var = (1 − r²)²/(n − 1).
    public static func correlation(_ r: Double, n: Double) -> EffectValue {
        let rest = 1 - r * r
        return EffectValue(yi: r, vi: rest * rest / (n - 1))
    }

    /// artanh r; var = 1/(n − 3), for n above 3.
    public static func fisherZ(_ r: Double, n: Double) -> EffectValue { EffectValue(yi: atanh(r), vi: 1 / (n - 3)) }

    /// r = t/√(t² + df) of a regression's t with df = n − m − 1, m predictors.
    public static func partial(fromT t: Double, degreesOfFreedom df: Double) -> Double {
        t / (t * t + df).squareRoot()
    }

    /// var = (1 − r²)²/df.
    public static func partialCorrelation(_ r: Double, degreesOfFreedom df: Double) -> EffectValue {
        let rest = 1 - r * r
        return EffectValue(yi: r, vi: rest * rest / df)
    }

    /// artanh r; var = 1/df, as `escalc` has it; with df = n − m − 1 the textbooks' 1/(n − 3 − (m − 1)) is a little larger.
    public static func partialFisherZ(_ r: Double, degreesOfFreedom df: Double) -> EffectValue {
        EffectValue(yi: atanh(r), vi: 1 / df)
    }
}
