public import Evidence

/// A table of outcomes becomes findings: rows to effects, effects to one finding per outcome.
public struct TableSynthesis: Sendable {
    /// In the order of the plans.
    public let findings: [OutcomeFinding]
    /// What the reader and the measuring said.
    public let notices: [Notice]

    /// - Parameters:
    ///   - plans: outcomes to pool; each outcome of the table by defaults where none is given.
    ///   - extra: effects that are no rows of the table, by the name of their outcome: of whole-brain experiments at
    ///     its region.
    ///   - leavesOut: whether rows that cannot be used are left out, told, rather than refused.
    /// - Throws: ``InputError`` with every row that cannot be used, or where an outcome cannot be pooled.
    public init(
        _ table: OutcomeTable, plans: [OutcomePlan] = [], extra: [String: [SynthesisEffect]] = [:],
        leavesOut: Bool = false
    ) throws(InputError) {
        let plans = plans.isEmpty ? table.outcomes.map { OutcomePlan(name: $0) } : plans
        guard !plans.isEmpty else {
            throw InputError(at: SourceLocation(file: table.path), "has no row with a result.")
        }
        var findings: [OutcomeFinding] = []
        var notices = table.notices
        var errors = ErrorCollector()
        for plan in plans {
            errors.attempt { () throws(InputError) in
                let (finding, said) = try Self.finding(plan, table, extra[plan.name] ?? [], leavesOut: leavesOut)
                findings.append(finding)
                notices += said.filter { !notices.contains($0) }
            }
        }
        try errors.finish()
        self.findings = findings
        self.notices = notices
    }

    private static func finding(
        _ plan: OutcomePlan, _ table: OutcomeTable, _ extra: [SynthesisEffect], leavesOut: Bool
    ) throws(InputError) -> (OutcomeFinding, [Notice]) {
        let wanted = plan.outcome ?? plan.name
        let rows = table.filtered { $0.outcome == wanted }
        guard !rows.rows.isEmpty else {
            throw InputError(
                at: plan.source ?? SourceLocation(file: table.path), "no row has the outcome \"\(wanted)\".",
                remedy: Nearest.suggestion(wanted, among: table.outcomes, called: "outcomes"))
        }
        let settings = try SynthesisSettings(plan)
        if settings.hasArms { return (try ofArms(plan, rows, settings), []) }
        let measured = EffectMeasurement(rows, settings: try MeasurementSettings(plan, settings))
        let refusals = measured.errors.map { InputError(at: $0.location, $0.message, remedy: $0.remedy) }
        // Unlike measures cannot be pooled, whatever is left out.
        let isMixed = measured.errors.contains { $0.code == "measures-mixed" }
        if !leavesOut || isMixed || measured.effects.isEmpty, let error = InputError(all: refusals) { throw error }
        guard let measure = measured.measures.first else {
            throw InputError(
                at: rows.rows.first?.source, "no row of \"\(wanted)\" has the numbers of an effect.",
                remedy: "Name the columns: --columns yi=...,sei=...; cuneus pool --help lists what is understood.")
        }
        let synthesis = try OutcomeSynthesis(
            name: plan.name, question: plan.question, scale: OutcomeScale(measure),
            effects: SynthesisEffect.all(measured.effects) + extra, settings: settings)
        var finding = try synthesis.finding()
        finding.plausibility = StatedPlausibility.all(rows.rows)
        return (finding, measured.notices + finding.plausibility.compactMap(\.notice))
    }

    /// Rows that are arms: contrasts of each study's doses with its reference group, which are the effects, and curves of them.
    private static func ofArms(
        _ plan: OutcomePlan, _ rows: OutcomeTable, _ settings: SynthesisSettings
    ) throws(InputError) -> OutcomeFinding {
        guard let column = settings.dose else {
            throw InputError(
                at: plan.source ?? SourceLocation(file: rows.path), "arms need a dose.",
                remedy: "Name the column of the amounts: dose: mg (--dose mg).")
        }
        let stated = try MeasurementSettings(plan, settings).measure
        let arms = try DoseArms(rows.rows, dose: column, measure: stated)
        guard !arms.effects.isEmpty else {
            throw InputError(
                at: rows.rows.first?.source, "no study has two arms.",
                remedy: "Rows of one study must have its name in the column study.")
        }
        var finding = try OutcomeSynthesis(
            name: plan.name, question: plan.question, scale: OutcomeScale(arms.measure), effects: arms.effects,
            settings: settings
        ).finding()
        finding.armDose = ArmDoseFinding(arms, column: column, settings: settings)
        if finding.armDose != nil { finding.withheld.removeAll { $0.what == "dose–response on \(column)" } }
        for (name, why) in finding.armDose?.missing ?? [] { finding.withheld.append(Withheld("a \(name) curve", why)) }
        if !arms.alone.isEmpty {
            finding.withheld.append(
                Withheld(
                    "\(arms.alone.prefix(3).joined(separator: ", "))", "a study with one arm says nothing of a dose"))
        }
        return finding
    }
}
