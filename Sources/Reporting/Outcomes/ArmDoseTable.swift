import Evidence
import Statistics
import Synthesis

/// The table of curves within studies: `arms.tsv`.
struct ArmDoseTable {
    let dose: ArmDoseFinding
    let scale: OutcomeScale
    let level: Double

    init(_ dose: ArmDoseFinding, scale: OutcomeScale, level: Double) {
        self.dose = dose
        self.scale = scale
        self.level = level
    }

    /// A row per coefficient, then one per point of each curve.
    var table: TextTable {
        var table = TextTable(
            header: [
                "curve", "what", "dose", "reference", "estimate", "se", "p", "ci_low", "ci_high", "shown", "test_p",
                "bend_p", "aic",
            ])
        for curve in dose.curves {
            let tests: [String] = [
                OutcomeCell.number(curve.test.pValue), OutcomeCell.number(curve.bend?.pValue),
                OutcomeCell.number(curve.aic),
            ]
            for (name, estimate) in curve.coefficients {
                let interval = estimate.interval(level: level)
                let numbers: [Double] = [
                    estimate.value, estimate.standardError, estimate.pValue, interval.lower, interval.upper,
                ]
                table.rows.append(
                    [curve.name, "coefficient \(name)", OutcomeCell.missing, OutcomeCell.missing]
                        + numbers.map { OutcomeCell.number($0) } + [OutcomeCell.missing] + tests)
            }
            for point in curve.points {
                table.rows.append(
                    [
                        curve.name, "point", OutcomeCell.number(point.at), OutcomeCell.number(dose.reference),
                        OutcomeCell.number(point.value), OutcomeCell.missing, OutcomeCell.missing,
                        OutcomeCell.number(point.interval.lower), OutcomeCell.number(point.interval.upper),
                        OutcomeCell.number(scale.shown(point.value)),
                    ] + tests)
            }
        }
        return table
    }
}
