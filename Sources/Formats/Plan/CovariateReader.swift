import Evidence

/// Reads `covariates:`: names of columns, or mappings that say how a column is coded.
///
///     covariates: [age, {column: sessions, centre: mean, scale: 10}, {column: disorder, reference: depression}]
enum CovariateReader {
    private static let numericKeys = ["centre", "scale", "power"]
    private static let categoricalKeys = ["coding", "reference"]

    static func list(_ node: PlanNode) throws(InputError) -> [Covariate] {
        if node.isEmpty { return [] }
        var covariates: [Covariate] = []
        for item in node.list ?? [node] {
            let covariate = try read(item)
            if covariates.contains(where: { $0.name == covariate.name }) {
                throw InputError(
                    at: item.source, "covariate \"\(covariate.name)\" stands twice.", remedy: "Keep one of them.")
            }
            covariates.append(covariate)
        }
        return covariates
    }

    static func read(_ node: PlanNode) throws(InputError) -> Covariate {
        if node.scalar != nil {
            let column = try node.text("a covariate").trimmingBlanks
            guard !column.isEmpty else { throw InputError(at: node.source, "a covariate has no name.") }
            return Covariate(column, source: node.source)
        }
        let entries = try node.entries(known: ["column"] + numericKeys + categoricalKeys, of: "a covariate")
        guard let column = try entries.first(where: { $0.key.text == "column" })?.value.text("column") else {
            throw InputError(
                at: node.source, "the covariate has no column.", remedy: "Write {column: ..., centre: mean}.")
        }
        var (centre, scale, power) = (Covariate.Centre.none, Covariate.Scale.none, 1)
        var (coding, reference): (Covariate.Coding, String?) = (.treatment, nil)
        let isCategorical = entries.contains { categoricalKeys.contains($0.key.text) }
        for (key, value) in entries {
            if isCategorical, numericKeys.contains(key.text) {
                throw InputError(
                    at: key.source,
                    "covariate \"\(column)\" cannot have both \(key.text) (of a number) and a coding of "
                        + "categories.", remedy: "Keep one or the other.")
            }
            switch key.text {
            case "centre": centre = try self.centre(value)
            case "scale": scale = try self.scale(value)
            case "power": power = try self.power(value)
            case "coding": coding = try value.choice("coding", of: Covariate.Coding.self)
            case "reference": reference = try value.text("reference")
            default: break
            }
        }
        guard isCategorical else {
            return Covariate(column, .numeric(centre: centre, scale: scale, power: power), source: node.source)
        }
        guard let reference else {
            throw InputError(
                at: node.source, "categorical covariate \"\(column)\" names no reference.",
                remedy: "Add reference: and the level that the others are compared with.")
        }
        return Covariate(column, .categorical(coding, reference: reference), source: node.source)
    }

    private static func centre(_ node: PlanNode) throws(InputError) -> Covariate.Centre {
        let text = try node.text("centre")
        if text == "mean" { return .mean }
        guard let value = NumberText.parse(text) else {
            throw InputError(
                at: node.source, "centre is \"\(text)\"; mean or a number was expected.",
                remedy: "Leave it out to take the numbers as they are.")
        }
        return .value(value)
    }

    private static func scale(_ node: PlanNode) throws(InputError) -> Covariate.Scale {
        let text = try node.text("scale")
        if text == "sd" { return .standardDeviation }
        guard let value = NumberText.parse(text), value > 0 else {
            throw InputError(
                at: node.source, "scale is \"\(text)\"; sd or a number above 0 was expected.",
                remedy: "With scale: 10 a coefficient is the change per 10 units.")
        }
        return .value(value)
    }

    private static func power(_ node: PlanNode) throws(InputError) -> Int {
        let text = try node.text("power")
        guard let power = Int(text), (1...3).contains(power) else {
            throw InputError(at: node.source, "power is \"\(text)\"; 1, 2 or 3 was expected.")
        }
        return power
    }
}
