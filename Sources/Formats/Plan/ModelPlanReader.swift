import Evidence

/// Reads `models:` and `defaults:` of a plan.
struct ModelPlanReader {
    /// Where files named in the plan are looked for.
    let folder: String

    static let keys = ["question", "filter", "measure", "covariates", "test", "predict", "settings"]

    func read(_ node: PlanNode, at source: SourceLocation) throws(InputError) -> [ModelPlan] {
        var models: [ModelPlan] = []
        for (name, body) in try node.entries(
            known: nil, of: "models",
            remedy: "Write a name and a colon for each: models: {all: {question: What changes?}}.")
        {
            try ExperimentName.check(name.text, called: "model", at: name.source)
            var model = ModelPlan(name: name.text, source: name.source)
            if !body.isEmpty { try fill(&model, from: body) }
            _ = try Settings().applying(model.overrides)
            models.append(model)
        }
        guard !models.isEmpty else {
            throw InputError(at: source, "models is empty.", remedy: "Name a model, or remove the key.")
        }
        return models
    }

    private func fill(_ model: inout ModelPlan, from body: PlanNode) throws(InputError) {
        let known = Self.keys + SettingKey.all.map(\.name)
        for (key, value) in try body.entries(known: known, of: "model \"\(model.name)\"") {
            switch key.text {
            case "question": model.question = try value.text("question")
            case "filter":
                model.filter = try FilterExpression(parsing: try value.text("filter"), at: value.source)
            case "measure": model.measure = try value.choice("measure", of: EffectMeasure.self)
            case "covariates": model.covariates = try CovariateReader.list(value)
            case "test": model.hypothesis = try HypothesisReader.read(value)
            case "predict": model.predictions = try PredictionReader.list(value)
            case "settings": model.overrides += try assignments(value, "settings")
            default: model.overrides.append(try assignment(value, key))
            }
        }
    }

    func assignments(_ node: PlanNode, _ owner: String) throws(InputError) -> [SettingAssignment] {
        if node.isEmpty { return [] }
        var assignments: [SettingAssignment] = []
        for (key, value) in try node.entries(known: nil, of: owner) {
            if Self.keys.contains(key.text) {
                throw InputError(
                    at: key.source, "\(owner) has settings only; \(key.text) belongs to one model.",
                    remedy: "Write it below the model's name, under models:.")
            }
            assignments.append(try assignment(value, key))
        }
        return assignments
    }

    /// Files are looked for beside the plan; methods may stand in a list.
    private func assignment(_ node: PlanNode, _ key: PlanNode.Key) throws(InputError) -> SettingAssignment {
        var value: String
        if key.text == "method", let list = node.list {
            var names: [String] = []
            for entry in list { names.append(try entry.text("method")) }
            value = names.joined(separator: ", ")
        } else {
            value = try node.text(key.text)
        }
        if SettingKey.files.contains(key.text) {
            let settings = try Settings().applying([
                SettingAssignment(key: key.text, value: value, source: key.source)
            ])
            if let path = settings.file(of: key.text) { value = Path.absolute(path, in: folder) }
        }
        return SettingAssignment(key: key.text, value: value, source: key.source)
    }
}
