import Evidence

/// Reads `conjunction:` of a plan.
///
///     conjunction: [gmv, fun]
///     conjunction: [[gmv, fun], [gmv, dti, fun]]
enum ConjunctionReader {
    /// - Parameter known: names of the plan's models.
    static func list(_ node: PlanNode, known: [String]) throws(InputError) -> [ConjunctionPlan] {
        guard let items = node.list, !items.isEmpty else {
            throw InputError(
                at: node.source, "conjunction should be a list of models.", remedy: "Write conjunction: [gmv, fun].")
        }
        guard items.contains(where: { $0.list != nil }) else { return [try one(node, items, known: known)] }
        var plans: [ConjunctionPlan] = []
        for item in items {
            guard let models = item.list else {
                throw InputError(
                    at: item.source, "conjunction mixes models and lists of models.",
                    remedy: "Write conjunction: [gmv, fun], or [[gmv, fun], [gmv, dti]] for several.")
            }
            let plan = try one(item, models, known: known)
            if plans.contains(where: { Set($0.models) == Set(plan.models) }) {
                throw InputError(
                    at: item.source, "the conjunction of \(plan.title) stands twice.", remedy: "Keep one of them.")
            }
            plans.append(plan)
        }
        return plans
    }

    private static func one(
        _ node: PlanNode, _ items: [PlanNode], known: [String]
    ) throws(InputError) -> ConjunctionPlan {
        var names: [String] = []
        for item in items {
            let name = try item.text("a model of conjunction")
            guard known.contains(name) else {
                throw InputError(
                    at: item.source, "conjunction names a model \"\(name)\", which the plan does not have.",
                    remedy: Nearest.suggestion(name, among: known, called: "models"))
            }
            guard !names.contains(name) else {
                throw InputError(
                    at: item.source, "conjunction names the model \"\(name)\" twice.", remedy: "Keep one of them.")
            }
            names.append(name)
        }
        guard names.count > 1 else {
            throw InputError(
                at: node.source, "conjunction names one model; at least two were expected.",
                remedy: "Write conjunction: [gmv, fun].")
        }
        return ConjunctionPlan(models: names, source: node.source)
    }
}
