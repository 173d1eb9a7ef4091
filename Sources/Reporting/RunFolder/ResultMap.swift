public import Evidence
public import Imaging
public import SeedBasedMapping
import Statistics

/// One of a model's maps as it is written: its file name, what it holds, and how a viewer should read it.
public struct ResultMap: Sendable {
    /// File name without `.nii.gz`.
    public var name: String
    public var description: String
    public var units: String
    /// NIfTI intent.
    public var intent: Intent
    /// Value outside the mask.
    public var background: Float
    /// One value per mask voxel.
    public var values: [Float]
    /// Further entries of the sidecar.
    public var details: [String: String] = [:]

    /// All maps of a model, in the order they are written.
    public static func all(_ maps: PooledMaps, measure: EffectMeasure = .change) -> [ResultMap] {
        func p(sign: Float) -> [Float] { maps.z.map { Float(Normal.upperTail(Double(sign * $0))) } }
        let effect = measure == .correlation ? "Fisher's z" : "g"
        let units = measure == .correlation ? "Fisher's z (artanh r)" : "standardised mean difference"
        return effects(maps, measure) + [
            ResultMap(
                name: "se", description: "Standard error of \(effect), imputation variance included",
                units: units, intent: .estimate("se"), background: 0, values: maps.se),
            ResultMap(
                name: "z", description: "\(effect) divided by its standard error", units: "z", intent: .zScore,
                background: 0,
                values: maps.z),
            ResultMap(
                name: "p", description: "Uncorrected one-tailed p of an effect above zero (normal)",
                units: "probability",
                intent: .pValue, background: 1, values: p(sign: 1)),
            // The same values under the name of its twin, for those who read both tails.
            ResultMap(
                name: "p_tail-positive", description: "Uncorrected one-tailed p of an effect above zero (normal)",
                units: "probability", intent: .pValue, background: 1, values: p(sign: 1)),
            ResultMap(
                name: "p_tail-negative", description: "Uncorrected one-tailed p of an effect below zero (normal)",
                units: "probability", intent: .pValue, background: 1, values: p(sign: -1)),
            ResultMap(
                name: "tau2", description: "Between-study variance of \(effect)", units: "squared \(units)",
                intent: .estimate("tau2"), background: 0, values: maps.tau2),
            ResultMap(
                name: "I2", description: "Share of the variation between studies that is due to heterogeneity",
                units: "percent", intent: .estimate("I2"), background: 0, values: maps.i2),
            ResultMap(
                name: "H2", description: "Heterogeneity H squared", units: "ratio", intent: .estimate("H2"),
                background: 0,
                values: maps.h2),
            ResultMap(
                name: "Q", description: "Cochran's Q, pooled over imputations", units: "chi-squared",
                intent: .estimate("Q"),
                background: 0, values: maps.q),
            ResultMap(
                name: "fmi", description: "Fraction of missing information about g: how much of it rests on imputation",
                units: "share", intent: .estimate("fmi"), background: 0, values: maps.fmi),
        ]
    }

    /// Hedges' g; or Fisher's z with the correlation it stands for.
    private static func effects(_ maps: PooledMaps, _ measure: EffectMeasure) -> [ResultMap] {
        let name = effectName(measure)
        switch measure {
        case .change:
            return [
                ResultMap(
                    name: name, description: "Pooled effect size, Hedges' g", units: "standardised mean difference",
                    intent: .estimate("g"), background: 0, values: maps.g)
            ]
        case .correlation:
            return [
                ResultMap(
                    name: "fisherz", description: "Pooled correlation as Fisher's z", units: "Fisher's z (artanh r)",
                    intent: .estimate("Fisher's z"), background: 0, values: maps.g),
                ResultMap(
                    name: name, description: "Pooled correlation, from Fisher's z", units: "correlation coefficient",
                    intent: .estimate("r"), background: 0,
                    values: maps.g.map { Float(FisherZ.r(fromZ: Double($0))) }),
            ]
        }
    }

    /// The map of the effect as it is read.
    static func effectName(_ measure: EffectMeasure) -> String { measure.symbol }

    /// The text file beside the map.
    func sidecar(software: String) -> [String: String] {
        [
            "Description": description, "Units": units,
            "OutsideMask": NumberText.shortest(Double(background)),
            "Missing": "NaN where no experiment has a value", "GeneratedBy": software,
        ].merging(details) { own, _ in own }
    }
}
