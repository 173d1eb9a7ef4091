import Evidence
import Statistics
import Synthesis

/// The tables of a comparison of treatments: `treatments.tsv` and `comparisons.tsv`.
struct NetworkTables {
    let network: NetworkFinding
    let scale: OutcomeScale
    let level: Double

    init(_ network: NetworkFinding, scale: OutcomeScale, level: Double) {
        self.network = network
        self.scale = scale
        self.level = level
    }

    /// A row per treatment, against the reference.
    var treatments: TextTable {
        var table = TextTable(
            header: [
                "treatment", "reference", "studies", "estimate", "se", "p", "ci_low", "ci_high", "shown", "shown_low",
                "shown_high", "p_score", "tau2",
            ])
        for treatment in network.treatments {
            let interval = treatment.estimate?.interval(level: level)
            let numbers: [Double?] = [
                treatment.estimate?.value, treatment.estimate?.standardError, treatment.estimate?.pValue,
                interval?.lower, interval?.upper, treatment.estimate.map { scale.shown($0.value) },
                interval.map { scale.shown($0.lower) }, interval.map { scale.shown($0.upper) }, treatment.pScore,
                network.tau2,
            ]
            table.rows.append(
                [
                    OutcomeCell.text(treatment.name), OutcomeCell.text(network.reference),
                    OutcomeCell.count(treatment.studies),
                ] + numbers.map { OutcomeCell.number($0) })
        }
        return table
    }

    /// A row for every two treatments: by the network, and by the studies that compared them.
    var comparisons: TextTable {
        var table = TextTable(
            header: [
                "treatment", "comparator", "estimate", "se", "p", "ci_low", "ci_high", "shown", "direct_studies",
                "direct", "direct_se", "indirect", "indirect_se", "disagreement_p", "within_Q", "within_df",
                "between_Q", "between_df", "between_p",
            ])
        for pair in network.pairs {
            let interval = pair.estimate.interval(level: level)
            var cells: [String] = [OutcomeCell.text(pair.treatment), OutcomeCell.text(pair.comparator)]
            let numbers: [Double] = [
                pair.estimate.value, pair.estimate.standardError, pair.estimate.pValue, interval.lower, interval.upper,
                scale.shown(pair.estimate.value),
            ]
            cells += numbers.map { OutcomeCell.number($0) }
            cells += [
                OutcomeCell.count(pair.directStudies), OutcomeCell.number(pair.direct?.value),
                OutcomeCell.number(pair.direct?.standardError), OutcomeCell.number(pair.indirect?.value),
                OutcomeCell.number(pair.indirect?.standardError), OutcomeCell.number(pair.disagreement?.pValue),
            ]
            cells += [
                OutcomeCell.number(network.within.statistic), OutcomeCell.degrees(network.within.degreesOfFreedom),
                OutcomeCell.number(network.between.statistic), OutcomeCell.degrees(network.between.degreesOfFreedom),
                OutcomeCell.number(network.between.degreesOfFreedom > 0 ? network.between.pValue : nil),
            ]
            table.rows.append(cells)
        }
        return table
    }
}
