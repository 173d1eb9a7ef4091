import Evidence

/// What a model asks, as lines of `cuneus.yaml` below its name. Texts are quoted throughout: they may hold anything.
enum ModelPlanWriter {
    static func lines(_ model: ModelPlan) -> [String] {
        var lines: [String] = []
        if let measure = model.measure { lines.append("measure: \(measure.rawValue)") }
        if !model.covariates.isEmpty {
            lines.append("covariates:")
            lines += model.covariates.map { "  - \(text($0))" }
        }
        if model.hypothesis.kind != .mean { lines.append("test: \(text(model.hypothesis))") }
        if !model.predictions.isEmpty {
            lines.append("predict:")
            lines += model.predictions.map { prediction in
                let settings = prediction.settings.map { "\($0.column.inYAMLQuotes): \($0.value.cell.inYAMLQuotes)" }
                return "  - {" + (["name: \(prediction.name.inYAMLQuotes)"] + settings).joined(separator: ", ") + "}"
            }
        }
        return lines
    }

    private static func text(_ covariate: Covariate) -> String {
        var parts = ["column: \(covariate.column.inYAMLQuotes)"]
        switch covariate.kind {
        case .numeric(let centre, let scale, let power):
            switch centre {
            case .none: break
            case .mean: parts.append("centre: mean")
            case .value(let value): parts.append("centre: \(NumberText.text(value))")
            }
            switch scale {
            case .none: break
            case .standardDeviation: parts.append("scale: sd")
            case .value(let value): parts.append("scale: \(NumberText.text(value))")
            }
            if power != 1 { parts.append("power: \(power)") }
        case .categorical(let coding, let reference):
            parts += ["coding: \(coding.rawValue)", "reference: \(reference.inYAMLQuotes)"]
        }
        return "{" + parts.joined(separator: ", ") + "}"
    }

    private static func text(_ hypothesis: Hypothesis) -> String {
        switch hypothesis.kind {
        case .mean: return "mean"
        case .covariate(let name): return "{covariate: \(name.inYAMLQuotes)}"
        case .groups(let name): return "{groups: \(name.inYAMLQuotes)}"
        case .contrast(let contrasts):
            let texts = contrasts.map { contrast in
                switch contrast {
                case .positional(let numbers):
                    numbers.map(NumberText.text).joined(separator: "+").inYAMLQuotes
                case .named(let weights):
                    "{"
                        + weights.map { "\($0.name.inYAMLQuotes): \(NumberText.text($0.weight))" }
                        .joined(separator: ", ") + "}"
                }
            }
            return "{contrast: [\(texts.joined(separator: ", "))]}"
        }
    }
}

extension String {
    /// A YAML double-quoted scalar.
    var inYAMLQuotes: String {
        var result = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
