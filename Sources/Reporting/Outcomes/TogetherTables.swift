import Evidence
import Statistics
import Synthesis

/// The tables of outcomes in one model: `together.tsv`, `correlations.tsv`, `differences.tsv`.
struct TogetherTables {
    let together: OutcomesTogether

    init(_ together: OutcomesTogether) { self.together = together }

    var all: [(name: String, table: TextTable)] {
        [("together.tsv", means), ("correlations.tsv", correlations), ("differences.tsv", differences)]
    }

    /// A row per outcome: together, by itself, and under other correlations of sampling errors.
    private var means: TextTable {
        let under = together.correlations.map { "estimate_r\(NumberText.shortest($0))" }
        var table = TextTable(
            header: [
                "outcome", "studies", "estimate", "se", "df", "p", "ci_low", "ci_high", "shown", "shown_low",
                "shown_high", "tau2", "alone", "alone_se", "correlation", "structure", "equality_F", "equality_df",
                "equality_df2", "equality_p",
            ] + under)
        for outcome in together.outcomes {
            let scale = together.scale
            var cells: [String] = [
                OutcomeCell.text(outcome.name), OutcomeCell.count(outcome.studies),
                OutcomeCell.number(outcome.estimate.value), OutcomeCell.number(outcome.estimate.standardError),
                OutcomeCell.degrees(outcome.estimate.degreesOfFreedom), OutcomeCell.number(outcome.estimate.pValue),
            ]
            let numbers: [Double] = [
                outcome.interval.lower, outcome.interval.upper, scale.shown(outcome.estimate.value),
                scale.shown(outcome.interval.lower), scale.shown(outcome.interval.upper), outcome.tau2,
                outcome.alone.value, outcome.alone.standardError, together.correlation,
            ]
            cells += numbers.map { OutcomeCell.number($0) } + [together.structure]
            cells += [
                OutcomeCell.number(together.equality.statistic),
                OutcomeCell.degrees(together.equality.degreesOfFreedom),
                OutcomeCell.degrees(together.equality.denominator), OutcomeCell.number(together.equality.pValue),
            ]
            table.rows.append(cells + outcome.under.map { OutcomeCell.number($0) })
        }
        return table
    }

    /// Of true effects between outcomes of a study.
    private var correlations: TextTable {
        var table = TextTable(header: ["outcome"] + together.outcomes.map(\.name))
        for (a, outcome) in together.outcomes.enumerated() {
            table.rows.append(
                [OutcomeCell.text(outcome.name)]
                    + together.outcomes.indices.map { OutcomeCell.number(together.trueCorrelations[a, $0]) })
        }
        return table
    }

    private var differences: TextTable {
        var table = TextTable(header: ["first", "second", "difference", "se", "df", "p", "ci_low", "ci_high"])
        for difference in together.differences {
            let interval = difference.estimate.interval(level: together.level)
            table.rows.append(
                [
                    OutcomeCell.text(difference.first), OutcomeCell.text(difference.second),
                    OutcomeCell.number(difference.estimate.value),
                    OutcomeCell.number(difference.estimate.standardError),
                    OutcomeCell.degrees(difference.estimate.degreesOfFreedom),
                    OutcomeCell.number(difference.estimate.pValue), OutcomeCell.number(interval.lower),
                    OutcomeCell.number(interval.upper),
                ])
        }
        return table
    }
}
