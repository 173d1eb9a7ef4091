import Evidence

/// `prisma:` of a plan, as lines.
enum PrismaWriter {
    static func lines(_ flow: PrismaFlow) -> [String] {
        func counts(_ key: String, _ all: [PrismaFlow.Count]) -> String? {
            guard let first = all.first else { return nil }
            if all.count == 1, first.name.isEmpty { return "  \(key): \(first.count)" }
            let parts = all.map { "\($0.name.inYAMLQuotes): \($0.count)" }
            return "  \(key): {\(parts.joined(separator: ", "))}"
        }
        func count(_ key: String, _ value: Int?) -> String? { value.map { "  \(key): \($0)" } }
        let lines: [String?] = [
            counts("databases", flow.databases), counts("registers", flow.registers),
            count("duplicates", flow.duplicates), count("automation", flow.automation),
            count("other_removed", flow.otherRemoved), count("screened", flow.screened),
            count("excluded", flow.excluded), count("sought", flow.sought),
            count("not_retrieved", flow.notRetrieved), count("assessed", flow.assessed),
            counts("exclusions", flow.exclusions), count("reports", flow.reports), count("included", flow.included),
        ]
        return ["prisma:"] + lines.compactMap { $0 }
    }
}
