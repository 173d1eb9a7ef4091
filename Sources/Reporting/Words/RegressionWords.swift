import Evidence
import Inference
import SeedBasedMapping
import Statistics

/// The words for a model with covariates: the same wherever they appear.
struct RegressionWords {
    enum Kind: String {
        case coefficient, mean, prediction

        var words: String {
            switch self {
            case .coefficient: "Coefficient"
            case .mean: "Adjusted mean"
            case .prediction: "Predicted effect"
            }
        }
    }

    let regression: RegressionMaps
    let design: DesignMatrix
    private let model: ModelWords

    /// Nil for the mean of all experiments.
    init?(_ result: ModelResult) {
        guard let regression = result.regression, let design = result.design else { return nil }
        self.regression = regression
        self.design = design
        model = ModelWords(result.plan, design: design)
    }

    var isJoint: Bool { regression.chiSquare != nil }
    /// What the test may reject.
    var test: String { model.test }
    var covariates: [String] { model.covariates }

    /// What the map g holds.
    var shown: String {
        isJoint
            ? "Effect of an average experiment (covariates at their means), Hedges' g"
            : "Tested combination \(regression.tested.first?.name ?? ""), in units of Hedges' g"
    }

    /// What the map z holds.
    var statistic: String {
        isJoint
            ? "z of the p value of the joint test (Wald chi-squared, \(regression.chiSquareDF) degrees of freedom): \(test)"
            : "\(regression.tested.first?.name ?? "") divided by its standard error"
    }

    /// Everything there are maps of.
    var combinations: [(kind: Kind, combination: RegressionMaps.Combination)] {
        regression.coefficients.map { (.coefficient, $0) } + regression.adjustedMeans.map { (.mean, $0) }
            + regression.predictions.map { (.prediction, $0) }
    }

    /// A combination at a position of the mask.
    struct Value {
        var kind: Kind
        var name: String
        var estimate: Double
        var se: Double

        var z: Double { estimate / se }
        var interval: (low: Double, high: Double) {
            let reach = 1.959963984540054 * se
            return (estimate - reach, estimate + reach)
        }
        /// Two-sided.
        var p: Double { 2 * Normal.upperTail(abs(z)) }
    }

    func values(at position: Int) -> [Value] {
        combinations.map { kind, combination in
            Value(
                kind: kind, name: combination.name, estimate: Double(combination.estimate[position]),
                se: Double(combination.se[position]))
        }
    }

    /// `coefficients.tsv`: every combination at every cluster's peak.
    func table(_ clusters: [Cluster]) -> TextTable {
        TextTable(
            header: [
                "cluster", "x_mm", "y_mm", "z_mm", "kind", "name", "estimate", "se", "ci_low", "ci_high", "z",
                "p_two_sided",
            ],
            rows: clusters.enumerated().flatMap { number, cluster -> [[String]] in
                guard let peak = cluster.peaks.first else { return [] }
                return values(at: peak.position).map { value in
                    [
                        String(number + 1), NumberText.hundredths(peak.coordinate.x),
                        NumberText.hundredths(peak.coordinate.y), NumberText.hundredths(peak.coordinate.z),
                        value.kind.rawValue, value.name, NumberText.significant(value.estimate, 6),
                        NumberText.significant(value.se, 6), NumberText.significant(value.interval.low, 6),
                        NumberText.significant(value.interval.high, 6), NumberText.fixed(value.z, 3),
                        NumberText.significant(value.p),
                    ]
                }
            })
    }

    /// `design.tsv`: a row per experiment, a column per coefficient.
    var designTable: TextTable {
        TextTable(
            header: ["experiment"] + design.columns.map(\.name),
            rows: design.experiments.enumerated().map { row, name in
                [name] + design.row(row).map { NumberText.shortest($0) }
            })
    }
}
