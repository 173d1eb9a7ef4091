import Cuneus

/// The region-level results of a project: `outcomes.tsv`, pooled as the plan asks.
struct ProjectOutcomes {
    private(set) var findings: [OutcomeFinding]
    let notices: [Notice]
    private let table: OutcomeTable
    private let plans: [OutcomePlan]

    /// nil where the project has no such table.
    ///
    /// - Throws: ``InputError`` with every row that cannot be used.
    init?(_ project: Project) throws(InputError) {
        guard let path = project.outcomesFile else { return nil }
        table = try OutcomeTableReader().read(path)
        plans = project.outcomes.isEmpty ? table.outcomes.map { OutcomePlan(name: $0) } : project.outcomes
        let synthesis = try TableSynthesis(table, plans: plans)
        findings = synthesis.findings
        notices = synthesis.notices
    }

    /// Adds what whole-brain experiments measured at the regions that outcomes name.
    mutating func addWholeBrain(_ models: [ModelFindings]) throws(InputError) {
        var extra: [String: [SynthesisEffect]] = [:]
        for (plan, finding) in zip(plans, findings) {
            let effects = WholeBrainEffects.of(plan, measure: finding.scale.measure, in: models)
            if !effects.isEmpty { extra[plan.name] = effects }
        }
        guard !extra.isEmpty else { return }
        findings = try TableSynthesis(table, plans: plans, extra: extra).findings
    }

    /// What is wrong with the table, and what the reader says of it.
    static func notices(_ project: Project) -> [Notice] {
        do throws(InputError) {
            return try ProjectOutcomes(project)?.notices ?? []
        } catch {
            return error.notices(code: "outcomes")
        }
    }
}
