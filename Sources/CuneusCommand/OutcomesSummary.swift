import Cuneus

/// What `cuneus plan` says of the region-level results of a project: which rows each outcome has, how it is pooled, and what
/// stands together. Nothing is pooled.
struct OutcomesSummary: Encodable {
    struct Outcome: Encodable {
        var name: String
        var question: String
        var rows: Int
        var studies: Int
        /// As given, by name.
        var options: [String: String]
        var atlas: String?
        var region: String?
    }

    struct Set: Encodable {
        var name: String
        var question: String
        var outcomes: [String]
        var structure: String
        /// As given, by name.
        var options: [String: String]
    }

    private(set) var outcomes: [Outcome] = []
    private(set) var together: [Set] = []
    private(set) var notices: [Notice] = []

    /// nil where the project has no table of outcomes.
    init?(_ project: Project) {
        guard let path = project.outcomesFile else { return nil }
        do throws(InputError) {
            let table = try OutcomeTableReader().read(path)
            let planned = try PlannedOutcomes(project.outcomes, together: project.together, in: table)
            var errors = ErrorCollector()
            for plan in planned.plans {
                errors.attempt { () throws(InputError) in outcomes.append(try Self.outcome(plan, table)) }
            }
            for joint in planned.together {
                errors.attempt { () throws(InputError) in together.append(try Self.set(joint)) }
            }
            try errors.finish()
        } catch {
            notices = error.notices(code: "outcomes")
        }
    }

    private static func outcome(_ plan: OutcomePlan, _ table: OutcomeTable) throws(InputError) -> Outcome {
        let settings = try SynthesisSettings(plan)
        _ = try MeasurementSettings(plan, settings)
        let wanted = plan.outcome ?? plan.name
        let rows = table.rows.filter { $0.outcome == wanted }
        guard !rows.isEmpty else {
            throw InputError(
                at: plan.source, "no row has the outcome \"\(wanted)\".",
                remedy: Nearest.suggestion(wanted, among: table.outcomes, called: "outcomes"))
        }
        return Outcome(
            name: plan.name, question: plan.question, rows: rows.count,
            studies: Swift.Set(rows.map(\.study)).count, options: words(plan.options), atlas: plan.atlas?.name,
            region: plan.region)
    }

    private static func set(_ joint: PlannedOutcomes.Joint) throws(InputError) -> Set {
        let entry = joint.plan.entry
        _ = try SynthesisSettings(entry)
        return Set(
            name: entry.name, question: entry.question, outcomes: joint.outcomes,
            structure: try OutcomesTogether.structure(joint.plan), options: words(entry.options))
    }

    private static func words(_ options: [OutcomePlan.Option]) -> [String: String] {
        Dictionary(options.map { ($0.key, $0.values.joined(separator: ", ")) }, uniquingKeysWith: { first, _ in first })
    }

    var text: String {
        var lines = ["Outcomes"]
        for outcome in outcomes {
            var parts = [
                "\(outcome.rows) row\(outcome.rows == 1 ? "" : "s") of \(outcome.studies) stud\(outcome.studies == 1 ? "y" : "ies")"
            ]
            parts += Self.words(outcome.options)
            if let atlas = outcome.atlas { parts.append("atlas \(atlas)") }
            if let region = outcome.region { parts.append("region \(region)") }
            if parts.count == 1 { parts.append("all defaults") }
            lines.append("  \(outcome.name): \(parts.joined(separator: "; "))")
            if !outcome.question.isEmpty { lines.append("      \(outcome.question)") }
        }
        for set in together {
            let parts =
                [set.outcomes.joined(separator: ", ") + " in one model", set.structure] + Self.words(set.options)
            lines.append("  \(set.name): \(parts.joined(separator: "; "))")
            if !set.question.isEmpty { lines.append("      \(set.question)") }
        }
        lines += notices.flatMap(\.lines).map { "  \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func words(_ options: [String: String]) -> [String] {
        options.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    }
}
