import Cuneus

/// The region-level results of a project: `outcomes.tsv`, pooled as the plan asks.
struct ProjectOutcomes {
    let findings: [OutcomeFinding]
    let notices: [Notice]

    /// nil where the project has no such table.
    ///
    /// - Throws: ``InputError`` with every row that cannot be used.
    init?(_ project: Project) throws(InputError) {
        guard let path = project.outcomesFile else { return nil }
        let synthesis = try TableSynthesis(try OutcomeTableReader().read(path), plans: project.outcomes)
        findings = synthesis.findings
        notices = synthesis.notices
    }

    /// What is wrong with the table, and what the reader says of it.
    static func notices(_ project: Project) -> [Notice] {
        do throws(InputError) {
            return try ProjectOutcomes(project)?.notices ?? []
        } catch {
            return error.parts.map {
                Notice(.error, code: "outcomes", at: $0.location, $0.message, remedy: $0.remedy)
            }
        }
    }
}
