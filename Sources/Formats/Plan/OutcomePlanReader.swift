import Evidence
import Imaging

/// Reads `outcomes:` of a plan.
///
///     outcomes:
///       BDNF: {question: Does BDNF rise?, measure: SMD, moderators: [year]}
///       volume: {outcome: amygdala volume, by: disorder}
///       drugs: {compare: [arm1, arm2], reference: placebo}
///       both: {together: [BDNF, volume], correlation: 0.5}
struct OutcomePlanReader {
    /// Files are looked for from here.
    let folder: String
    /// Those of the plan, which an outcome may name.
    let atlases: [AtlasReference]

    /// Outcomes of their own, and sets of them that are pooled together.
    func list(
        _ node: PlanNode, at source: SourceLocation
    ) throws(InputError) -> (outcomes: [OutcomePlan], together: [TogetherPlan]) {
        var plans: [OutcomePlan] = []
        var sets: [TogetherPlan] = []
        for (name, body) in try node.entries(
            known: nil, of: "outcomes",
            remedy: "Write a name and a colon for each: outcomes: {BDNF: {question: Does it rise?}}.")
        {
            let plan = OutcomePlan(name: name.text.trimmingBlanks, source: name.source)
            guard !plan.name.isEmpty else { throw InputError(at: name.source, "an outcome has no name.") }
            guard !body.isEmpty else {
                plans.append(plan)
                continue
            }
            let entry = try entry(plan, from: body)
            if let together = entry.together {
                sets.append(try Self.set(entry, of: together))
            } else {
                if let structure = entry.structure {
                    throw InputError(
                        at: structure.source,
                        "structure is of outcomes that are pooled together; \"\(plan.name)\" is one.",
                        remedy: "Name those of one model (together: [a, b]), or remove structure.")
                }
                plans.append(entry.plan)
            }
        }
        guard !plans.isEmpty || !sets.isEmpty else {
            throw InputError(at: source, "outcomes is empty.", remedy: "Name an outcome, or remove the key.")
        }
        return (plans, sets)
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

    // MARK: - An entry

    /// What stands below a name.
    private struct Entry {
        var plan: OutcomePlan
        var together: PlanNode?
        var structure: OutcomePlan.Option?
        /// Of keys that concern rows, which outcomes together have none of.
        var ofRows: (key: String, source: SourceLocation)?
    }

    private static let keys = ["question", "outcome", "region", "together", "structure", "atlas"] + OutcomePlan.keys

    private func entry(_ plan: OutcomePlan, from body: PlanNode) throws(InputError) -> Entry {
        var entry = Entry(plan: plan)
        var seen: Set<String> = []
        for (key, value) in try body.entries(
            known: nil, of: "outcome \"\(plan.name)\"", remedy: "Known keys: \(Self.keys.joined(separator: ", ")).")
        {
            // Settings of models are written with a low line, options of the command line with a dash: both are understood.
            let name = key.text.replacing("_", with: "-")
            guard Self.keys.contains(name) else {
                throw InputError(
                    at: key.source, "outcome \"\(plan.name)\" has no key \"\(key.text)\".",
                    remedy: Nearest.suggestion(key.text, among: Self.keys, called: "keys"))
            }
            guard seen.insert(name).inserted else {
                throw InputError(at: key.source, "the key \"\(name)\" stands twice.", remedy: "Keep one of them.")
            }
            switch name {
            case "question": entry.plan.question = try value.text("question")
            case "outcome":
                entry.plan.outcome = try value.text("outcome")
                entry.ofRows = (name, key.source)
            case "region":
                entry.plan.region = try value.text("region")
                entry.ofRows = (name, key.source)
            case "together": entry.together = value
            case "atlas": entry.plan.atlas = try atlas(value)
            case "structure":
                entry.structure = .init(key: name, values: [try value.text(name).trimmingBlanks], source: value.source)
            default:
                var values: [String] = []
                for item in value.list ?? [value] { values.append(try item.text(name).trimmingBlanks) }
                entry.plan.options.append(.init(key: name, values: values, source: value.source))
            }
        }
        return entry
    }

    private static func set(_ entry: Entry, of node: PlanNode) throws(InputError) -> TogetherPlan {
        if let ofRows = entry.ofRows {
            throw InputError(
                at: ofRows.source,
                "\"\(entry.plan.name)\" takes outcomes together and has no rows of its own; \(ofRows.key) cannot stand there.",
                remedy: "Move it to an entry of its own, or remove it.")
        }
        guard let list = node.list else {
            guard node.scalar?.trimmingBlanks == "all" else {
                throw InputError(
                    at: node.source,
                    "together is \(node.scalar.map { "\"\($0)\"" } ?? "no list"); a list of outcomes, or all, was expected.",
                    remedy: "Name them: together: [amygdala, hippocampus].")
            }
            return TogetherPlan(entry.plan, structure: entry.structure)
        }
        var names: [String] = []
        for item in list {
            let name = try item.text("an outcome").trimmingBlanks
            guard !names.contains(name) else {
                throw InputError(at: item.source, "\"\(name)\" stands twice in together.", remedy: "Keep one of them.")
            }
            names.append(name)
        }
        guard names.count > 1 else {
            throw InputError(
                at: node.source,
                "together names \(names.count) outcome\(names.count == 1 ? "" : "s"); two were expected.",
                remedy: "Name them: together: [amygdala, hippocampus].")
        }
        return TogetherPlan(entry.plan, outcomes: names, structure: entry.structure)
    }

    /// An atlas of the plan by its name, or a label image.
    private func atlas(_ node: PlanNode) throws(InputError) -> AtlasReference {
        let text = try node.text("atlas").trimmingBlanks
        if let known = atlases.first(where: { $0.name == text }) { return known }
        let image = Path.absolute(text, in: folder)
        guard Path.exists(image) else {
            throw InputError(
                at: node.source, "atlas is \"\(text)\"; the plan has no atlas of this name, and there is no such file.",
                remedy: atlases.isEmpty
                    ? "Give a label image with a table of names beside it."
                    : Nearest.suggestion(text, among: atlases.map(\.name), called: "atlases"))
        }
        return AtlasReference(name: Path.name(image), image: image, labels: nil)
    }
}
