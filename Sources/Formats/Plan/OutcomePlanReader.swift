import Evidence

/// Reads `outcomes:` of a plan.
///
///     outcomes:
///       BDNF: {question: Does BDNF rise?, measure: SMD, moderators: [year]}
///       volume: {outcome: amygdala volume, by: disorder}
enum OutcomePlanReader {
    static func list(_ node: PlanNode, at source: SourceLocation) throws(InputError) -> [OutcomePlan] {
        var plans: [OutcomePlan] = []
        for (name, body) in try node.entries(
            known: nil, of: "outcomes",
            remedy: "Write a name and a colon for each: outcomes: {BDNF: {question: Does it rise?}}.")
        {
            var plan = OutcomePlan(name: name.text.trimmingBlanks, source: name.source)
            guard !plan.name.isEmpty else { throw InputError(at: name.source, "an outcome has no name.") }
            if !body.isEmpty { try fill(&plan, from: body) }
            plans.append(plan)
        }
        guard !plans.isEmpty else {
            throw InputError(at: source, "outcomes is empty.", remedy: "Name an outcome, or remove the key.")
        }
        return plans
    }

    /// - Throws: where an outcome names a region that the plan does not have.
    static func check(_ plans: [OutcomePlan], regions: [String]) throws(InputError) {
        for plan in plans {
            guard let region = plan.region, !regions.contains(region) else { continue }
            throw InputError(
                at: plan.source, "outcome \"\(plan.name)\" names a region \"\(region)\", which the plan does not have.",
                remedy: regions.isEmpty
                    ? "Describe it under regions." : Nearest.suggestion(region, among: regions, called: "regions"))
        }
    }

    private static func fill(_ plan: inout OutcomePlan, from body: PlanNode) throws(InputError) {
        let known = ["question", "outcome", "region"] + OutcomePlan.keys
        for (key, value) in try body.entries(known: known, of: "outcome \"\(plan.name)\"") {
            switch key.text {
            case "question": plan.question = try value.text("question")
            case "outcome": plan.outcome = try value.text("outcome")
            case "region": plan.region = try value.text("region")
            default:
                var values: [String] = []
                for item in value.list ?? [value] { values.append(try item.text(key.text).trimmingBlanks) }
                plan.options.append(.init(key: key.text, values: values, source: value.source))
            }
        }
    }
}
