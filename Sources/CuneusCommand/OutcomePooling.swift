import Cuneus

/// A table of outcomes pooled as a plan or a command line asks: the one way of `cuneus pool` and `cuneus run`.
struct OutcomePooling {
    let planned: PlannedOutcomes
    /// In the order of ``PlannedOutcomes/plans``.
    private(set) var findings: [OutcomeFinding] = []
    /// In the order of ``PlannedOutcomes/together``.
    private(set) var together: [OutcomesTogether] = []
    private(set) var notices: [Notice] = []
    /// One for each atlas that outcomes name, and one for those that name none.
    private var parts: [Part] = []

    /// Outcomes whose regions are called by one atlas.
    private struct Part {
        var plans: [OutcomePlan]
        var regions: RegionPlaces
    }

    /// - Parameter leavesOut: whether rows that cannot be used are left out, told, rather than refused.
    /// - Throws: ``InputError`` with every row and every word that cannot be used.
    init(
        _ table: OutcomeTable, _ plans: [OutcomePlan], together sets: [TogetherPlan], leavesOut: Bool = false
    ) throws(InputError) {
        planned = try PlannedOutcomes(plans, together: sets, in: table)
        var atlases: [AtlasReference?] = []
        for plan in planned.plans where !atlases.contains(plan.atlas) { atlases.append(plan.atlas) }
        for atlas in atlases {
            let own = planned.plans.filter { $0.atlas == atlas }
            let labels = try atlas.map { atlas throws(InputError) in try Self.labels(atlas) }
            parts.append(Part(plans: own, regions: RegionPlaces(Self.rows(of: own, in: table), atlas: labels)))
        }
        try pool(leavesOut: leavesOut)
    }

    /// The table with rows of these outcomes alone; whole where it has none of one of them, so that the error can name what it has.
    private static func rows(of plans: [OutcomePlan], in table: OutcomeTable) -> OutcomeTable {
        let wanted = Set(plans.map { $0.outcome ?? $0.name })
        return wanted.isSubset(of: table.outcomes) ? table.filtered { wanted.contains($0.outcome) } : table
    }

    /// - Parameter extra: effects that are no rows of the table, by the name of their outcome.
    mutating func pool(extra: [String: [SynthesisEffect]] = [:], leavesOut: Bool = false) throws(InputError) {
        var found: [String: OutcomeFinding] = [:]
        var notices: [Notice] = []
        var errors = ErrorCollector()
        for part in parts {
            errors.attempt { () throws(InputError) in
                let synthesis = try TableSynthesis(
                    part.regions.table, plans: part.plans, extra: extra, leavesOut: leavesOut)
                for var finding in synthesis.findings {
                    if finding.pairs != nil { finding.places = part.regions.places }
                    found[finding.name] = finding
                }
                notices += synthesis.notices.filter { !notices.contains($0) }
            }
        }
        try errors.finish()
        findings = planned.plans.compactMap { found[$0.name] }
        together = []
        for joint in planned.together {
            errors.attempt { () throws(InputError) in
                together.append(try OutcomesTogether(joint.plan, joint.outcomes.compactMap { found[$0] }))
            }
        }
        try errors.finish()
        self.notices = notices
    }

    private static func labels(_ atlas: AtlasReference) throws(InputError) -> LabelAtlas {
        do throws(AtlasError) {
            return try LabelAtlas(image: atlas.image, table: atlas.labels)
        } catch {
            throw InputError(
                at: SourceLocation(file: error.file, line: error.line), "\(error.message).", remedy: error.remedy)
        }
    }
}
