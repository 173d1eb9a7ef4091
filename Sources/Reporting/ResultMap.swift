public import Imaging
public import Mapping
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
    public static func all(_ maps: PooledMaps) -> [ResultMap] {
        func p(sign: Float) -> [Float] { maps.z.map { Float(Normal.upperTail(Double(sign * $0))) } }
        return [
            ResultMap(
                name: "g", description: "Pooled effect size, Hedges' g", units: "standardised mean difference",
                intent: .estimate("g"), background: 0, values: maps.g),
            ResultMap(
                name: "se", description: "Standard error of g, imputation variance included",
                units: "standardised mean difference", intent: .estimate("se"), background: 0, values: maps.se),
            ResultMap(
                name: "z", description: "g divided by its standard error", units: "z", intent: .zScore, background: 0,
                values: maps.z),
            ResultMap(
                name: "p", description: "Uncorrected one-tailed p of an effect above zero (normal)",
                units: "probability",
                intent: .pValue, background: 1, values: p(sign: 1)),
            ResultMap(
                name: "p_tail-negative", description: "Uncorrected one-tailed p of an effect below zero (normal)",
                units: "probability", intent: .pValue, background: 1, values: p(sign: -1)),
            ResultMap(
                name: "tau2", description: "Between-study variance of g", units: "squared standardised mean difference",
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

    /// The text file beside the map.
    func sidecar(software: String) -> [String: String] {
        [
            "Description": description, "Units": units,
            "OutsideMask": NumberText.shortest(Double(background)),
            "Missing": "NaN where no experiment has a value", "GeneratedBy": software,
        ].merging(details) { own, _ in own }
    }
}
