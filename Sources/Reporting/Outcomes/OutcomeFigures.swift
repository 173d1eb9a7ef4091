import Appraisal
import Evidence
package import Figures
import Statistics
package import Synthesis

/// The pictures of an outcome, by the names of their files.
package struct OutcomeFigures {
    let finding: OutcomeFinding
    /// Unique on the page.
    let identifier: String

    package init(_ finding: OutcomeFinding, identifier: String) {
        self.finding = finding
        self.identifier = identifier
    }

    /// Beyond these a line for each would be a page of its own.
    static let mostLines = 60

    /// All that have something to show.
    var all: [(name: String, html: HTML)] {
        let parts: [(String, HTML)] = [
            ("forest", forest), ("funnel", funnel), ("groups", groups), ("baujat", baujat),
            ("leave-one-out", leaveOneOut),
            ("cumulative", cumulative), ("prior-posterior", priorPosterior),
            ("dose-response", finding.armDose == nil ? dose : arms), ("treatments", treatments),
            ("risk-of-bias", trafficLights), ("pairs", pairs), ("edges", edges), ("gosh", subsets),
        ]
        return parts.filter { !$0.1.source.isEmpty } + bubbles.map { ("bubble-\($0.name)", $0.html) }
    }

    private var words: OutcomeWords { OutcomeWords(finding) }
    private var pooled: PooledOutcome { finding.pooled }
    private var level: Double { finding.settings.level }

    /// The axis of effects: places are pooled values, ticks are read.
    var axis: EffectAxis {
        switch finding.scale.measure.scale {
        case .plain: EffectAxis(name: finding.scale.axisName)
        case .exponential: EffectAxis(name: finding.scale.displayName, scale: .exponential)
        case .fisher: EffectAxis(name: finding.scale.displayName, scale: .correlation)
        case .logistic: EffectAxis(name: finding.scale.displayName, scale: .proportion)
        }
    }

    private var null: Double? { finding.scale.measure.hasNullValue ? 0 : nil }

    private func id(_ name: String) -> String { "\(identifier)-\(name)" }

    // MARK: - Forest

    /// A line per effect; of very many a caterpillar.
    var forest: HTML {
        guard finding.effects.count > 1 else { return HTML() }
        if finding.effects.count > Self.mostLines {
            return CaterpillarPlot(
                finding.effects.map { .init(value: $0.value, interval: $0.estimate.interval(level: level)) },
                pooled: .init(value: pooled.estimate.value, interval: pooled.interval), prediction: pooled.prediction,
                axis: axis, null: null, identifier: id("forest"),
                description: "\(finding.effects.count) effects in order of size; \(words.estimate)."
            ).html
        }
        return EffectForest(
            forestRows, axis: axis, heads: ("Study", finding.participants == nil ? "" : "n"), null: null,
            note: heterogeneity, interval: "\(words.level) CI", identifier: id("forest"),
            description: "Forest plot of \(words.material); \(words.estimate). The same numbers are in effects.tsv."
        ).html
    }

    private var heterogeneity: String {
        let q = pooled.heterogeneity
        guard q.degreesOfFreedom > 0 else { return "" }
        return "τ² = \(PrettyNumber.fixed(pooled.tau2, 3)), I² = \(PrettyNumber.fixed(100 * pooled.i2, 0)) %, "
            + "Q(\(PrettyNumber.fixed(q.degreesOfFreedom, 0))) = \(PrettyNumber.fixed(q.statistic, 1)), "
            + "\(OutcomeWords.pEquals(q.pValue))"
    }

    private func row(_ n: Int) -> EffectForest.Row {
        let effect = finding.effects[n]
        return EffectForest.Row(
            effect.isWholeBrain ? .open : .effect, effect.label + (effect.isWholeBrain ? " (whole brain)" : ""),
            detail: effect.participants.map(PrettyNumber.count) ?? "", value: effect.value,
            interval: effect.estimate.interval(level: level),
            weight: n < pooled.weights.count ? pooled.weights[n] : nil)
    }

    private var forestRows: [EffectForest.Row] {
        var rows: [EffectForest.Row] = []
        if let subgroups = finding.subgroups {
            for group in subgroups.groups {
                rows.append(.init(.heading, "\(subgroups.column): \(group.name)"))
                rows += group.members.map(row)
                if group.members.count > 1 {
                    rows.append(.init(.subtotal, "mean", value: group.estimate.value, interval: group.interval))
                }
                rows.append(.init(.gap, ""))
            }
            let grouped = Set(subgroups.groups.flatMap(\.members))
            rows += finding.effects.indices.filter { !grouped.contains($0) }.map(row)
        } else {
            rows = finding.effects.indices.map(row)
        }
        rows.append(
            .init(
                .pooled, "Pooled", detail: finding.participants.map(PrettyNumber.count) ?? "",
                value: pooled.estimate.value, interval: pooled.interval))
        if let prediction = pooled.prediction {
            rows.append(
                .init(
                    .prediction, "A new study (\(words.level) prediction interval)", value: pooled.estimate.value,
                    interval: prediction))
        }
        return rows
    }

    // MARK: - Bias

    var funnel: HTML {
        guard finding.scale.measure.hasNullValue, finding.effects.count > 2 else { return HTML() }
        let points =
            finding.effects.map { EffectFunnel.Point(effect: $0.value, error: $0.standardError) }
            + finding.bias.filled.map { EffectFunnel.Point(effect: $0.effect, error: $0.error, isFilled: true) }
        return EffectFunnel(
            points, centre: pooled.estimate.value, egger: finding.bias.egger.map { ($0.limit, $0.slope) }, axis: axis,
            identifier: id("funnel"),
            description: "Funnel plot of \(words.material): effects against standard errors."
        ).html
    }

    /// Where the table judges its studies.
    var trafficLights: HTML {
        guard let risk = finding.risk, risk.studies.count <= Self.mostLines else { return HTML() }
        let plot = RiskLights(risk: risk).plot
        return TrafficLightPlot(plot.studies, domains: plot.domains, identifier: id("risk")).html
    }

    // MARK: - Groups and moderators

    var groups: HTML {
        guard let subgroups = finding.subgroups else { return HTML() }
        let rows =
            subgroups.groups.map { group in
                EffectForest.Row(
                    .step, group.name,
                    detail: group.members.count == group.studies
                        ? "\(group.studies)" : "\(group.members.count) of \(group.studies)",
                    value: group.estimate.value, interval: group.interval)
            } + [.init(.pooled, "All", value: pooled.estimate.value, interval: pooled.interval)]
        return EffectForest(
            rows, axis: axis, heads: (subgroups.column, "studies"), null: null, interval: "\(words.level) CI",
            identifier: id("groups"),
            description: "Means of \(subgroups.groups.count) groups by \(subgroups.column)."
        ).html
    }

    /// One for each numeric moderator.
    var bubbles: [(name: String, html: HTML)] {
        finding.moderators.enumerated().compactMap { number, moderator in
            guard !moderator.line.isEmpty, let name = moderator.columns.first else { return nil }
            let bubbles = zip(moderator.design.rows, moderator.values).map { n, at in
                EffectCurve.Bubble(
                    at: at, value: finding.effects[n].value, weight: 1 / (finding.effects[n].variance + moderator.tau2))
            }
            let html = EffectCurve(
                bubbles, curves: [Self.curve("linear", moderator.line)], amount: name, effect: finding.scale.axisName,
                identifier: id("bubble-\(number)"),
                description: "Effects against \(name), with the fitted line and its \(words.level) band."
            ).html
            return html.source.isEmpty ? nil : (ModelFindings.folderName(name), html)
        }
    }

    var dose: HTML {
        guard let dose = finding.dose, !dose.curves.isEmpty else { return HTML() }
        let bubbles = zip(dose.members, dose.values).map { n, at in
            EffectCurve.Bubble(at: at, value: finding.effects[n].value, weight: 1 / finding.effects[n].variance)
        }
        return EffectCurve(
            bubbles, curves: dose.curves.map { Self.curve($0.name, $0.points) }, amount: dose.column,
            effect: finding.scale.axisName, identifier: id("dose"),
            description:
                "Effects against \(dose.column), with \(dose.curves.map(\.name).joined(separator: ", ")) curves."
        ).html
    }

    /// Contrasts of arms and curves within studies, all against the lowest dose.
    var arms: HTML {
        guard let dose = finding.armDose, let first = dose.curves.first else { return HTML() }
        // A study whose reference had some dose stands where the line puts that dose.
        func height(_ at: Double) -> Double {
            first.points.min { abs($0.at - at) < abs($1.at - at) }?.value ?? 0
        }
        let bubbles = dose.contrasts.map {
            EffectCurve.Bubble(at: $0.dose, value: $0.value + height($0.reference), weight: 1 / $0.variance)
        }
        return EffectCurve(
            bubbles, curves: dose.curves.map { Self.curve($0.name, $0.points) }, amount: dose.column,
            effect: finding.scale.axisName, identifier: id("dose"),
            description: "\(dose.contrasts.count) contrasts of \(dose.studies) studies against \(dose.column), with "
                + "\(dose.curves.map(\.name).joined(separator: ", ")) curves."
        ).html
    }

    /// Every treatment against the reference.
    var treatments: HTML {
        guard let network = finding.network else { return HTML() }
        let rows = network.treatments.compactMap { treatment in
            treatment.estimate.map {
                EffectForest.Row(
                    .step, treatment.name, detail: "\(treatment.studies)", value: $0.value,
                    interval: $0.interval(level: level))
            }
        }
        return EffectForest(
            rows, axis: axis, heads: ("Against \(network.reference)", "studies"), null: null,
            interval: "\(words.level) CI", identifier: id("treatments"),
            description: "\(rows.count) treatments against \(network.reference), directly and through others."
        ).html
    }

    private static func curve(_ name: String, _ points: [LinePoint]) -> EffectCurve.Curve {
        EffectCurve.Curve(name: name, points: points.map { ($0.at, $0.value, $0.interval) })
    }

    // MARK: - What it hangs on

    var leaveOneOut: HTML {
        let omissions = finding.influence.omissions
        guard omissions.count > 2, omissions.count <= Self.mostLines else { return HTML() }
        let rows = omissions.map {
            EffectForest.Row(
                .step, "without \($0.study)", value: $0.estimate.value, interval: $0.estimate.interval(level: level))
        }
        return EffectForest(
            rows + [.init(.pooled, "All", value: words.basis.value, interval: words.basisInterval)], axis: axis,
            heads: ("Left out", ""), null: null, interval: "\(words.level) CI", identifier: id("leave-one-out"),
            description: "The mean without each of \(omissions.count) studies."
        ).html
    }

    var cumulative: HTML {
        let steps = finding.influence.cumulative
        guard steps.count > 1 else { return HTML() }
        // Of very many the last of each year.
        let shown =
            steps.count <= Self.mostLines
            ? steps
            : steps.enumerated().filter { $0.offset == steps.count - 1 || steps[$0.offset + 1].year != $0.element.year }
                .map(\.element)
        guard shown.count <= Self.mostLines else { return HTML() }
        let rows = shown.map {
            EffectForest.Row(
                .step, steps.count == shown.count ? "+ \($0.study)" : "up to \($0.year)", detail: String($0.year),
                value: $0.estimate.value, interval: $0.estimate.interval(level: level))
        }
        return EffectForest(
            rows, axis: axis, heads: ("With one more study", "year"), null: null, interval: "\(words.level) CI",
            identifier: id("cumulative"),
            description: "The mean after each of \(steps.count) studies, by year."
        ).html
    }

    var baujat: HTML {
        let points = finding.influence.omissions.map {
            BaujatPoint(
                id: $0.study, source: .map, heterogeneity: $0.baujatHeterogeneity, influence: $0.baujatInfluence)
        }
        return BaujatPlot(points, identifier: id("baujat")).html
    }

    /// Pooled pairs of regions; framed where the false discovery rate is below 1 − level.
    var pairs: HTML {
        guard let found = finding.pairs else { return HTML() }
        let cells = found.pairs.pairs.map { pair in
            ConnectivityMatrixPlot.Cell(
                row: pair.first, column: pair.second, value: pair.estimate.value,
                isSignificant: pair.falseDiscovery <= 1 - level)
        }
        return ConnectivityMatrixPlot(
            regions: found.pairs.regions, cells: cells, unit: finding.scale.axisName, identifier: id("pairs")
        ).html
    }

    /// Pairs whose regions have a place, as lines on the brain.
    package var edges: HTML {
        guard let found = finding.pairs, !finding.places.isEmpty else { return HTML() }
        let edges = found.pairs.pairs.map { pair in
            BrainEdgesPlot.Edge(
                first: pair.first, second: pair.second, value: pair.estimate.value,
                isSignificant: pair.falseDiscovery <= 1 - level)
        }
        return BrainEdgesPlot(
            found.pairs.regions.map { (name: $0, place: finding.places[$0]) }, edges: edges,
            unit: finding.scale.axisName, identifier: id("edges")
        ).html
    }

    /// The means of subsets of the studies (GOSH).
    var subsets: HTML {
        guard let subsets = finding.influence.subsets else { return HTML() }
        return SubsetPlot(
            subsets.subsets.map { (effect: $0.effect, i2: $0.i2) }, axis: axis, identifier: id("gosh")
        ).html
    }

    var priorPosterior: HTML {
        guard let posterior = finding.posterior else { return HTML() }
        return PriorPosteriorPlot(
            posterior.densities.map { .init(at: $0.at, prior: $0.prior, posterior: $0.posterior) },
            smallest: finding.settings.smallestEffect.map { finding.scale.pooled($0) }, axis: axis,
            identifier: id("prior-posterior"),
            description:
                "Prior and posterior density of the mean: \(words.number(posterior.mean)) (\(words.range(posterior.interval)))."
        ).html
    }
}
