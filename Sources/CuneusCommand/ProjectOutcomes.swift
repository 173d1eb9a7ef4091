import Cuneus

/// The region-level results of a project: `outcomes.tsv`, pooled as the plan asks.
struct ProjectOutcomes {
    private var pooling: OutcomePooling

    var findings: [OutcomeFinding] { pooling.findings }
    var together: [OutcomesTogether] { pooling.together }
    /// What is said of whole-brain experiments that join no outcome.
    private var said: [Notice] = []

    var notices: [Notice] { pooling.notices + said }

    /// nil where the project has no such table.
    ///
    /// - Throws: ``InputError`` with every row that cannot be used.
    init?(_ project: Project) throws(InputError) {
        guard let path = project.outcomesFile else { return nil }
        pooling = try OutcomePooling(
            try OutcomeTableReader().read(path), project.outcomes, together: project.together)
    }

    /// Adds what whole-brain experiments measured at the regions that outcomes name.
    mutating func addWholeBrain(_ models: [ModelFindings]) throws(InputError) {
        var extra: [String: [SynthesisEffect]] = [:]
        for (plan, finding) in zip(pooling.planned.plans, findings) {
            let effects = WholeBrainEffects.of(plan, measure: finding.scale.measure, in: models)
            if !effects.isEmpty {
                extra[plan.name] = effects
            } else if let missing = WholeBrainEffects.missing(plan, measure: finding.scale.measure, in: models) {
                said.append(missing)
            }
        }
        guard !extra.isEmpty else { return }
        try pooling.pool(extra: extra)
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
