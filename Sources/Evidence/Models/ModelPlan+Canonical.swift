/// A plan as a text that changes when its meaning does and not otherwise: layout, comments, quoting, key order and the
/// wording of questions do not show. Its SHA-256 is the plan's hash.
///
/// What stands there: per model, by name, its measure, filter, covariates, test and predictions, and every setting in force
/// with its value, those left at their defaults too; then the hypotheses on regions. Files (masks) appear by name; their content is hashed with the input.
extension Project {
    /// - Parameter overrides: settings of the command line (`--set`), which have the last word.
    public func canonicalPlan(overrides: [SettingAssignment] = []) throws(InputError) -> String {
        var text = "cuneus plan 1\n"
        for model in models.sorted(by: { $0.name < $1.name }) {
            text += model.canonicalText(settings: try settings(of: model, overrides: overrides))
        }
        for region in regions.sorted(by: { $0.name < $1.name }) { text += region.canonicalText }
        for names in conjunctions.map({ $0.models.sorted().map(\.inCanonicalQuotes).joined(separator: " ") }).sorted() {
            text += "conjunction \(names)\n"
        }
        for outcome in outcomes.sorted(by: { $0.name < $1.name }) { text += outcome.canonicalText }
        for set in together.sorted(by: { $0.entry.name < $1.entry.name }) { text += set.canonicalText }
        return text
    }
}

extension OutcomePlan {
    /// The outcome's part of ``Project/canonicalPlan(overrides:)``: its rows, its region and its options by name, as given;
    /// of switches only those that are on.
    var canonicalText: String { canonicalText(as: "outcome") }

    fileprivate func canonicalText(as kind: String) -> String {
        var lines = ["\(kind) \(name.inCanonicalQuotes)"]
        if let outcome, outcome != name { lines.append("rows \(outcome.inCanonicalQuotes)") }
        if let region { lines.append("at \(region.inCanonicalQuotes)") }
        if let atlas { lines.append("atlas \(Path.name(atlas.image).inCanonicalQuotes)") }
        for option in options.sorted(by: { $0.key < $1.key }) {
            let isOn = OutcomePlan.switches.contains(option.key) ? option.isOn : nil
            if isOn == false { continue }
            let values = isOn == true ? ["yes"] : option.values
            lines.append("option \(option.key) \(values.map(\.inCanonicalQuotes).joined(separator: " "))")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension TogetherPlan {
    /// The set's part of ``Project/canonicalPlan(overrides:)``.
    fileprivate var canonicalText: String {
        var text = entry.canonicalText(as: "together")
        text += "of \(outcomes.map { $0.map(\.inCanonicalQuotes).joined(separator: " ") } ?? "all")\n"
        if let structure {
            text += "structure \(structure.values.joined(separator: " ").uppercased().inCanonicalQuotes)\n"
        }
        return text
    }
}

extension ModelPlan {
    /// The model's part of ``Project/canonicalPlan(overrides:)``: one fact per line.
    public func canonicalText(settings: Settings) -> String {
        var lines = ["model \(name.inCanonicalQuotes)", "measure \((measure ?? .change).rawValue)"]
        if let filter { lines.append("filter \(filter.canonicalText)") }
        lines += covariates.map { "covariate \($0.canonicalText)" }
        lines.append("test \(hypothesis.canonicalText)")
        for prediction in predictions {
            let settings = prediction.settings.sorted { $0.column < $1.column }
                .map { "\($0.column.inCanonicalQuotes)=\($0.value.cell.inCanonicalQuotes)" }
            lines.append((["predict \(prediction.name.inCanonicalQuotes)"] + settings).joined(separator: " "))
        }
        for assignment in settings.assignments {
            var value = assignment.value
            if SettingKey.files.contains(assignment.key), value.contains("/") { value = Path.name(value) }
            lines.append("setting \(assignment.key)=\(value.inCanonicalQuotes)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Covariate {
    fileprivate var canonicalText: String {
        switch kind {
        case .numeric(let centre, let scale, let power):
            let centreText =
                switch centre {
                case .none: "0"
                case .mean: "mean"
                case .value(let value): NumberText.text(value)
                }
            let scaleText =
                switch scale {
                case .none: "1"
                case .standardDeviation: "sd"
                case .value(let value): NumberText.text(value)
                }
            return "\(column.inCanonicalQuotes) centre=\(centreText) scale=\(scaleText) power=\(power)"
        case .categorical(let coding, let reference):
            return "\(column.inCanonicalQuotes) coding=\(coding.rawValue) reference=\(reference.inCanonicalQuotes)"
        }
    }
}

extension Hypothesis {
    fileprivate var canonicalText: String {
        switch kind {
        case .mean: "mean"
        case .covariate(let name): "covariate \(name.inCanonicalQuotes)"
        case .groups(let name): "groups \(name.inCanonicalQuotes)"
        case .contrast(let contrasts): "contrast \(contrasts.map(\.canonicalText).joined(separator: "; "))"
        }
    }
}

extension Hypothesis.Contrast {
    fileprivate var canonicalText: String {
        switch self {
        case .positional(let numbers): numbers.map(NumberText.text).joined(separator: "+")
        case .named(let weights):
            weights.sorted { $0.name < $1.name }
                .map { "\($0.name.inCanonicalQuotes): \(NumberText.text($0.weight))" }.joined(separator: ", ")
        }
    }
}

extension String {
    /// In double quotes on one line, so that no text can pass for another.
    var inCanonicalQuotes: String {
        "\""
            + replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            .replacing("\r", with: "\\r") + "\""
    }
}
