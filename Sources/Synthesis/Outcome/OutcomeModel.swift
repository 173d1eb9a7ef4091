import Evidence
import Statistics

/// Effects with the rule for their dependence: fits any design by it.
struct OutcomeModel: Sendable {
    let effects: [SynthesisEffect]
    let settings: SynthesisSettings
    /// The study of each effect; one name for studies that share a sample.
    let studies: [String]

    init(_ effects: [SynthesisEffect], settings: SynthesisSettings) {
        self.effects = effects
        studies = SampleClusters(effects).names
        self.settings = settings
    }

    /// Whether some study has several effects.
    var hasSeveralPerStudy: Bool { Set(studies).count < effects.count }

    /// The rule that holds, automatic resolved.
    var rule: SynthesisSettings.Dependence {
        guard hasSeveralPerStudy else { return .independent }
        // One study has no levels to tell apart, and a common effect has none.
        switch settings.dependence {
        case .automatic: return Set(studies).count == 1 || settings.estimator == .fixed ? .aggregate : .threeLevel
        case .threeLevel, .correlated: return Set(studies).count == 1 ? .aggregate : settings.dependence
        case .independent, .aggregate: return settings.dependence
        }
    }

    /// Whether methods that need independent effects get one mean per study.
    var hasDependence: Bool { rule != .independent || settings.crossed != nil }

    /// - Parameter rows: positions of the effects; the design's rows.
    func fit(_ rows: [Int], _ design: Matrix) -> OutcomeFit? {
        let values = rows.map { effects[$0].value }
        let variances = rows.map { effects[$0].variance }
        let count = Set(rows.map { studies[$0] }).count
        guard rows.count > design.columns || rows.count == 1 else { return nil }
        if let column = settings.crossed, rows.count > 1 {
            return OutcomeFit(
                crossed: values, variances: variances, design: design, studies: rows.map { studies[$0] },
                column: column,
                // A row without the cell has a group of its own.
                groups: rows.map { effects[$0].group(column).map { "of \($0)" } ?? "row \($0)" },
                correlation: rule == .correlated ? settings.correlation : 0, method: settings.likelihood)
        }
        switch rule {
        case .independent, .automatic:
            return independent(values, variances, design)
        case .aggregate:
            return aggregated(rows, design)
        case .threeLevel, .correlated:
            // With a study for every effect there are no levels to tell apart; with as few studies as columns nothing is
            // left to tell how far to trust them.
            guard count < rows.count else { return independent(values, variances, design) }
            guard count > design.columns else { return nil }
            return OutcomeFit(
                threeLevel: values, variances: variances, design: design,
                studies: rows.map { studies[$0] },
                correlation: rule == .correlated ? settings.correlation : 0, estimator: settings.estimator)
        }
    }

    func fit(_ design: OutcomeDesign) -> OutcomeFit? { fit(design.rows, design.matrix) }

    /// The regression of independent rows, whose order chance could have made otherwise: of effects, or of one mean per study. Nil
    /// where effects of one study stand beside each other, which cannot be exchanged one by one.
    func regression(_ design: OutcomeDesign) -> MetaRegression? {
        guard settings.crossed == nil else { return nil }
        let test = settings.estimator == .fixed ? MetaRegression.Test.wald : settings.test
        let some = design.rows.map { effects[$0] }
        let isAlone = Set(some.map(\.study)).count == some.count
        switch rule {
        case .independent, .automatic: break
        case .threeLevel, .correlated: guard isAlone else { return nil }
        case .aggregate:
            let means = StudyMeans(some, isMerged: true, correlation: settings.correlation)
            return try? MetaRegression(
                effects: means.effects, variances: means.variances, design: Self.merged(means, design.matrix),
                estimator: settings.estimator, test: test)
        }
        return try? MetaRegression(
            effects: some.map(\.value), variances: some.map(\.variance), design: design.matrix,
            estimator: settings.estimator, test: test)
    }

    /// A row per study: the mean of its rows of the design.
    private static func merged(_ means: StudyMeans, _ design: Matrix) -> Matrix {
        Matrix(
            rows: means.members.map { member in
                (0..<design.columns).map { column in
                    member.reduce(0) { $0 + design[$1, column] } / Double(member.count)
                }
            })
    }

    private func independent(_ values: [Double], _ variances: [Double], _ design: Matrix) -> OutcomeFit? {
        let isSingle = values.count == 1
        let model = try? MetaRegression(
            effects: values, variances: variances, design: design, estimator: isSingle ? .fixed : settings.estimator,
            test: isSingle || settings.estimator == .fixed ? .wald : settings.test)
        return model.map { OutcomeFit($0) }
    }

    /// One row per study: its mean, and the mean of its rows of the design.
    private func aggregated(_ rows: [Int], _ design: Matrix) -> OutcomeFit? {
        let means = StudyMeans(rows.map { effects[$0] }, isMerged: true, correlation: settings.correlation)
        let merged = Self.merged(means, design)
        guard means.effects.count > design.columns || means.effects.count == 1,
            var fit = independent(means.effects, means.variances, merged)
        else { return nil }
        // A study's share is its effects' in equal parts.
        var weights = Array(repeating: 0.0, count: rows.count)
        for (member, weight) in zip(means.members, fit.weights) {
            for n in member { weights[n] = weight / Double(member.count) }
        }
        fit.weights = weights
        return fit
    }

    /// The model in words of a methods section.
    var words: String {
        if effects.count == 1 { return "a single effect with its own error" }
        let estimator = Self.words(settings.estimator)
        // Levels are fitted by likelihood whatever the estimator of plain models is.
        let ofLevels = Self.words(settings.estimator == .maximumLikelihood ? .maximumLikelihood : .reml)
        if let column = settings.crossed {
            let within = hasSeveralPerStudy ? ", of effects within them" : ""
            return
                "random effects of studies\(within) and, across studies, of \(column) (\(ofLevels)), t distribution by the "
                + "model’s errors"
        }
        switch rule {
        case .independent, .automatic:
            if settings.estimator == .fixed { return "common effect, normal distribution" }
            let test =
                switch settings.test {
                case .wald: "normal distribution (Wald)"
                case .knappHartung: "t distribution by Knapp and Hartung"
                case .knappHartungAtLeastWald: "t distribution by Knapp and Hartung, errors at least Wald’s"
                }
            return "random effects (\(estimator)), \(test)"
        case .aggregate:
            return "one mean per study (sampling errors within a study correlated by "
                + "\(NumberText.shortest(settings.correlation))), "
                + (settings.estimator == .fixed ? "common effect" : "random effects (\(estimator))")
        case .threeLevel:
            return
                "three levels (effects within studies, \(ofLevels)), errors robust to clustering by study (CR2) with "
                + "Satterthwaite’s degrees of freedom"
        case .correlated:
            return "correlated and hierarchical effects (sampling errors within a study correlated by "
                + "\(NumberText.shortest(settings.correlation)), \(ofLevels)), errors robust to clustering by study (CR2) "
                + "with Satterthwaite’s degrees of freedom"
        }
    }

    static func words(_ estimator: HeterogeneityEstimator) -> String {
        switch estimator {
        case .fixed: "common effect"
        case .dersimonianLaird: "DerSimonian–Laird"
        case .hedges: "Hedges–Olkin"
        case .pauleMandel: "Paule–Mandel"
        case .maximumLikelihood: "maximum likelihood"
        case .reml: "restricted maximum likelihood"
        default: estimator.rawValue
        }
    }

    /// The mean by other estimators and tests: a reader sees at once whether the choice matters.
    var alternatives: [OutcomeFinding.Alternative] {
        guard effects.count > 1 else { return [] }
        // One mean per study where that is the rule; beside levels every effect by itself, and its name says so.
        let isMerged = rule == .aggregate
        let means = StudyMeans(effects, isMerged: isMerged, correlation: settings.correlation)
        let isApart = hasSeveralPerStudy && !isMerged
        guard means.effects.count > 1 else { return levelled }
        var found = levelled
        for estimator in HeterogeneityEstimator.allCases {
            for test in MetaRegression.Test.allCases {
                if estimator == .fixed, test != .wald { continue }
                if rule == .independent || isMerged, settings.crossed == nil, estimator == settings.estimator,
                    test == settings.test || estimator == .fixed
                {
                    continue
                }
                guard
                    let model = try? MetaRegression(
                        effects: means.effects, variances: means.variances, estimator: estimator, test: test)
                else { continue }
                let name = "\(estimator.rawValue), \(Self.name(test))" + (isApart ? ", effects as independent" : "")
                found.append(
                    .init(
                        name, estimate: model.coefficient(0), tau2: model.tau2, countsEffectsApart: isApart,
                        isCommonEffect: estimator == .fixed))
            }
        }
        return found
    }

    /// Of several effects per study, the same levels tested as if the model were right, and with correlated errors.
    private var levelled: [OutcomeFinding.Alternative] {
        guard hasSeveralPerStudy else { return [] }
        var found: [OutcomeFinding.Alternative] = []
        for correlation in [0, settings.correlation] {
            guard
                let pooled = try? DependentPooling(
                    effects: effects.map(\.value), variances: effects.map(\.variance), studies: studies,
                    correlation: correlation)
            else { continue }
            let tau2 = pooled.betweenStudies + pooled.withinStudies
            let levels =
                correlation == 0
                ? "three levels" : "three levels, errors correlated by \(NumberText.shortest(correlation))"
            var model = pooled.model.coefficient(0)
            model.degreesOfFreedom = .infinity
            found.append(.init("\(levels), Wald", estimate: model, tau2: tau2))
            let isChosen = settings.crossed == nil && rule == (correlation == 0 ? .threeLevel : .correlated)
            if !isChosen { found.append(.init("\(levels), CR2", estimate: pooled.estimate, tau2: tau2)) }
        }
        return found
    }

    private static func name(_ test: MetaRegression.Test) -> String {
        switch test {
        case .wald: "Wald"
        case .knappHartung: "Knapp–Hartung"
        case .knappHartungAtLeastWald: "Knapp–Hartung, at least Wald"
        }
    }

    /// Rows of whole-brain experiments against the others: their difference, tested by the model's rule.
    var wholeBrainDifference: Estimate? {
        let marks = effects.map { $0.isWholeBrain ? 1.0 : 0 }
        guard marks.contains(1), marks.contains(0) else { return nil }
        let design = Matrix(columns: [Array(repeating: 1, count: marks.count), marks])
        return fit(Array(effects.indices), design)?.coefficient(1)
    }
}
