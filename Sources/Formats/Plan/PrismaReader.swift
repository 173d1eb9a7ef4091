import Evidence

/// Reads `prisma:` of a plan.
///
///     prisma:
///       databases: {PubMed: 812, Embase: 640}
///       duplicates: 297
///       screened: 1155
///       excluded: 1010
///       sought: 145
///       not_retrieved: 5
///       assessed: 140
///       exclusions: {no whole-brain table: 74, another contrast: 23}
///       included: 43
enum PrismaReader {
    private static let keys = [
        "databases", "registers", "duplicates", "automation", "other_removed", "screened", "excluded", "sought",
        "not_retrieved", "assessed", "exclusions", "reports", "included",
    ]

    /// - Throws: where a count is none, or a step of the flow does not add up.
    static func read(_ node: PlanNode) throws(InputError) -> PrismaFlow {
        let entries = try node.entries(known: keys, of: "prisma")
        guard !entries.isEmpty else {
            throw InputError(
                at: node.source, "prisma is empty.", remedy: "Write prisma: {databases: 812, screened: 600}.")
        }
        var flow = PrismaFlow()
        flow.source = node.source
        for (key, value) in entries {
            switch key.text {
            case "databases": flow.databases = try counts(value, "databases", "{PubMed: 812, Embase: 640}")
            case "registers": flow.registers = try counts(value, "registers", "{ClinicalTrials.gov: 12}")
            case "exclusions": flow.exclusions = try counts(value, "exclusions", "{no whole-brain table: 74}")
            case "duplicates": flow.duplicates = try count(value, key.text)
            case "automation": flow.automation = try count(value, key.text)
            case "other_removed": flow.otherRemoved = try count(value, key.text)
            case "screened": flow.screened = try count(value, key.text)
            case "excluded": flow.excluded = try count(value, key.text)
            case "sought": flow.sought = try count(value, key.text)
            case "not_retrieved": flow.notRetrieved = try count(value, key.text)
            case "assessed": flow.assessed = try count(value, key.text)
            case "reports": flow.reports = try count(value, key.text)
            default: flow.included = try count(value, key.text)
            }
        }
        try check(flow, entries.map { ($0.key.text, $0.value.source) }, at: node.source)
        return flow
    }

    /// One number, or numbers by name.
    private static func counts(
        _ node: PlanNode, _ name: String, _ example: String
    ) throws(InputError) -> [PrismaFlow.Count] {
        guard node.isMapping else {
            guard node.scalar != nil else {
                throw InputError(
                    at: node.source, "\(name) should be a number, or numbers by name.",
                    remedy: "Write \(name): \(example).")
            }
            return [PrismaFlow.Count(name: "", count: try count(node, name))]
        }
        var counts: [PrismaFlow.Count] = []
        for (key, value) in try node.entries(known: nil, of: name) {
            counts.append(PrismaFlow.Count(name: key.text, count: try count(value, "\(name): \(key.text)")))
        }
        return counts
    }

    private static func count(_ node: PlanNode, _ name: String) throws(InputError) -> Int {
        let number = try node.number(name)
        guard number >= 0, number <= 1e9, number == number.rounded() else {
            throw InputError(
                at: node.source, "\(name) is \(NumberText.text(number)); a count was expected.",
                remedy: "Give a whole number from 0.")
        }
        return Int(number)
    }

    /// The place of a step that fails is that of the number it should come to.
    private static func check(
        _ flow: PrismaFlow, _ places: [(key: String, source: SourceLocation)], at source: SourceLocation
    ) throws(InputError) {
        var errors: [InputError] = []
        for step in flow.steps where !step.holds {
            let place = places.first { $0.key == step.to }?.source ?? source
            errors.append(
                InputError(
                    at: place,
                    "\(step.to) is \(step.left), but \(step.from) (\(step.start)) less \(step.minus) (\(step.removed)) "
                        + "is \(step.start - step.removed).",
                    remedy: "Correct one of them; a box whose number is not known can be left out."))
        }
        if let error = InputError(all: errors) { throw error }
    }
}
