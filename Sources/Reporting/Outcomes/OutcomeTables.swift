import Evidence
import Statistics
package import Synthesis

/// The tables of an outcome's folder (Docs/pool.md lists the columns): effects, what was pooled, groups and moderators,
/// tests of bias, influence, and the numbers in words.
///
/// Estimates are on the scale that is pooled; columns `shown…` bring them to the one that is read. All read into R
/// (`read.delim`) and pandas (`read_csv(sep="\t")`) without options.
package struct OutcomeTables {
    let finding: OutcomeFinding

    package init(_ finding: OutcomeFinding) { self.finding = finding }

    /// By file name, in the order of a reader.
    package var all: [(name: String, table: TextTable)] {
        var tables = [("effects.tsv", effects), ("pooled.tsv", pooled)]
        if finding.subgroups != nil { tables.append(("subgroups.tsv", subgroups)) }
        if !finding.moderators.isEmpty { tables.append(("moderators.tsv", moderators)) }
        if finding.pairs != nil { tables.append(("pairs.tsv", pairs)) }
        if finding.dose != nil { tables.append(("dose.tsv", dose)) }
        if let arms = finding.armDose {
            tables.append(("arms.tsv", ArmDoseTable(arms, scale: scale, level: level).table))
        }
        if let network = finding.network {
            let made = NetworkTables(network, scale: scale, level: level)
            tables += [("treatments.tsv", made.treatments), ("comparisons.tsv", made.comparisons)]
        }
        if !finding.bias.rows.isEmpty { tables.append(("bias.tsv", bias)) }
        if !finding.plausibility.isEmpty { tables.append(("plausibility.tsv", plausibility)) }
        if !finding.influence.omissions.isEmpty { tables.append(("influence.tsv", influence)) }
        if !finding.influence.dropped.isEmpty { tables.append(("dropped.tsv", dropped)) }
        if finding.influence.subsets != nil { tables.append(("gosh.tsv", subsets)) }
        if !finding.influence.cumulative.isEmpty { tables.append(("cumulative.tsv", cumulative)) }
        if finding.posterior != nil { tables.append(("posterior.tsv", posterior)) }
        if finding.monitoring != nil { tables.append(("monitoring.tsv", monitoring)) }
        tables.append(("words.tsv", words))
        tables.append(("withheld.tsv", withheld))
        return tables.filter { !$0.1.rows.isEmpty }
    }

    private var scale: OutcomeScale { finding.scale }
    private var level: Double { finding.settings.level }

    private func shown(_ value: Double?) -> String {
        OutcomeCell.number(value.map { scale.shown($0) })
    }

    // MARK: - Effects

    private var effects: TextTable {
        let columns =
            finding.settings.moderators + [finding.settings.subgroup, finding.settings.dose].compactMap { $0 }
            + finding.settings.comparedColumns
        var named: [String] = []
        let own: Set<String> = ["effect", "study", "sample", "yi", "vi", "sei", "n", "year", "weight"]
        for column in columns where !named.contains(column) && !own.contains(column) { named.append(column) }
        var table = TextTable(
            header: [
                "effect", "study", "sample", "measure", "origin", "yi", "vi", "sei", "ci_low", "ci_high", "shown",
                "shown_low", "shown_high", "n", "year", "weight", "whole_brain", "line",
            ] + named)
        for (n, effect) in finding.effects.enumerated() {
            let interval = effect.estimate.interval(level: level)
            let weight = n < finding.pooled.weights.count ? finding.pooled.weights[n] : nil
            var cells: [String] = [
                OutcomeCell.text(effect.label), OutcomeCell.text(effect.study), OutcomeCell.text(effect.sample),
                (effect.measure ?? scale.measure).rawValue, OutcomeCell.text(effect.origin),
            ]
            let numbers: [Double] = [
                effect.value, effect.variance, effect.standardError, interval.lower, interval.upper,
                scale.shown(effect.value), scale.shown(interval.lower), scale.shown(interval.upper),
            ]
            cells += numbers.map { OutcomeCell.number($0) }
            cells += [OutcomeCell.count(effect.participants), OutcomeCell.count(effect.year)]
            cells += [OutcomeCell.number(weight), OutcomeCell.flag(effect.isWholeBrain)]
            cells.append(OutcomeCell.count(effect.source?.line))
            cells += named.map { OutcomeCell.text(effect.group($0)) }
            table.rows.append(cells)
        }
        return table
    }

    // MARK: - Pooled

    private static let pooledHeader = [
        "model", "effects", "studies", "estimate", "se", "df", "statistic", "p", "ci_low", "ci_high", "shown",
        "shown_low",
        "shown_high", "pi_low", "pi_high", "shown_pi_low", "shown_pi_high", "tau2", "tau2_low", "tau2_high", "tau",
        "I2", "I2_low", "I2_high", "H2", "Q", "Q_df", "Q_p",
    ]

    private var pooled: TextTable {
        let pooled = finding.pooled
        var table = TextTable(header: Self.pooledHeader)
        table.rows.append(
            row(
                pooled.model, pooled.estimate, pooled.interval, prediction: pooled.prediction, tau2: pooled.tau2,
                rest: [
                    OutcomeCell.number(pooled.tau2Interval?.lower), OutcomeCell.number(pooled.tau2Interval?.upper),
                    OutcomeCell.number(pooled.tau2.squareRoot()), OutcomeCell.number(100 * pooled.i2),
                    OutcomeCell.number(pooled.i2Interval.map { 100 * $0.lower }),
                    OutcomeCell.number(pooled.i2Interval.map { 100 * $0.upper }), OutcomeCell.number(pooled.h2),
                    OutcomeCell.number(pooled.heterogeneity.statistic),
                    OutcomeCell.degrees(pooled.heterogeneity.degreesOfFreedom),
                    OutcomeCell.number(pooled.heterogeneity.pValue),
                ]))
        for component in pooled.components where pooled.components.count > 1 {
            var row = Array(repeating: OutcomeCell.missing, count: Self.pooledHeader.count)
            row[0] = "of it: \(component.name)"
            row[1] = OutcomeCell.count(finding.effects.count)
            row[2] = OutcomeCell.count(component.groups)
            row[17] = OutcomeCell.number(component.variance)
            row[18] = OutcomeCell.number(component.interval?.lower)
            row[19] = OutcomeCell.number(component.interval?.upper)
            row[20] = OutcomeCell.number(component.variance.squareRoot())
            table.rows.append(row)
        }
        if let low = finding.risk?.lowOnly {
            table.rows.append(
                row(
                    "low risk of bias only (\(finding.risk?.low ?? 0) studies)", low, low.interval(level: level),
                    prediction: nil, tau2: .nan, rest: Self.unknown(.nan)))
        }
        for other in finding.alternatives {
            let prediction: Interval? = nil
            table.rows.append(
                row(
                    other.name, other.estimate, other.estimate.interval(level: level), prediction: prediction,
                    tau2: other.tau2,
                    rest: Self.unknown(other.tau2)))
        }
        return table
    }

    /// Of a mean by another rule only τ² is told.
    private static func unknown(_ tau2: Double) -> [String] {
        var cells = Array(repeating: OutcomeCell.missing, count: 10)
        cells[2] = OutcomeCell.number(tau2.squareRoot())
        return cells
    }

    private func row(
        _ model: String, _ estimate: Estimate, _ interval: Interval, prediction: Interval?, tau2: Double, rest: [String]
    ) -> [String] {
        var cells: [String] = [
            OutcomeCell.text(model), OutcomeCell.count(finding.effects.count), OutcomeCell.count(finding.studies),
            OutcomeCell.number(estimate.value), OutcomeCell.number(estimate.standardError),
            OutcomeCell.degrees(estimate.degreesOfFreedom),
        ]
        let numbers: [Double] = [
            estimate.statistic, estimate.pValue, interval.lower, interval.upper, scale.shown(estimate.value),
            scale.shown(interval.lower), scale.shown(interval.upper),
        ]
        cells += numbers.map { OutcomeCell.number($0) }
        cells += [OutcomeCell.number(prediction?.lower), OutcomeCell.number(prediction?.upper)]
        cells += [shown(prediction?.lower), shown(prediction?.upper), OutcomeCell.number(tau2)]
        return cells + rest
    }

    // MARK: - Groups and moderators

    private var subgroups: TextTable {
        var table = TextTable(
            header: [
                "column", "group", "effects", "studies", "estimate", "se", "df", "p", "ci_low", "ci_high", "shown",
                "shown_low", "shown_high", "pi_low", "pi_high", "between_statistic", "between_df", "between_df2",
                "between_p",
            ])
        guard let found = finding.subgroups else { return table }
        let between = found.between
        for group in found.groups {
            table.rows.append(
                [
                    OutcomeCell.text(found.column), OutcomeCell.text(group.name),
                    OutcomeCell.count(group.members.count),
                    OutcomeCell.count(group.studies), OutcomeCell.number(group.estimate.value),
                    OutcomeCell.number(group.estimate.standardError),
                    OutcomeCell.degrees(group.estimate.degreesOfFreedom), OutcomeCell.number(group.estimate.pValue),
                    OutcomeCell.number(group.interval.lower), OutcomeCell.number(group.interval.upper),
                    shown(group.estimate.value), shown(group.interval.lower), shown(group.interval.upper),
                    OutcomeCell.number(group.prediction?.lower), OutcomeCell.number(group.prediction?.upper),
                    OutcomeCell.number(between.statistic), OutcomeCell.degrees(between.degreesOfFreedom),
                    OutcomeCell.degrees(between.denominator), OutcomeCell.number(between.pValue),
                ])
        }
        return table
    }

    private var moderators: TextTable {
        var table = TextTable(
            header: [
                "regression", "term", "estimate", "se", "df", "statistic", "p", "ci_low", "ci_high", "effects", "tau2",
                "R2", "test_statistic", "test_df", "test_df2", "test_p", "permutation_p", "permutation_test_p",
                "permutations",
            ])
        for moderator in finding.moderators {
            let permuted = moderator.permutation
            for (n, coefficient) in moderator.coefficients.enumerated() {
                let estimate = coefficient.estimate
                // The order of the studies says nothing of the intercept.
                let ownP = n > 0 && n < (permuted?.pValues.count ?? 0) ? permuted?.pValues[n] : nil
                table.rows.append(
                    [
                        OutcomeCell.text(moderator.columns.joined(separator: " + ")),
                        OutcomeCell.text(coefficient.name),
                        OutcomeCell.number(estimate.value), OutcomeCell.number(estimate.standardError),
                        OutcomeCell.degrees(estimate.degreesOfFreedom), OutcomeCell.number(estimate.statistic),
                        OutcomeCell.number(estimate.pValue), OutcomeCell.number(coefficient.interval.lower),
                        OutcomeCell.number(coefficient.interval.upper), OutcomeCell.count(moderator.design.rows.count),
                        OutcomeCell.number(moderator.tau2), OutcomeCell.number(moderator.explained),
                        OutcomeCell.number(moderator.test.statistic),
                        OutcomeCell.degrees(moderator.test.degreesOfFreedom),
                        OutcomeCell.degrees(moderator.test.denominator), OutcomeCell.number(moderator.test.pValue),
                        OutcomeCell.number(ownP), OutcomeCell.number(permuted?.moderators),
                        OutcomeCell.count(permuted?.permutations),
                    ])
            }
        }
        return table
    }

    private var dose: TextTable {
        var table = TextTable(header: ["curve", "dose", "estimate", "ci_low", "ci_high", "shown", "test_p", "bend_p"])
        for curve in finding.dose?.curves ?? [] {
            for point in curve.points {
                table.rows.append(
                    [
                        curve.name, OutcomeCell.number(point.at), OutcomeCell.number(point.value),
                        OutcomeCell.number(point.interval.lower), OutcomeCell.number(point.interval.upper),
                        shown(point.value), OutcomeCell.number(curve.test.pValue),
                        OutcomeCell.number(curve.bend?.pValue),
                    ])
            }
        }
        return table
    }

    // MARK: - Doubt

    private var bias: TextTable {
        var table = TextTable(
            header: [
                "method", "kind", "quantity", "value", "ci_low", "ci_high", "statistic", "df", "p", "of", "note",
            ])
        for row in finding.bias.rows {
            table.rows.append(
                [
                    OutcomeCell.text(row.method), row.kind.rawValue, OutcomeCell.text(row.quantity),
                    OutcomeCell.number(row.value), OutcomeCell.number(row.interval?.lower),
                    OutcomeCell.number(row.interval?.upper), OutcomeCell.number(row.statistic),
                    OutcomeCell.degrees(row.degreesOfFreedom), OutcomeCell.number(row.pValue),
                    OutcomeCell.text(finding.bias.basis), OutcomeCell.text(row.note),
                ])
        }
        return table
    }

    /// A row per mean that was tested.
    private var plausibility: TextTable {
        var table = TextTable(
            header: [
                "study", "sample", "group", "mean", "sd", "n", "items", "scale_min", "scale_max", "mean_verdict",
                "sd_verdict", "nearest_low", "nearest_high", "sd_least", "sd_most", "exact", "line",
            ])
        for one in finding.plausibility {
            let verdict = one.verdict
            var cells: [String] = [
                OutcomeCell.text(one.study), OutcomeCell.text(one.sample), one.group, OutcomeCell.number(one.mean),
                OutcomeCell.number(one.deviation),
            ]
            let counts: [Int] = [one.participants, one.scale.items, one.scale.lowest, one.scale.highest]
            cells += counts.map { OutcomeCell.count($0) }
            cells += [Self.words(verdict.mean), Self.words(verdict.deviation)]
            cells += [OutcomeCell.number(verdict.nearestMeans.first), OutcomeCell.number(verdict.nearestMeans.last)]
            cells += [
                OutcomeCell.number(verdict.deviationRange?.lower), OutcomeCell.number(verdict.deviationRange?.upper),
            ]
            table.rows.append(cells + [OutcomeCell.flag(verdict.isExact), OutcomeCell.count(one.source.line)])
        }
        return table
    }

    private static func words(_ verdict: SummaryPlausibility.Verdict) -> String {
        switch verdict {
        case .possible: "possible"
        case .impossible: "impossible"
        case .notTestable: "not testable"
        }
    }

    private var influence: TextTable {
        var table = TextTable(
            header: [
                "left_out", "estimate", "se", "df", "p", "ci_low", "ci_high", "shown", "tau2", "I2", "weight",
                "studentized_residual", "cooks_distance", "dffits", "hat", "covariance_ratio", "influential",
                "baujat_heterogeneity", "baujat_influence", "largest", "subsets_with", "subsets_without", "of",
            ])
        for one in finding.influence.omissions {
            let interval = one.estimate.interval(level: level)
            let medians = finding.influence.subsetMedians[one.study]
            table.rows.append(
                [
                    OutcomeCell.text(one.study), OutcomeCell.number(one.estimate.value),
                    OutcomeCell.number(one.estimate.standardError), OutcomeCell.degrees(one.estimate.degreesOfFreedom),
                    OutcomeCell.number(one.estimate.pValue), OutcomeCell.number(interval.lower),
                    OutcomeCell.number(interval.upper), shown(one.estimate.value), OutcomeCell.number(one.tau2),
                    OutcomeCell.number(100 * one.i2), OutcomeCell.number(one.weight), OutcomeCell.number(one.residual),
                    OutcomeCell.number(one.cooksDistance), OutcomeCell.number(one.dffits), OutcomeCell.number(one.hat),
                    OutcomeCell.number(one.covarianceRatio), OutcomeCell.flag(one.isInfluential),
                    OutcomeCell.number(one.baujatHeterogeneity), OutcomeCell.number(one.baujatInfluence),
                    OutcomeCell.flag(one.study == finding.influence.largest?.study),
                    OutcomeCell.number(medians?.with), OutcomeCell.number(medians?.without),
                    OutcomeCell.text(finding.influence.basis),
                ])
        }
        return table
    }

    /// A row per study that has gone, the most precise or the largest effect first.
    private var dropped: TextTable {
        var table = TextTable(
            header: ["first", "dropped", "last", "estimate", "se", "df", "p", "ci_low", "ci_high", "shown", "reversal"])
        for step in finding.influence.dropped {
            let interval = step.estimate.interval(level: level)
            let numbers: [String] = [
                OutcomeCell.number(step.estimate.value), OutcomeCell.number(step.estimate.standardError),
                OutcomeCell.degrees(step.estimate.degreesOfFreedom), OutcomeCell.number(step.estimate.pValue),
                OutcomeCell.number(interval.lower), OutcomeCell.number(interval.upper), shown(step.estimate.value),
            ]
            let name = step.order == .mostPrecise ? "most precise" : "largest effect"
            let isReversal = finding.influence.reversals[step.order] == step.count
            table.rows.append(
                [name, OutcomeCell.count(step.count), OutcomeCell.text(step.study)] + numbers
                    + [OutcomeCell.flag(isReversal)])
        }
        return table
    }

    /// A row per look, one a year.
    private var monitoring: TextTable {
        var table = TextTable(
            header: [
                "year", "studies", "information", "fraction", "estimate", "se", "z", "boundary", "crossed", "target",
            ])
        guard let found = finding.monitoring else { return table }
        for look in found.looks {
            var cells = [NumberText.shortest(look.key), OutcomeCell.count(look.studies)]
            let numbers: [Double?] = [
                look.information, look.fraction, look.estimate.value, look.estimate.standardError, look.z,
                look.critical,
            ]
            cells += numbers.map { OutcomeCell.number($0) }
            table.rows.append(cells + [OutcomeCell.flag(look.isCrossed), OutcomeCell.number(found.target)])
        }
        return table
    }

    /// A row per subset of the studies.
    private var subsets: TextTable {
        var table = TextTable(header: ["studies", "estimate", "shown", "tau2", "I2", "Q"])
        for subset in finding.influence.subsets?.subsets ?? [] {
            let numbers: [Double] = [
                subset.effect, scale.shown(subset.effect), subset.tau2, 100 * subset.i2, subset.q,
            ]
            table.rows.append([OutcomeCell.count(subset.studies.count)] + numbers.map { OutcomeCell.number($0) })
        }
        return table
    }

    /// A row per pair of regions.
    private var pairs: TextTable {
        var table = TextTable(
            header: [
                "region", "region2", "studies", "estimate", "se", "df", "p", "ci_low", "ci_high", "shown", "tau2", "I2",
                "Q", "Q_df", "Q_p", "p_fdr", "p_fwe", "flips",
            ])
        guard let found = finding.pairs else { return table }
        for (n, pair) in found.pairs.pairs.enumerated() {
            let interval = pair.estimate.interval(level: level)
            var cells: [String] = [
                OutcomeCell.text(found.pairs.regions[pair.first]), OutcomeCell.text(found.pairs.regions[pair.second]),
                OutcomeCell.count(pair.studies.count), OutcomeCell.number(pair.estimate.value),
                OutcomeCell.number(pair.estimate.standardError),
                OutcomeCell.degrees(pair.estimate.degreesOfFreedom), OutcomeCell.number(pair.estimate.pValue),
            ]
            let numbers: [Double] = [
                interval.lower, interval.upper, scale.shown(pair.estimate.value), pair.tau2, 100 * pair.i2,
                pair.q.statistic,
            ]
            cells += numbers.map { OutcomeCell.number($0) }
            cells += [OutcomeCell.degrees(pair.q.degreesOfFreedom), OutcomeCell.number(pair.q.pValue)]
            cells += [OutcomeCell.number(pair.falseDiscovery), OutcomeCell.number(found.familyWise[n])]
            table.rows.append(cells + [OutcomeCell.count(found.permutations)])
        }
        return table
    }

    private var cumulative: TextTable {
        var table = TextTable(
            header: ["added", "year", "studies", "estimate", "se", "ci_low", "ci_high", "shown", "tau2"])
        for (n, step) in finding.influence.cumulative.enumerated() {
            let interval = step.estimate.interval(level: level)
            table.rows.append(
                [
                    OutcomeCell.text(step.study), OutcomeCell.count(step.year), OutcomeCell.count(n + 1),
                    OutcomeCell.number(step.estimate.value), OutcomeCell.number(step.estimate.standardError),
                    OutcomeCell.number(interval.lower), OutcomeCell.number(interval.upper), shown(step.estimate.value),
                    OutcomeCell.number(step.tau2),
                ])
        }
        return table
    }

    private var posterior: TextTable {
        var table = TextTable(header: ["quantity", "value", "low", "high", "note"])
        guard let found = finding.posterior else { return table }
        func add(_ name: String, _ value: Double?, _ interval: Interval? = nil, _ note: String = "") {
            table.rows.append(
                [
                    name, OutcomeCell.number(value), OutcomeCell.number(interval?.lower),
                    OutcomeCell.number(interval?.upper), OutcomeCell.text(note),
                ])
        }
        add("mean", found.mean, found.interval, found.prior)
        add("tau", found.tauMean, found.tauInterval)
        add("new study", nil, found.prediction)
        add("Bayes factor of an effect against none", found.bayesFactor)
        add("probability that the mean is above zero", found.aboveZero)
        if let beyond = found.beyondSmallest {
            let smallest = NumberText.shortest(finding.settings.smallestEffect ?? .nan)
            add("probability that the mean is beyond the smallest effect of interest", beyond, nil, smallest)
        }
        return table
    }

    private var words: TextTable {
        var table = TextTable(header: ["quantity", "value", "low", "high", "formula"])
        for word in OutcomeEffectSize(finding).rows {
            table.rows.append(
                [
                    OutcomeCell.text(word.name), OutcomeCell.number(word.value),
                    OutcomeCell.number(word.interval?.lower),
                    OutcomeCell.number(word.interval?.upper), OutcomeCell.text(word.formula),
                ])
        }
        return table
    }

    private var withheld: TextTable {
        TextTable(
            header: ["not_given", "why"],
            rows: finding.withheld.map { [OutcomeCell.text($0.what), OutcomeCell.text($0.why)] })
    }
}
