public import Evidence
import Statistics

/// Effects of one outcome become a finding: pooled, doubted, taken apart and put into words.
///
/// Reads as the page of the method (Docs/pool.md): one line a step.
public struct OutcomeSynthesis: Sendable {
    public let name: String
    public let question: String
    public let scale: OutcomeScale
    public let effects: [SynthesisEffect]
    public let settings: SynthesisSettings

    /// - Parameters:
    ///   - effects: of one outcome, on the scale that is pooled.
    /// - Throws: ``InputError`` where a setting names a column that no row has, or an effect has no positive variance.
    public init(
        name: String, question: String = "", scale: OutcomeScale, effects: [SynthesisEffect],
        settings: SynthesisSettings = SynthesisSettings()
    ) throws(InputError) {
        self.name = name
        self.question = question
        self.scale = scale
        self.effects = effects
        self.settings = settings
        try check()
    }

    /// - Throws: ``InputError`` where nothing can be pooled.
    public func finding() throws(InputError) -> OutcomeFinding {
        let model = OutcomeModel(effects, settings: settings)
        let pooled = try PooledOutcome(model, of: self)
        let independent = StudyMeans(effects, isMerged: model.hasDependence, correlation: settings.correlation)
        let subgroups = SubgroupFinding(model, column: settings.subgroup)
        let moderators = ModeratorFinding.all(model, columns: settings.moderators)
        // Of arms the dose is a matter within studies.
        let dose = DoseFinding(model, column: settings.hasArms ? nil : settings.dose)
        let network = NetworkFinding.read(effects, settings: settings)
        let wholeBrain = model.wholeBrainDifference
        let bias = OutcomeBias(independent, model: model, scale: scale)
        let influence = OutcomeInfluence(independent, model: model, effects: effects)
        let posterior = OutcomePosterior(independent, scale: scale, settings: settings)
        let risk = OutcomeRisk.read(effects, independent, settings: settings)
        let monitoring = OutcomeMonitoring(independent, effects: effects, scale: scale, settings: settings)
        var finding = OutcomeFinding(
            name: name, question: question, scale: scale, effects: effects, settings: settings, pooled: pooled,
            alternatives: model.alternatives, subgroups: subgroups, moderators: moderators, dose: dose,
            network: network.finding,
            pairs: scale.measure.hasNullValue ? PairFinding(effects, settings: settings) : nil, bias: bias,
            influence: influence, posterior: posterior, monitoring: monitoring, risk: risk.risk, bracket: bracketed,
            wholeBrain: wholeBrain, withheld: [])
        finding.withheld = finding.whatIsWithheld
        if let problem = network.problem { finding.withheld.append(Withheld("comparison of treatments", problem)) }
        if let problem = risk.problem { finding.withheld.append(Withheld("risk of bias", problem)) }
        return finding
    }

    /// The mean under each correlation of before and after that was assumed.
    private var bracketed: [OutcomeFinding.Bracket] {
        guard effects.contains(where: { !$0.underCorrelations.isEmpty }) else { return [] }
        let all = Set(effects.flatMap { $0.underCorrelations.map(\.correlation) }).sorted()
        return all.compactMap { r in
            let model = OutcomeModel(effects.map { $0.assuming(correlation: r) }, settings: settings)
            let rows = Array(effects.indices)
            let estimate = model.fit(rows, Matrix(rows: rows.count, columns: 1, repeating: 1))?.coefficient(0)
            return estimate.map {
                OutcomeFinding.Bracket(correlation: r, estimate: $0, interval: $0.interval(level: settings.level))
            }
        }
    }

    /// A reference that no row names would be noticed by nobody.
    private func checkReference(_ file: SourceLocation?) throws(InputError) {
        guard let reference = settings.reference, let columns = settings.compared else { return }
        let names = Set(effects.flatMap { [$0.group(columns.first), $0.group(columns.second)].compactMap { $0 } })
        guard !names.contains(reference) else { return }
        throw InputError(
            at: file, "no row has the treatment \"\(reference)\".",
            remedy: Nearest.suggestion(reference, among: names.sorted(), called: "treatments"))
    }

    private func check() throws(InputError) {
        guard !effects.isEmpty else {
            throw InputError(
                "there is no effect of the outcome \"\(name)\" to pool.",
                remedy: "Every row of it lacks numbers, or none is called so.")
        }
        for effect in effects where !(effect.value.isFinite && effect.variance.isFinite && effect.variance > 0) {
            throw InputError(
                at: effect.source,
                "the effect \(effect.label) is \(effect.value) with the variance \(effect.variance); a finite effect and a "
                    + "positive variance were expected.")
        }
        let known = Set(effects.flatMap(\.cells.keys)).sorted()
        let file = effects[0].source.map { SourceLocation(file: $0.file) }
        let named = [settings.subgroup, settings.dose, settings.crossed].compactMap { $0 } + settings.comparedColumns
        for column in named where !known.contains(column) {
            throw InputError(
                at: file, "there is no column \"\(column)\" for groups, treatments, a dose or a crossed effect.",
                remedy: Nearest.suggestion(column, among: known, called: "columns"))
        }
        try checkReference(file)
        for text in settings.moderators where !known.contains(text) {
            do throws(ModelFormulaError) {
                _ = try OutcomeDesign(effects, formula: text)
            } catch {
                throw InputError(
                    at: file, "the moderator \"\(text)\" is neither a column nor a formula that can be used: \(error).",
                    remedy: Nearest.suggestion(text, among: known, called: "columns"))
            }
        }
    }
}
